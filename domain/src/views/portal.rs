//! The embedded Portal's records.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ViewSpec, integer, text};
use crate::portal::MappingStamp;

/// Key: Portal id. `label` is the name, title or e-mail people know the record by; `changed` is the position of the
/// last change.
pub const PORTAL: ViewSpec =
    ViewSpec { name: "portal", version: 1, columns: &[text("entity"), text("label"), integer("changed")] };

/// References that wait for their target. Key: `{target record path}|{portal id}|{field}`.
pub const PORTAL_PENDING: ViewSpec = ViewSpec { name: "portal_pending", version: 1, columns: &[] };

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
    #[serde(default)]
    pub source_version: Option<String>,
    /// Counts the writes, from 0.
    pub revision: u64,
    pub position: u64,
    pub created_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
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
