//! A checksum over everything an event says. SQLite has none, so without it a flipped bit would be told as the truth.

use engine::envelope::EventId;
use engine::{Meta, Position};

pub(super) struct Content<'e> {
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

impl Content<'_> {
    /// CRC-32 of all parts, as the signed number that takes four bytes in a row.
    pub fn checksum(&self) -> i32 {
        let mut hasher = crc32fast::Hasher::new();
        for number in [self.position, self.revision, self.recorded_at.cast_unsigned()] {
            hasher.update(&number.to_le_bytes());
        }
        hasher.update(self.id.as_bytes());
        let texts = [Some(self.stream), Some(self.event_type), Some(self.meta.actor.0.as_str())]
            .into_iter()
            .chain([self.meta.correlation.as_deref(), self.meta.causation.as_deref()]);
        for part in texts.map(|text| text.map(str::as_bytes)).chain([Some(self.data), self.body]) {
            // The length stands before each part, so that nothing can move from one to the next unseen.
            hasher.update(&part.map_or(u64::MAX, |part| part.len() as u64).to_le_bytes());
            hasher.update(part.unwrap_or_default());
        }
        hasher.finalize().cast_signed()
    }
}
