//! What both reads share: entities by their plural, and fields from the log.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::event::Event as _;
use domain::portal::PortalEvent;
use domain::views::PortalRow;
use engine::{Position, Recorded, StreamName};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::context::Api;
use crate::endpoint::Problem;
use crate::schema;

/// Events of a record read to know it as it was: its last write is among them.
const EVENTS_MAX: u64 = 200;

/// A Portal record.
#[derive(Serialize, ToSchema)]
pub struct PortalRecord {
    pub id: String,
    pub entity: String,
    /// Where it came from: `{connection}.{resource}.{id}`.
    pub external: String,
    /// Absent when the person it speaks of was erased.
    #[schema(value_type = Option<Object>)]
    pub fields: Option<Map<String, Value>>,
    /// Other Portal records, by field.
    pub references: BTreeMap<String, String>,
    /// Source records that are not here yet, by field.
    pub pending: BTreeMap<String, String>,
    #[schema(value_type = schema::MappingStamp)]
    pub mapping: domain::portal::MappingStamp,
    pub source_version: Option<String>,
    /// Counts the changes, from 0.
    pub revision: u64,
    /// Position of the last change.
    pub position: u64,
    pub created_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    /// It was taken back by an undo, and lists leave it out.
    pub removed: bool,
    /// Out of use: it is gone from its source. A later write brings it back.
    pub archived: bool,
}

/// An entity by the plural that addresses use.
pub fn entity(plural: &str) -> Result<&'static str, Problem> {
    Ok(match plural {
        "users" => "user",
        "posts" => "post",
        "pages" => "page",
        "terms" => "term",
        "media" => "media",
        "comments" => "comment",
        "items" => "item",
        _ => return Err(Problem::not_found("kind of Portal record")),
    })
}

/// The plural that addresses use of an entity.
pub fn plural(entity: &str) -> &'static str {
    match entity {
        "user" => "users",
        "post" => "posts",
        "page" => "pages",
        "term" => "terms",
        "media" => "media",
        "comment" => "comments",
        _ => "items",
    }
}

impl Api {
    /// A record as it was at a position: its last write until then, with what was linked since.
    pub async fn portal_record_at(
        &self,
        stream: &StreamName,
        position: Position,
    ) -> Result<Option<PortalRecord>, Problem> {
        let Some(last) = self.last_event(stream, Some(position)).await? else { return Ok(None) };
        let store = &self.context.executor.store;
        let first = store.read_stream(stream, 0, 1).await?.pop();
        let from = (last.revision + 1).saturating_sub(EVENTS_MAX);
        let count = usize::try_from(last.revision + 1 - from).unwrap_or(1);
        let mut row: Option<PortalRow> = None;
        for event in store.read_stream(stream, from, count).await? {
            row = fold(row, &event)?;
        }
        let (Some(mut row), Some(first)) = (row, first) else { return Ok(None) };
        row.created_at = first.recorded_at.timestamp_micros();
        Ok(self.portal_records(vec![(stream.id().to_owned(), row)]).await?.pop())
    }

    /// Rows with their fields.
    pub async fn portal_records(&self, rows: Vec<(String, PortalRow)>) -> Result<Vec<PortalRecord>, Problem> {
        let mut events = Vec::with_capacity(rows.len());
        for (id, row) in &rows {
            let stream = StreamName::new("portal", id);
            let found = self.context.executor.store.read_stream(&stream, row.written, 1).await?;
            events.extend(found.into_iter().next());
        }
        let bodies = self.open_bodies(&events.iter().collect::<Vec<_>>()).await?;
        let mut fields: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
        for (event, body) in events.iter().zip(bodies) {
            let Some(body) = body else { continue };
            let read = serde_json::from_slice(&body).map_err(|error| Problem::fault(&error))?;
            fields.insert(event.stream.id(), read);
        }
        let records = rows.into_iter().map(|(id, row)| {
            let found = fields.remove(id.as_str());
            record(row.view(id, found))
        });
        Ok(records.collect())
    }
}

/// The row after one more event.
fn fold(row: Option<PortalRow>, event: &Recorded) -> Result<Option<PortalRow>, Problem> {
    let decoded =
        PortalEvent::from_json(&event.event_type, &event.data).map_err(|error| Problem::fault(&error))?;
    let at = event.recorded_at.timestamp_micros();
    Ok(match (decoded, row) {
        (PortalEvent::Written(written), _) => Some(PortalRow {
            entity: written.entity,
            external: written.external,
            label: None,
            references: written.references.into_iter().map(|(field, id)| (field, id.to_string())).collect(),
            pending: written.pending,
            mapping: written.mapping,
            source_version: written.source_version,
            written: event.revision,
            revision: event.revision,
            position: event.position,
            created_at: at,
            changed_at: at,
            removed: false,
            archived: false,
        }),
        (PortalEvent::Linked(linked), Some(mut row)) => {
            for (field, target) in linked.references {
                row.pending.remove(&field);
                row.references.insert(field, target.to_string());
            }
            row.revision = event.revision;
            row.position = event.position;
            row.changed_at = at;
            Some(row)
        }
        (PortalEvent::Removed(_), Some(mut row)) => {
            row.removed = true;
            row.revision = event.revision;
            row.position = event.position;
            row.changed_at = at;
            Some(row)
        }
        (PortalEvent::Archived(_), Some(mut row)) => {
            row.archived = true;
            row.revision = event.revision;
            row.position = event.position;
            row.changed_at = at;
            Some(row)
        }
        (PortalEvent::Linked(_) | PortalEvent::Archived(_) | PortalEvent::Removed(_), None) => None,
    })
}

fn record(view: domain::views::PortalView) -> PortalRecord {
    PortalRecord {
        id: view.id,
        entity: view.entity,
        external: view.external,
        fields: view.fields,
        references: view.references,
        pending: view.pending,
        mapping: view.mapping,
        source_version: view.source_version,
        revision: view.revision,
        position: view.position,
        created_at: view.created_at,
        changed_at: view.changed_at,
        removed: view.removed,
        archived: view.archived,
    }
}
