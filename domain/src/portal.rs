//! The embedded Portal's own facts: its users, posts and other records. Stream `portal-{id}`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::events;
use crate::ids::{MappingId, PortalId};

/// Which mapping revision made a record's fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappingStamp {
    pub id: MappingId,
    pub revision: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Write {
    Created,
    Updated,
}

/// Fields of a Portal record were written. The fields are the event's sealed body: one JSON object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortalWritten {
    pub write: Write,
    /// `user`, `post`, `page`, `term`, `media`, `comment`, `item`.
    pub entity: String,
    /// `RecordKey::path` of the source record.
    pub external: String,
    /// Idempotency key of the act; the same act never writes twice.
    pub effect: String,
    /// Digest of the fields.
    pub digest: String,
    /// The source's version of the record, for the stale guard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_version: Option<String>,
    pub mapping: MappingStamp,
    /// References that found their target, by field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub references: BTreeMap<String, PortalId>,
    /// References whose target has not been imported yet, by field: the target's `RecordKey::path`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pending: BTreeMap<String, String>,
}

/// A reference that was pending found its target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortalLinked {
    pub references: BTreeMap<String, PortalId>,
    /// By field, the `RecordKey::path` that had been waited for.
    pub targets: BTreeMap<String, String>,
}

events! {
    /// Facts about one record of the embedded Portal.
    PortalEvent {
        "portal.written" => Written(PortalWritten),
        "portal.linked" => Linked(PortalLinked),
    }
}
