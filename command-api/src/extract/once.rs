//! The `Idempotency-Key` of a POST that creates something.
//!
//! The key and the caller decide the new thing's id, so a repeat meets the same stream; the digest of the request is
//! written beside its events, so a repeat with another body is recognised, however much later. The digest is keyed with
//! the idempotency key, which is not stored: whoever reads the log cannot guess bodies by it.

use axum::http::HeaderMap;
use engine::ports::Ids;
use engine::{Meta, hash};

use crate::access::Caller;
use crate::problem::Problem;

const HEADER: &str = "idempotency-key";
/// Longest key, in bytes.
const KEY_BYTES_MAX: usize = 255;

/// What makes a repeat of this request the same request.
#[derive(Clone, Debug, Default)]
pub struct Once(Option<Keyed>);

#[derive(Clone, Debug)]
struct Keyed {
    id: String,
    digest: String,
}

impl Once {
    pub fn read(headers: &HeaderMap, path: &str, caller: &Caller, body: &[u8]) -> Result<Self, Problem> {
        let mut values = headers.get_all(HEADER).iter();
        let Some(value) = values.next() else { return Ok(Self(None)) };
        let key = value.to_str().ok().filter(|key| {
            (1..=KEY_BYTES_MAX).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic())
        });
        let (Some(key), None) = (key, values.next()) else {
            return Err(Problem::bad_request(
                "INVALID_IDEMPOTENCY_KEY",
                format!("an Idempotency-Key is one header of 1 to {KEY_BYTES_MAX} visible ASCII characters"),
                "use a fresh UUID for each thing you create",
            ));
        };
        let actor = caller.actor();
        let content = hash::hex(body);
        Ok(Self(Some(Keyed {
            id: hash::id(&["id", key, &actor, path]),
            digest: hash::id(&["request", key, &actor, path, &content]),
        })))
    }

    /// The random part of the new thing's id.
    pub fn id(&self, ids: &dyn Ids) -> String {
        self.0.as_ref().map_or_else(|| ids.short(), |keyed| keyed.id.clone())
    }

    /// The random part of another id that the same request needs.
    pub fn id_for(&self, ids: &dyn Ids, what: &str) -> String {
        self.0.as_ref().map_or_else(|| ids.short(), |keyed| hash::id(&[&keyed.id, what]))
    }

    /// Beside each event, so that a repeat finds what the first time did.
    pub fn mark(&self, mut meta: Meta) -> Meta {
        if let Some(cause) = self.cause() {
            meta.causation = Some(cause);
        }
        meta
    }

    pub fn cause(&self) -> Option<String> {
        self.0.as_ref().map(|keyed| format!("once:{}", keyed.digest))
    }
}
