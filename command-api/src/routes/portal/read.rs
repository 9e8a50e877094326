//! What both reads share: entities by their plural, and fields from the log.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::views::PortalRow;
use engine::StreamName;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::context::Api;
use crate::endpoint::Problem;
use crate::schema;

/// A Portal record.
#[derive(Serialize, ToSchema)]
pub struct PortalRecord {
    pub id: String,
    pub entity: String,
    /// Where it came from: `{connection}.{resource}.{id}`.
    pub external: String,
    /// Absent when the person it speaks of was erased.
    #[schema(value_type = Object)]
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

impl Api {
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
    }
}
