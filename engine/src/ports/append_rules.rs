//! What every event store decides alike: which appends it refuses, and which ones it has already seen.

use std::collections::HashSet;

use super::event_store::{APPEND_EVENTS_MAX, AppendError, EVENT_BYTES_MAX, StreamAppend};
use crate::envelope::{NewEvent, Recorded, STREAM_BYTES_MAX};
use crate::seal;

/// Refuses what no store may hold. Adapters call it before anything else.
pub fn check_appends(appends: &[StreamAppend]) -> Result<(), AppendError> {
    let refuse = |why: String| Err(AppendError::Refused(why));
    let events: usize = appends.iter().map(|append| append.events.len()).sum();
    if events > APPEND_EVENTS_MAX {
        return refuse(format!("{events} events in one append; {APPEND_EVENTS_MAX} are allowed"));
    }
    if appends.is_empty() {
        return refuse("it holds no events".to_owned());
    }
    let mut streams = HashSet::with_capacity(appends.len());
    let mut ids = HashSet::with_capacity(events);
    for append in appends {
        let name = append.stream.as_str();
        if append.events.is_empty() {
            return refuse(format!("it holds no events for stream {name}"));
        }
        if name.len() > STREAM_BYTES_MAX
            || append.stream.category().is_empty()
            || append.stream.id().is_empty()
        {
            return refuse(format!("{name:?} is not the name of a stream"));
        }
        if !streams.insert(name) {
            return refuse(format!("it names stream {name} twice"));
        }
        for event in &append.events {
            if !ids.insert(event.id) {
                return refuse(format!("it holds event {} twice", event.id));
            }
            let bytes = event_bytes(event);
            if bytes > EVENT_BYTES_MAX {
                return refuse(format!(
                    "event {} has {bytes} bytes; {EVENT_BYTES_MAX} are allowed",
                    event.id
                ));
            }
        }
    }
    Ok(())
}

/// Bytes that count towards an event's limit.
pub fn event_bytes(event: &NewEvent) -> usize {
    event.data.len() + event.body.as_ref().map_or(0, bytes::Bytes::len)
}

/// How an append whose expectation does not hold relates to what the stream holds at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// The very same events: the append has already happened.
    Same,
    /// Events with the same ids and other content: somebody uses an id twice.
    Altered,
    /// Other events: somebody else was faster.
    No,
}

/// Compares new events with the stored ones at the revisions they would have had.
pub fn repeat(new: &[NewEvent], stored: &[Recorded]) -> Repeat {
    if new.len() != stored.len() || new.iter().zip(stored).any(|(new, old)| new.id != old.id) {
        return Repeat::No;
    }
    let same = |(new, old): (&NewEvent, &Recorded)| {
        // Of a body that was taken away the digest is left, and tells as much.
        let digests = (new.body.as_deref().map(seal::digest), old.body.as_deref().map(seal::digest));
        *new.event_type == *old.event_type && new.data == old.data && digests.0 == digests.1
    };
    if new.iter().zip(stored).all(same) { Repeat::Same } else { Repeat::Altered }
}
