//! What every event has: a type name that is stored beside it, and a JSON form that never changes once published.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why stored bytes could not be read as an event.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("unknown event type {0}: it was written by a newer release; upgrade before you continue")]
    UnknownType(String),
    #[error("event {event_type} does not have the shape of its schema: {source}")]
    Malformed { event_type: String, source: serde_json::Error },
}

/// A closed set of facts about one category of streams.
pub trait Event: Clone + PartialEq + std::fmt::Debug + Send + Sync + 'static {
    fn event_type(&self) -> &'static str;
    fn to_json(&self) -> Vec<u8>;
    fn from_json(event_type: &str, json: &[u8]) -> Result<Self, DecodeError>;
    /// Every type of this category, for schemas, golden samples and subscriptions.
    fn types() -> &'static [&'static str];
}

/// Serialises the content of one variant. Our event structs hold no maps with non-string keys and no failing
/// serialisers, so this cannot fail.
pub fn encode<T: Serialize>(content: &T) -> Vec<u8> {
    serde_json::to_vec(content).expect("event contents are plain data with string keys")
}

/// Reads the content of one variant.
pub fn decode<T: DeserializeOwned>(event_type: &str, json: &[u8]) -> Result<T, DecodeError> {
    serde_json::from_slice(json)
        .map_err(|source| DecodeError::Malformed { event_type: event_type.to_owned(), source })
}

/// Reads a part of the content that borrows from it.
pub fn decode_borrowed<'a, T: serde::Deserialize<'a>>(
    event_type: &str,
    json: &'a [u8],
) -> Result<T, DecodeError> {
    serde_json::from_slice(json)
        .map_err(|source| DecodeError::Malformed { event_type: event_type.to_owned(), source })
}

/// Declares a category's events: `events! { enum RunEvent { "run.started" => Started(RunStarted), … } }`.
#[macro_export]
macro_rules! events {
    ($(#[$doc:meta])* $name:ident { $($type:literal => $variant:ident($content:ty)),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name { $($variant($content)),+ }

        impl $crate::event::Event for $name {
            fn event_type(&self) -> &'static str {
                match self { $(Self::$variant(_) => $type),+ }
            }
            fn to_json(&self) -> Vec<u8> {
                match self { $(Self::$variant(content) => $crate::event::encode(content)),+ }
            }
            fn from_json(event_type: &str, json: &[u8]) -> Result<Self, $crate::event::DecodeError> {
                match event_type {
                    $($type => Ok(Self::$variant($crate::event::decode(event_type, json)?)),)+
                    other => Err($crate::event::DecodeError::UnknownType(other.to_owned())),
                }
            }
            fn types() -> &'static [&'static str] {
                &[$($type),+]
            }
        }
    };
}
