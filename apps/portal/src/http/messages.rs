//! The messages of the import contract.

use std::collections::{BTreeMap, HashMap};

use app_sdk::{AppError, WriteAnswer, WriteItem, WriteResult};
use domain::portal::MappingStamp;
use domain::run::{ItemNote, Outcome};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Batch {
    pub items: Vec<BatchItem>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BatchItem {
    pub entity: String,
    pub external: External,
    pub op: String,
    /// Idempotency key of this item.
    pub effect: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_version: Option<String>,
    pub mapping: MappingStamp,
    pub digest: String,
    pub fields: Map<String, Value>,
    pub refs: BTreeMap<String, External>,
}

/// A record's place in its source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct External {
    pub connection: String,
    #[serde(rename = "type")]
    pub resource: String,
    pub id: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answer {
    pub items: Vec<AnswerItem>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AnswerItem {
    pub external: External,
    pub status: AnswerStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal_id: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ItemError>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerStatus {
    Created,
    Updated,
    Unchanged,
    Deleted,
    Conflict,
    Rejected,
    Deferred,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ItemError {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    pub code: String,
    pub message: String,
}

impl Batch {
    pub fn of(items: &[WriteItem]) -> Self {
        Self { items: items.iter().map(BatchItem::of).collect() }
    }
}

impl BatchItem {
    fn of(item: &WriteItem) -> Self {
        Self {
            entity: item.entity.clone(),
            external: External::of(&item.record),
            op: if item.archive { "delete" } else { "upsert" }.to_owned(),
            effect: item.effect.clone(),
            source_version: item.source_version.clone(),
            mapping: item.mapping.clone(),
            digest: item.digest.clone(),
            fields: item.fields.clone(),
            refs: item.references.iter().map(|(field, key)| (field.clone(), External::of(key))).collect(),
        }
    }
}

impl External {
    fn of(key: &domain::record::RecordKey) -> Self {
        Self { connection: key.connection.to_string(), resource: key.resource.clone(), id: key.id.clone() }
    }
}

/// Brings the answers into the order of the items. An item without an answer makes the whole answer void: nobody may
/// guess what became of it.
pub fn in_order(batch: &[WriteItem], answer: Answer) -> Result<Vec<WriteAnswer>, AppError> {
    let mut by_external: HashMap<External, AnswerItem> =
        answer.items.into_iter().map(|item| (item.external.clone(), item)).collect();
    let mut answers = Vec::with_capacity(batch.len());
    for item in batch {
        let external = External::of(&item.record);
        let Some(answered) = by_external.remove(&external) else {
            return Err(AppError::Unanswered {
                code: "PORTAL_ANSWER_PARTIAL".to_owned(),
                message: format!("Portal said nothing about {}", item.record.path()),
                remedy: "look at Portal's log".to_owned(),
            });
        };
        answers.push(settled(answered));
    }
    Ok(answers)
}

impl AnswerStatus {
    /// What it means for an item; absent when it was put off.
    pub fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Created => Some(Outcome::Created),
            Self::Updated | Self::Deleted => Some(Outcome::Updated),
            Self::Unchanged => Some(Outcome::Unchanged),
            Self::Conflict | Self::Rejected => Some(Outcome::Failed),
            Self::Deferred => None,
        }
    }
}

fn settled(answered: AnswerItem) -> WriteAnswer {
    let result = answered.status.outcome().map_or(WriteResult::Deferred, WriteResult::Settled);
    let mut notes: Vec<ItemNote> = answered.errors.into_iter().map(note).collect();
    if notes.is_empty() && result == WriteResult::Settled(Outcome::Failed) {
        notes.push(note(ItemError {
            path: None,
            code: "PORTAL_REJECTED".to_owned(),
            message: "Portal rejected the record without a reason".to_owned(),
        }));
    }
    WriteAnswer { result, portal: answered.portal_id, notes, changed: vec![] }
}

fn note(error: ItemError) -> ItemNote {
    ItemNote {
        step: "write".to_owned(),
        code: error.code,
        message: error.message,
        field: error.path,
        remedy: Some("correct the record or the mapping, then run again".to_owned()),
        raw: None,
    }
}
