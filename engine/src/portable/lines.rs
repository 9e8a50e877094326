//! The lines of a portable file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::DateTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::chain::{Content, short};
use crate::envelope::{EventId, Meta, Position, Recorded, StreamName};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Line {
    Header(Header),
    File(SideFile),
    Event(EventLine),
    /// The chain after the event at a position, hexadecimal.
    Link(Position, String),
    Vault(VaultRow),
    End(End),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    pub format: String,
    pub version: u32,
    /// Names the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// The release that wrote it.
    pub made_by: String,
}

/// A small file that lies beside the store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SideFile {
    pub name: String,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct End {
    pub events: Position,
    /// The chain after the last event, hexadecimal.
    pub chain: String,
}

/// An event, byte for byte. Short names: there may be millions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventLine {
    #[serde(rename = "p")]
    pub position: Position,
    #[serde(rename = "s")]
    pub stream: String,
    #[serde(rename = "r")]
    pub revision: u64,
    pub id: EventId,
    #[serde(rename = "t")]
    pub event_type: String,
    /// Microseconds since 1970.
    pub at: i64,
    /// The short digest of the event.
    #[serde(rename = "k")]
    pub check: i64,
    #[serde(flatten)]
    pub meta: Meta,
    /// As text, where it is text.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    #[serde(rename = "d64", default, skip_serializing_if = "Option::is_none")]
    pub binary_data: Option<Blob>,
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Blob>,
}

impl From<&Recorded> for EventLine {
    fn from(event: &Recorded) -> Self {
        let text = std::str::from_utf8(&event.data).ok().map(str::to_owned);
        Self {
            position: event.position,
            stream: event.stream.to_string(),
            revision: event.revision,
            id: event.id,
            event_type: event.event_type.to_string(),
            at: event.recorded_at.timestamp_micros(),
            check: short(&Content::from(event).leaf()),
            meta: event.meta.clone(),
            binary_data: text.is_none().then(|| Blob(event.data.to_vec())),
            data: text,
            body: event.body.as_ref().map(|body| Blob(body.to_vec())),
        }
    }
}

impl EventLine {
    /// The event; `None` for a time that is none.
    pub fn recorded(self) -> Option<Recorded> {
        let data = match (self.data, self.binary_data) {
            (Some(text), _) => Bytes::from(text),
            (None, Some(binary)) => Bytes::from(binary.0),
            (None, None) => Bytes::new(),
        };
        Some(Recorded {
            position: self.position,
            stream: StreamName::from_stored(self.stream),
            revision: self.revision,
            id: self.id,
            event_type: self.event_type.into(),
            recorded_at: DateTime::from_timestamp_micros(self.at)?,
            data,
            body: self.body.map(|body| Bytes::from(body.0)),
            meta: self.meta,
        })
    }
}

/// A row of a vault as it lies there: every key wrapped, every secret sealed. Whoever has no key ring reads nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VaultRow {
    Canary {
        kek: u32,
        wrapped: Blob,
    },
    Secret {
        owner: String,
        purpose: String,
        origin: String,
        version: i64,
        kek: u32,
        wrapped: Blob,
        sealed: Blob,
    },
    /// Who must not come back.
    Suppressed {
        hash: String,
    },
    /// Without a key it is the tombstone of a destroyed one.
    Subject {
        subject: String,
        kek: u32,
        wrapped: Option<Blob>,
    },
}

/// Bytes, in base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob(pub Vec<u8>);

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        STANDARD.decode(&*text).map(Self).map_err(de::Error::custom)
    }
}
