//! An event as a message of the stream.

use async_nats::HeaderMap;
use async_nats::header::{HeaderValue, NATS_MESSAGE_ID};
use bytes::Bytes;
use engine::{Position, Recorded};

use crate::encoding;

pub const POSITION: &str = "Portal-Position";
pub const STREAM: &str = "Portal-Stream";
pub const REVISION: &str = "Portal-Revision";
pub const TYPE: &str = "Portal-Type";
/// Between this position and the message's own, the log holds nothing.
pub const PREVIOUS: &str = "Portal-Previous";
/// `log`: the event is too large for the bus; read it from the log.
pub const CONTENT: &str = "Portal-Content";
pub const IN_THE_LOG: &str = "log";

/// Room for the headers of a batch and for what the protocol adds, in bytes.
const HEADERS_BYTES: usize = 1_024;

/// Headers and payload. `payload_max` is the server's.
pub fn write(event: &Recorded, previous: Position, payload_max: usize) -> (HeaderMap, Bytes) {
    let mut headers = HeaderMap::new();
    headers.insert(NATS_MESSAGE_ID, event.id.to_string());
    headers.insert(POSITION, event.position.to_string());
    headers.insert(REVISION, event.revision.to_string());
    headers.insert(PREVIOUS, previous.to_string());
    // A name that cannot stand in a header is in the payload only.
    for (name, text) in [(STREAM, event.stream.as_str()), (TYPE, &event.event_type)] {
        if let Ok(value) = text.parse::<HeaderValue>() {
            headers.insert(name, value);
        }
    }
    let names = event.stream.as_str().len() + event.event_type.len();
    let payload = encoding::encode(event);
    if payload.len() + names + HEADERS_BYTES > payload_max {
        headers.insert(CONTENT, IN_THE_LOG);
        return (headers, Bytes::new());
    }
    (headers, payload.into())
}

/// What a message says.
#[derive(Debug)]
pub struct Heard {
    pub position: Position,
    pub previous: Position,
    /// Why the content must be read from the log, where it must.
    pub content: Result<Recorded, &'static str>,
}

/// `None` for a message that no relay wrote.
pub fn read(headers: Option<&HeaderMap>, payload: &Bytes) -> Option<Heard> {
    let headers = headers?;
    let position = number(headers, POSITION)?;
    let previous = number(headers, PREVIOUS).filter(|previous| *previous < position)?;
    let content = if headers.get(CONTENT).is_some_and(|content| content.as_str() == IN_THE_LOG) {
        Err("large")
    } else {
        encoding::decode(payload).ok().filter(|event| event.position == position).ok_or("undecodable")
    };
    Some(Heard { position, previous, content })
}

pub fn number(headers: &HeaderMap, name: &'static str) -> Option<u64> {
    headers.get(name)?.as_str().parse().ok()
}

#[cfg(test)]
mod tests {
    use engine::{EventId, Meta, StreamName};

    use super::*;

    fn event(stream: &str, bytes: usize) -> Recorded {
        Recorded {
            position: 9,
            stream: StreamName::from_stored(stream),
            revision: 0,
            id: EventId::from_u128(1),
            event_type: "thing.noted".into(),
            recorded_at: chrono::DateTime::from_timestamp(1, 0).unwrap(),
            data: Bytes::from(vec![b' '; bytes]),
            body: None,
            meta: Meta::by("system"),
        }
    }

    #[test]
    fn an_event_is_heard_as_it_was_written() {
        let event = event("thing-1", 10);
        let (headers, payload) = write(&event, 7, 1 << 20);
        let heard = read(Some(&headers), &payload).unwrap();
        assert_eq!((heard.position, heard.previous, heard.content), (9, 7, Ok(event)));
    }

    #[test]
    fn bad_input_162_above_the_servers_limit_only_a_mark_is_written() {
        let (headers, payload) = write(&event("thing-1", 2 << 20), 7, 1 << 20);
        assert!(payload.is_empty());
        let heard = read(Some(&headers), &payload).unwrap();
        assert_eq!((heard.position, heard.content), (9, Err("large")));
    }

    #[test]
    fn bad_input_162_foreign_and_forged_messages_are_no_events() {
        let (mut headers, payload) = write(&event("thing-1\r\nNats-Rollup: all", 10), 7, 1 << 20);
        assert!(headers.get(STREAM).is_none(), "no name writes a header of its own");
        assert!(read(None, &payload).is_none());
        assert!(read(Some(&HeaderMap::new()), &payload).is_none());
        headers.insert(POSITION, "10");
        assert_eq!(read(Some(&headers), &payload).unwrap().content, Err("undecodable"));
        headers.insert(PREVIOUS, "10");
        assert!(read(Some(&headers), &payload).is_none(), "nothing comes before itself");
    }
}
