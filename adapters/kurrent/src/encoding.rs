//! How an event lies in a record: `data` is the record's data, so that the server's own tools show it. The record's
//! metadata is one line of JSON about the event; behind the line's end comes the body, if there is one, as it is.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use engine::{Meta, NewEvent, Recorded, StreamName};
use eventstore::{EventData, RecordedEvent};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::server::Failure;

#[derive(Serialize, Deserialize)]
struct Head {
    /// Microseconds since 1970. The client cuts the server's own time to seconds.
    at: i64,
    #[serde(flatten)]
    meta: Meta,
}

pub(crate) fn to_record(event: &NewEvent, at: DateTime<Utc>) -> EventData {
    let head = Head { at: at.timestamp_micros(), meta: event.meta.clone() };
    let mut metadata = serde_json::to_vec(&head).expect("texts and numbers can be written");
    if let Some(body) = &event.body {
        metadata.push(b'\n');
        metadata.extend_from_slice(body);
    }
    let record = match exact_json(&event.data) {
        Some(json) => EventData::json(event.event_type, &json).expect("JSON can be written"),
        None => EventData::binary(event.event_type, event.data.clone()),
    };
    record.id(event.id).metadata(metadata.into())
}

/// The data, if it is JSON and would be written back byte for byte.
fn exact_json(data: &[u8]) -> Option<&RawValue> {
    serde_json::from_slice::<&RawValue>(data).ok().filter(|json| json.get().len() == data.len())
}

pub(crate) fn to_event(record: RecordedEvent) -> Result<Recorded, Failure> {
    let foreign = |why: &str| {
        Failure::Foreign(format!(
            "event {} of stream {:?} is not of this log ({why}); give the log a KurrentDB of its own",
            record.revision,
            record.stream_id()
        ))
    };
    let written = &record.custom_metadata;
    let line = written.iter().position(|byte| *byte == b'\n');
    let head: Head = serde_json::from_slice(&written[..line.unwrap_or(written.len())])
        .map_err(|_| foreign("its metadata does not say when it was recorded, and by whom"))?;
    let recorded_at = DateTime::from_timestamp_micros(head.at).ok_or_else(|| foreign("its time"))?;
    if record.position.commit == u64::MAX {
        return Err(foreign("it has no position"));
    }
    Ok(Recorded {
        position: record.position.commit,
        stream: StreamName::from_stored(record.stream_id()),
        revision: record.revision,
        id: record.id,
        event_type: record.event_type.as_str().into(),
        recorded_at,
        body: line.map(|end| Bytes::slice(written, end + 1..)),
        data: record.data,
        meta: head.meta,
    })
}
