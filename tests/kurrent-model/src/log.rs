//! The truth: records in order, and where each stream's are.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use uuid::Uuid;

/// What a record takes in the server's file beside its contents.
const RECORD_BYTES: u64 = 137;
/// The server writes statistics of its own now and then: after so many appends.
const STATISTICS_EVERY: u64 = 3;

#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub position: u64,
    pub stream: Bytes,
    pub revision: u64,
    pub id: Uuid,
    pub metadata: HashMap<String, String>,
    pub custom_metadata: Bytes,
    pub data: Bytes,
}

#[derive(Clone, Debug)]
pub(crate) struct Proposed {
    pub id: Uuid,
    pub metadata: HashMap<String, String>,
    pub custom_metadata: Bytes,
    pub data: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Any,
    NoStream,
    StreamExists,
    Revision(u64),
}

#[derive(Debug)]
pub(crate) enum Outcome {
    /// Written now, or before.
    Success {
        revision: u64,
        position: u64,
    },
    WrongExpectedVersion {
        current: Option<u64>,
    },
    Deleted,
}

pub(crate) struct Log {
    records: Vec<Record>,
    streams: HashMap<Bytes, Vec<usize>>,
    deleted: HashSet<Bytes>,
    end: u64,
    appends: u64,
}

impl Log {
    /// A fresh server has written about itself already.
    pub fn new() -> Self {
        let (records, streams, deleted) = (vec![], HashMap::new(), HashSet::new());
        let mut log = Self { records, streams, deleted, end: 0, appends: 0 };
        for (stream, event_type) in
            [("$epoch-information", "$epoch"), ("$users", "$User"), ("$$$users", "$metadata")]
        {
            log.write_own(stream, event_type);
        }
        log
    }

    pub fn records(&self) -> &[Record] {
        &self.records
    }

    pub fn is_deleted(&self, stream: &Bytes) -> bool {
        self.deleted.contains(stream)
    }

    /// The records of a stream; `None` if there never was one.
    pub fn stream(&self, stream: &Bytes) -> Option<Vec<&Record>> {
        let places = self.streams.get(stream)?;
        Some(places.iter().map(|&place| &self.records[place]).collect())
    }

    pub fn append(&mut self, stream: &Bytes, expected: Expected, events: Vec<Proposed>) -> Outcome {
        if self.is_deleted(stream) {
            return Outcome::Deleted;
        }
        let current = self.streams.get(stream).map(|places| places.len() as u64 - 1);
        let holds = match expected {
            Expected::Any => true,
            Expected::NoStream => current.is_none(),
            Expected::StreamExists => current.is_some(),
            Expected::Revision(revision) => current == Some(revision),
        };
        if !holds {
            return self
                .known(stream, expected, &events)
                .unwrap_or(Outcome::WrongExpectedVersion { current });
        }
        for event in events {
            self.write(stream.clone(), event);
        }
        let last = self.streams[stream].last().map(|&place| &self.records[place]);
        let (revision, position) = last.map_or((0, 0), |last| (last.revision, last.position));
        self.appends += 1;
        if self.appends.is_multiple_of(STATISTICS_EVERY) {
            self.write_own("$stats-127.0.0.1:2113", "$statsCollected");
        }
        Outcome::Success { revision, position }
    }

    /// The server takes an append for a repeat if the stream holds the ids where the events would have gone.
    fn known(&self, stream: &Bytes, expected: Expected, events: &[Proposed]) -> Option<Outcome> {
        let from = match expected {
            Expected::NoStream => 0,
            Expected::Revision(revision) => revision.checked_add(1)?,
            Expected::Any | Expected::StreamExists => return None,
        };
        let stored = self.stream(stream)?;
        let stored = stored.get(usize::try_from(from).ok()?..)?;
        let same =
            stored.len() >= events.len() && events.iter().zip(stored).all(|(new, old)| new.id == old.id);
        let last = same.then(|| stored.get(events.len() - 1)).flatten()?;
        Some(Outcome::Success { revision: last.revision, position: last.position })
    }

    /// Deletes a stream for good, as an operator can.
    pub fn tombstone(&mut self, stream: &Bytes) {
        self.deleted.insert(stream.clone());
        self.write(stream.clone(), own_event(self.end, "$streamDeleted"));
    }

    /// Takes the first records of a stream away, as `$maxCount` and a scavenge do.
    pub fn truncate(&mut self, stream: &Bytes, revision: u64) {
        if let Some(places) = self.streams.get_mut(stream) {
            places.retain(|&place| self.records[place].revision >= revision);
        }
    }

    fn write_own(&mut self, stream: &str, event_type: &str) {
        self.write(Bytes::copy_from_slice(stream.as_bytes()), own_event(self.end, event_type));
    }

    fn write(&mut self, stream: Bytes, event: Proposed) {
        let places = self.streams.entry(stream.clone()).or_default();
        let revision = places.last().map_or(0, |&place| self.records[place].revision + 1);
        places.push(self.records.len());
        let position = self.end;
        self.end += RECORD_BYTES + (stream.len() + event.data.len() + event.custom_metadata.len()) as u64;
        let Proposed { id, metadata, custom_metadata, data } = event;
        self.records.push(Record { position, stream, revision, id, metadata, custom_metadata, data });
    }
}

fn own_event(position: u64, event_type: &str) -> Proposed {
    let metadata = [("type", event_type), ("content-type", "application/json")];
    Proposed {
        id: Uuid::from_u64_pair(u64::MAX, position),
        metadata: metadata.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        custom_metadata: Bytes::new(),
        data: Bytes::from_static(b"{}"),
    }
}
