//! The embedded Portal's records.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ViewSpec, text};
use crate::portal::MappingStamp;

/// Key: Portal id; documents are [`PortalRow`]s. `label` is the name, title or e-mail people know the record by.
pub const PORTAL: ViewSpec =
    ViewSpec { name: "portal", version: 2, columns: &[text("entity"), text("label")] };

/// References that wait for their target. Key: `{target record path}|{portal id}|{field}`.
pub const PORTAL_PENDING: ViewSpec = ViewSpec { name: "portal_pending", version: 1, columns: &[] };

/// What the view keeps of a record. Its fields stay where they are, in the body of the event that wrote them: a copy
/// would double the disk an import takes, and would be one more place to erase a person from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortalRow {
    #[serde(rename = "e")]
    pub entity: String,
    /// `RecordKey::path` of the source record.
    #[serde(rename = "x")]
    pub external: String,
    /// What people know the record by.
    #[serde(default, rename = "l", skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(default, rename = "r", skip_serializing_if = "BTreeMap::is_empty")]
    pub references: BTreeMap<String, String>,
    #[serde(default, rename = "q", skip_serializing_if = "BTreeMap::is_empty")]
    pub pending: BTreeMap<String, String>,
    #[serde(rename = "m")]
    pub mapping: MappingStamp,
    #[serde(default, rename = "v", skip_serializing_if = "Option::is_none")]
    pub source_version: Option<String>,
    /// Revision of the event whose body holds the fields.
    #[serde(rename = "w")]
    pub written: u64,
    #[serde(rename = "n")]
    pub revision: u64,
    #[serde(rename = "p")]
    pub position: u64,
    /// Microseconds since 1970.
    #[serde(rename = "c")]
    pub created_at: i64,
    #[serde(rename = "t")]
    pub changed_at: i64,
    /// It was taken back; lists leave it out.
    #[serde(default, rename = "d", skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
    /// Out of use: it is gone from its source.
    #[serde(default, rename = "z", skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
}

impl PortalRow {
    /// The record as people see it.
    pub fn view(self, id: String, fields: Option<Map<String, Value>>) -> PortalView {
        let at = |micros| DateTime::from_timestamp_micros(micros).unwrap_or_default();
        PortalView {
            id,
            entity: self.entity,
            external: self.external,
            fields,
            references: self.references,
            pending: self.pending,
            mapping: self.mapping,
            source_version: self.source_version,
            revision: self.revision,
            position: self.position,
            created_at: at(self.created_at),
            changed_at: at(self.changed_at),
            removed: self.removed,
            archived: self.archived,
        }
    }
}

/// A record of the embedded Portal, with its fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortalView {
    pub id: String,
    pub entity: String,
    /// `RecordKey::path` of the source record.
    pub external: String,
    /// Absent when the person was erased.
    pub fields: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub references: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pending: BTreeMap<String, String>,
    pub mapping: MappingStamp,
    pub source_version: Option<String>,
    /// Counts the changes, from 0.
    pub revision: u64,
    pub position: u64,
    pub created_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    #[serde(default)]
    pub removed: bool,
    /// Out of use: it is gone from its source.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PendingView {
    pub portal: String,
    pub field: String,
    pub target: String,
}

impl PendingView {
    pub fn key(&self) -> String {
        format!("{}|{}|{}", self.target, self.portal, self.field)
    }
}
