//! The hash chain over the log: each event has a digest of all it says, and each digest is hashed together with
//! everything before it. Who changes, drops, adds or moves an event changes every later value of the chain.
//!
//! A body enters by its own digest, over its sealed bytes: destroying a person's key, or taking the body away and
//! leaving its digest ([`crate::seal::removed`]), leaves the chain as it was.

mod fault;
mod verify;

pub use fault::{Fault, FaultKind};
pub use verify::{Mark, Verified, Verifier};

use crate::envelope::{EventId, Meta, Position, Recorded};
use crate::seal;

/// A value of the chain, or the digest of one event.
pub type Hash = [u8; 32];

/// What stands before the first event.
pub fn genesis() -> Hash {
    *blake3::hash(b"portal-integrations log, version 1").as_bytes()
}

/// The chain after one more event.
pub fn step(before: &Hash, leaf: &Hash) -> Hash {
    let mut both = [0; 64];
    both[..32].copy_from_slice(before);
    both[32..].copy_from_slice(leaf);
    *blake3::hash(&both).as_bytes()
}

/// Names a log for ever: the chain after its first event, whose id was made by chance.
pub fn origin(first_leaf: &Hash) -> String {
    hex(&step(&genesis(), first_leaf))[..32].to_owned()
}

pub fn hex(hash: &Hash) -> String {
    blake3::Hash::from_bytes(*hash).to_hex().to_string()
}

pub fn from_hex(text: &str) -> Option<Hash> {
    blake3::Hash::from_hex(text).ok().map(|hash| *hash.as_bytes())
}

/// Everything an event says.
pub struct Content<'e> {
    pub position: Position,
    pub stream: &'e str,
    pub revision: u64,
    pub id: EventId,
    pub event_type: &'e str,
    /// Microseconds since 1970.
    pub recorded_at: i64,
    pub data: &'e [u8],
    pub body: Option<&'e [u8]>,
    pub meta: &'e Meta,
}

impl<'e> From<&'e Recorded> for Content<'e> {
    fn from(event: &'e Recorded) -> Self {
        Self {
            position: event.position,
            stream: event.stream.as_str(),
            revision: event.revision,
            id: event.id,
            event_type: &event.event_type,
            recorded_at: event.recorded_at.timestamp_micros(),
            data: &event.data,
            body: event.body.as_deref(),
            meta: &event.meta,
        }
    }
}

impl Content<'_> {
    /// The event's digest. Each part has its length before it, so that nothing can move from one to the next unseen.
    pub fn leaf(&self) -> Hash {
        let body = self.body.map(seal::digest);
        let mut hasher = blake3::Hasher::new();
        let mut head = [0; 40];
        head[..8].copy_from_slice(&self.position.to_le_bytes());
        head[8..16].copy_from_slice(&self.revision.to_le_bytes());
        head[16..24].copy_from_slice(&self.recorded_at.to_le_bytes());
        head[24..].copy_from_slice(self.id.as_bytes());
        hasher.update(&head);
        let texts = [Some(self.stream), Some(self.event_type), Some(self.meta.actor.0.as_str())]
            .into_iter()
            .chain([self.meta.correlation.as_deref(), self.meta.causation.as_deref()]);
        let body = body.as_ref().map(|digest| &digest[..]);
        for part in texts.map(|text| text.map(str::as_bytes)).chain([Some(self.data), body]) {
            hasher.update(&part.map_or(u64::MAX, |part| part.len() as u64).to_le_bytes());
            hasher.update(part.unwrap_or_default());
        }
        *hasher.finalize().as_bytes()
    }
}

/// 62 bits of a digest with the next bit set, so that it is never mistaken for one of the 32-bit checksums that
/// releases before the chain stored in its place.
pub fn short(leaf: &Hash) -> i64 {
    let (first, _) = leaf.split_first_chunk::<8>().expect("a hash has 32 bytes");
    (i64::from_le_bytes(*first) & (i64::MAX >> 1)) | (1 << 62)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use chrono::DateTime;

    use super::*;
    use crate::envelope::StreamName;

    fn event() -> Recorded {
        Recorded {
            position: 7,
            stream: StreamName::from_stored("thing-1"),
            revision: 0,
            id: EventId::from_u128(9),
            event_type: "thing.noted".into(),
            recorded_at: DateTime::from_timestamp_micros(1_700_000_000_000_000).unwrap(),
            data: Bytes::from_static(b"{}"),
            body: Some(seal::pack(b"body")),
            meta: Meta::by("system").of("rn_1"),
        }
    }

    fn leaf(event: &Recorded) -> Hash {
        Content::from(event).leaf()
    }

    #[test]
    fn the_digest_of_an_event_is_the_same_for_ever() {
        assert_eq!(hex(&leaf(&event())), "26771be99c5796127b0e4b3970931ac3dc804af629f32b95dce4c8112c18dd03");
        assert_eq!(
            hex(&step(&genesis(), &leaf(&event()))),
            "610a9f06215dd36f35f9c7edcac5ad3468b19c484edd1c54d7348fced13753e5"
        );
    }

    #[test]
    fn every_part_counts() {
        let mut changed = vec![event(); 9];
        changed[0].position = 8;
        changed[1].stream = StreamName::from_stored("thing-2");
        changed[2].revision = 1;
        changed[3].id = EventId::from_u128(10);
        changed[4].event_type = "thing.note".into();
        changed[5].recorded_at += chrono::TimeDelta::microseconds(1);
        changed[6].data = Bytes::from_static(b"{ }");
        changed[7].body = None;
        changed[8].meta = Meta::by("system").of("rn_2");
        for other in changed {
            assert_ne!(leaf(&other), leaf(&event()), "{other:?}");
        }
    }

    #[test]
    fn a_removed_body_leaves_the_digest() {
        let mut removed = event();
        removed.body = removed.body.as_deref().map(seal::removed);
        assert_ne!(removed.body, event().body);
        assert_eq!(leaf(&removed), leaf(&event()));
    }

    #[test]
    fn a_short_digest_is_no_checksum() {
        for byte in [0, 0x7f, 0xff] {
            assert!(short(&[byte; 32]) >= 1 << 62);
        }
    }
}
