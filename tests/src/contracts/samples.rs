//! Events and expectations that the suites write.

use bytes::Bytes;
use engine::ports::{Expected, StreamAppend};
use engine::{EventId, Meta, NewEvent, StreamName};

/// An event whose id and data come from a number.
pub fn event(number: u128) -> NewEvent {
    NewEvent {
        id: EventId::from_u128(number),
        event_type: "thing.noted",
        data: Bytes::from(format!(r#"{{"number":{number}}}"#)),
        body: None,
        meta: Meta::by("system"),
    }
}

pub fn events(numbers: impl IntoIterator<Item = u128>) -> Vec<NewEvent> {
    numbers.into_iter().map(event).collect()
}

pub fn stream(name: &str) -> StreamName {
    StreamName::from_stored(name)
}

pub fn to(name: &str, expected: Expected, events: Vec<NewEvent>) -> StreamAppend {
    StreamAppend { stream: stream(name), expected, events }
}

/// An append that begins a stream.
pub fn begin(name: &str, numbers: impl IntoIterator<Item = u128>) -> StreamAppend {
    to(name, Expected::NoStream, events(numbers))
}
