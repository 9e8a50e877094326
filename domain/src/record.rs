//! A record: a thing in a source as we know it, revision by revision. Stream `record-{connection}.{resource}.{id}`.

use serde::{Deserialize, Serialize};

use crate::events;
use crate::ids::ConnectionId;

/// Where a record lives in its source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordKey {
    pub connection: ConnectionId,
    /// The app's name for the kind of thing: `users`, `posts`, `categories`.
    pub resource: String,
    /// The source's own id, as text.
    pub id: String,
}

impl RecordKey {
    /// The part of the stream name after the category, and the key of the record in views.
    pub fn path(&self) -> String {
        format!("{}.{}.{}", self.connection, self.resource, self.id)
    }

    /// Reads `path` back. Resources never hold a dot; ids may.
    pub fn parse(path: &str) -> Option<Self> {
        let mut parts = path.splitn(3, '.');
        let connection = ConnectionId::parse(parts.next()?).ok()?;
        let resource = parts.next()?.to_owned();
        let id = parts.next()?.to_owned();
        (!resource.is_empty() && !id.is_empty()).then_some(Self { connection, resource, id })
    }
}

/// The record was first seen or differs from its last revision. The record itself is the event's sealed body: the
/// source's JSON object, byte for byte.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordChanged {
    /// The source's own version (WordPress: `modified_gmt`), where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Digest of the bytes as they came, for the quick "nothing changed".
    pub raw: String,
    /// Digest of the record without its volatile parts, for the true "nothing changed".
    pub digest: String,
    /// The source fields that were asked for; absent means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<String>,
    /// The source went back to an older version of the record, as after a restored backup, and said so twice: the
    /// second time past every cache.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub set_back: bool,
}

/// The record no longer exists in its source, proven.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordGone {
    pub evidence: String,
}

events! {
    /// Facts about one record of a source.
    RecordEvent {
        "record.changed" => Changed(RecordChanged),
        "record.gone" => Gone(RecordGone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_its_path_even_when_the_id_holds_a_dot() {
        let key =
            RecordKey { connection: ConnectionId::new("a1"), resource: "posts".into(), id: "4.2".into() };
        assert_eq!(RecordKey::parse(&key.path()), Some(key));
        assert_eq!(RecordKey::parse("cn_a1.posts"), None);
    }
}
