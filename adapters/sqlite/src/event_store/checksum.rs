//! The checksum of releases before the chain: CRC-32 over everything an event says. Rows that hold one keep it.

use engine::chain::Content;

/// CRC-32 of all parts, as the signed number that takes four bytes in a row.
pub(super) fn checksum(event: &Content<'_>) -> i32 {
    let mut hasher = crc32fast::Hasher::new();
    for number in [event.position, event.revision, event.recorded_at.cast_unsigned()] {
        hasher.update(&number.to_le_bytes());
    }
    hasher.update(event.id.as_bytes());
    let texts = [Some(event.stream), Some(event.event_type), Some(event.meta.actor.0.as_str())]
        .into_iter()
        .chain([event.meta.correlation.as_deref(), event.meta.causation.as_deref()]);
    for part in texts.map(|text| text.map(str::as_bytes)).chain([Some(event.data), event.body]) {
        // The length stands before each part, so that nothing can move from one to the next unseen.
        hasher.update(&part.map_or(u64::MAX, |part| part.len() as u64).to_le_bytes());
        hasher.update(part.unwrap_or_default());
    }
    hasher.finalize().cast_signed()
}
