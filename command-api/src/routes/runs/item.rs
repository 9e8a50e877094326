//! An item as the API shows it. Items live in chunks, a page of the source each; an item's id is its chunk and its
//! place there, unchanged ones after the others.

use chrono::{DateTime, Utc};
use domain::run::{ItemNote, Outcome, SettledItem, Target};
use domain::views::RunChunkView;
use serde::Serialize;
use utoipa::ToSchema;

use crate::schema;

/// One record's way through a run, ended.
#[derive(Serialize, ToSchema)]
pub struct Item {
    /// `{chunk}.{index}`.
    pub id: String,
    pub at: DateTime<Utc>,
    pub connection: String,
    pub resource: String,
    /// The record's id in its source.
    pub record: String,
    #[schema(value_type = schema::Outcome)]
    pub outcome: Outcome,
    /// The Portal record it became.
    pub portal: Option<String>,
    /// Revision of the record that was processed.
    pub revision: Option<u64>,
    /// The fetch node it came from.
    pub node: String,
    /// The write node it went to, or would have.
    pub target: Option<String>,
    pub attempts: u32,
    /// Why it was skipped or failed, and warnings.
    pub notes: Vec<Note>,
}

#[derive(Serialize, ToSchema)]
pub struct Note {
    /// The node where it happened.
    pub step: String,
    pub code: String,
    pub message: String,
    pub field: Option<String>,
    pub remedy: Option<String>,
    /// The value that was at fault; only in the answer for one item.
    pub raw: Option<String>,
}

impl From<&ItemNote> for Note {
    fn from(note: &ItemNote) -> Self {
        Self {
            step: note.step.clone(),
            code: note.code.clone(),
            message: note.message.clone(),
            field: note.field.clone(),
            remedy: note.remedy.clone(),
            raw: None,
        }
    }
}

/// How many items a chunk has.
pub fn count(chunk: &RunChunkView) -> usize {
    chunk.items.len() + chunk.unchanged.len()
}

pub fn outcome(chunk: &RunChunkView, index: usize) -> Outcome {
    chunk.items.get(index).map_or(Outcome::Unchanged, |item| item.outcome)
}

/// The item at a place of a chunk.
pub fn item(chunk: &RunChunkView, number: u64, index: usize) -> Option<Item> {
    let id = format!("{number}.{index}");
    if let Some(settled) = chunk.items.get(index) {
        Some(settled_item(chunk, id, settled))
    } else {
        let record = chunk.unchanged.get(index - chunk.items.len())?.clone();
        let target = chunk.targets.first().map(|target| target.node.clone());
        Some(Item {
            id,
            at: chunk.at,
            connection: chunk.source.clone(),
            resource: chunk.resource.clone(),
            record,
            outcome: Outcome::Unchanged,
            portal: None,
            revision: None,
            node: chunk.node.clone(),
            target,
            attempts: 1,
            notes: vec![],
        })
    }
}

/// Where an item was to be written, and by which mapping.
pub fn target(chunk: &RunChunkView, index: usize) -> Option<&Target> {
    let place = chunk.items.get(index).map_or(0, |item| usize::from(item.target));
    chunk.targets.get(place)
}

fn settled_item(chunk: &RunChunkView, id: String, settled: &SettledItem) -> Item {
    Item {
        id,
        at: chunk.at,
        connection: chunk.source.clone(),
        resource: chunk.resource.clone(),
        record: settled.record.clone(),
        outcome: settled.outcome,
        portal: settled.portal.clone(),
        revision: settled.revision,
        node: chunk.node.clone(),
        target: chunk.targets.get(usize::from(settled.target)).map(|target| target.node.clone()),
        attempts: settled.attempts.0,
        notes: settled.notes.iter().map(Note::from).collect(),
    }
}
