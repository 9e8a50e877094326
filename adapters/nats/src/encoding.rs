//! A recorded event as bytes, for the way over the bus only; nothing is kept in this form for long.
//!
//! Version (1 byte), position, revision, id (16 bytes), seconds, nanoseconds, then with their lengths stream, type, meta
//! (JSON), data; then whether there is a body, and the body; at the end a digest (8 bytes) of everything before.
//! Numbers are fixed, little end first.

use std::sync::Arc;

use bytes::Bytes;
use chrono::DateTime;
use engine::{EventId, Meta, Recorded, StreamName};

const VERSION: u8 = 1;
const DIGEST_BYTES: usize = 8;

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("the event is in form {0}, which a newer release writes")]
    Newer(u8),
    #[error("the event is damaged")]
    Damaged,
}

pub fn encode(event: &Recorded) -> Vec<u8> {
    let meta = serde_json::to_vec(&event.meta).unwrap_or_default();
    let body = event.body.as_ref().map_or(0, Bytes::len);
    let mut out = Vec::with_capacity(128 + meta.len() + event.data.len() + body);
    out.push(VERSION);
    out.extend_from_slice(&event.position.to_le_bytes());
    out.extend_from_slice(&event.revision.to_le_bytes());
    out.extend_from_slice(event.id.as_bytes());
    out.extend_from_slice(&event.recorded_at.timestamp().to_le_bytes());
    out.extend_from_slice(&event.recorded_at.timestamp_subsec_nanos().to_le_bytes());
    for part in [event.stream.as_str().as_bytes(), event.event_type.as_bytes(), &meta, &event.data] {
        part_into(&mut out, part);
    }
    out.push(u8::from(event.body.is_some()));
    if let Some(body) = &event.body {
        part_into(&mut out, body);
    }
    let digest = digest(&out);
    out.extend_from_slice(&digest);
    out
}

fn part_into(out: &mut Vec<u8>, part: &[u8]) {
    // An event has at most 64 MiB (`EVENT_BYTES_MAX`).
    let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(part);
}

fn digest(bytes: &[u8]) -> [u8; DIGEST_BYTES] {
    let whole = engine::seal::digest(bytes);
    std::array::from_fn(|at| whole[at])
}

pub fn decode(bytes: &Bytes) -> Result<Recorded, DecodeError> {
    let content = bytes.len().checked_sub(DIGEST_BYTES).ok_or(DecodeError::Damaged)?;
    match bytes.first() {
        Some(&VERSION) => {}
        Some(&newer) if newer > VERSION => return Err(DecodeError::Newer(newer)),
        _ => return Err(DecodeError::Damaged),
    }
    if bytes[content..] != digest(&bytes[..content]) {
        return Err(DecodeError::Damaged);
    }
    let mut rest = bytes.slice(1..content);
    read(&mut rest).filter(|_| rest.is_empty()).ok_or(DecodeError::Damaged)
}

fn read(rest: &mut Bytes) -> Option<Recorded> {
    let position = u64::from_le_bytes(array(rest)?);
    let revision = u64::from_le_bytes(array(rest)?);
    let id = EventId::from_bytes(array(rest)?);
    let seconds = i64::from_le_bytes(array(rest)?);
    let recorded_at = DateTime::from_timestamp(seconds, u32::from_le_bytes(array(rest)?))?;
    let stream = StreamName::from_stored(text(rest)?);
    let event_type = text(rest)?;
    let meta: Meta = serde_json::from_slice(&part(rest)?).ok()?;
    let data = part(rest)?;
    let body = match array::<1>(rest)? {
        [0] => None,
        [1] => Some(part(rest)?),
        _ => return None,
    };
    Some(Recorded { position, stream, revision, id, event_type, recorded_at, data, body, meta })
}

fn array<const N: usize>(rest: &mut Bytes) -> Option<[u8; N]> {
    (rest.len() >= N).then(|| rest.split_to(N)).and_then(|taken| taken.as_ref().try_into().ok())
}

fn part(rest: &mut Bytes) -> Option<Bytes> {
    let length = usize::try_from(u32::from_le_bytes(array(rest)?)).ok()?;
    (rest.len() >= length).then(|| rest.split_to(length))
}

fn text(rest: &mut Bytes) -> Option<Arc<str>> {
    std::str::from_utf8(&part(rest)?).ok().map(Arc::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(body: Option<Bytes>) -> Recorded {
        Recorded {
            position: 1 << 40,
            stream: StreamName::new("record", "cn_a.posts.7"),
            revision: 3,
            id: EventId::from_u128(77),
            event_type: "record.changed".into(),
            recorded_at: DateTime::from_timestamp(-5, 123_456_789).unwrap(),
            data: Bytes::from_static(b"{\"a\":1}"),
            body,
            meta: Meta::by("run:rn_1").of("rn_1"),
        }
    }

    #[test]
    fn an_event_comes_back_as_it_was() {
        for body in [None, Some(Bytes::new()), Some(engine::seal::pack(&[7; 4_000]))] {
            let event = event(body);
            assert_eq!(decode(&encode(&event).into()), Ok(event));
        }
    }

    #[test]
    fn bad_input_162_a_damaged_event_is_noticed() {
        let whole = encode(&event(Some(Bytes::from_static(b"\0body"))));
        for cut in 0..whole.len() {
            assert!(decode(&Bytes::copy_from_slice(&whole[..cut])).is_err(), "cut at {cut}");
        }
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x10;
            assert!(decode(&flipped.into()).is_err(), "flipped at {at}");
        }
        let mut newer = whole;
        newer[0] = 2;
        assert_eq!(decode(&newer.into()), Err(DecodeError::Newer(2)));
    }
}
