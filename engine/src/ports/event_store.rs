//! The log.

use async_trait::async_trait;
use tokio::sync::watch;

use super::Cause;
use crate::envelope::{NewEvent, Position, Recorded, StreamName};

/// Most events in one append; larger ones are refused, so that no writer can hold the log.
pub const APPEND_EVENTS_MAX: usize = 10_000;
/// Largest event (data and body), in bytes.
pub const EVENT_BYTES_MAX: usize = 64 << 20;

/// What the stream must look like for the append to happen. There is no "any": see ADR 0004.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    NoStream,
    /// The revision of the stream's last event.
    Exact(u64),
}

impl Expected {
    /// The revision that the first appended event will have.
    pub fn next_revision(self) -> u64 {
        match self {
            Self::NoStream => 0,
            Self::Exact(revision) => revision + 1,
        }
    }
}

/// Events for one stream.
#[derive(Clone, Debug)]
pub struct StreamAppend {
    pub stream: StreamName,
    pub expected: Expected,
    pub events: Vec<NewEvent>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Position of the last event written.
    pub position: Position,
}

#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Nothing was written. `actual` is the stream's last revision, if it has any.
    #[error("stream {stream} is at {actual:?}, expected {expected:?}")]
    Conflict { stream: StreamName, expected: Expected, actual: Option<u64> },
    /// Nothing was written: too many events, too large an event, an empty or doubled stream.
    #[error("the append was refused: {0}")]
    Refused(String),
    /// It is unknown whether anything was written; read the stream and look for the event ids.
    #[error("the outcome of the append is unknown")]
    Unknown(#[source] Cause),
    #[error("the event store cannot be reached")]
    Unavailable(#[source] Cause),
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the event store cannot be reached")]
    Unavailable(#[source] Cause),
    #[error("the event store is damaged")]
    Corrupt(#[source] Cause),
}

/// Which events a reader wants. Empty means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Stream categories.
    pub categories: Vec<&'static str>,
}

impl Filter {
    pub fn all() -> Self {
        Self::default()
    }

    pub fn categories(categories: impl IntoIterator<Item = &'static str>) -> Self {
        Self { categories: categories.into_iter().collect() }
    }

    pub fn passes(&self, stream: &StreamName) -> bool {
        self.categories.is_empty() || self.categories.contains(&stream.category())
    }
}

/// A piece of the log.
#[derive(Clone, Debug, Default)]
pub struct Slice {
    pub events: Vec<Recorded>,
    /// Everything up to here has been looked at.
    pub read_to: Position,
}

#[async_trait]
pub trait EventStore: Send + Sync {
    /// Appends to all streams or to none. An adapter whose server cannot do that checks all expectations first and
    /// writes the last stream last; an append that stopped on the way is completed by repeating it. When it returns,
    /// the events are on disk. Repeating an append with the same event ids and the same expectations, after it
    /// succeeded, succeeds again and writes nothing.
    async fn append(&self, appends: Vec<StreamAppend>) -> Result<Appended, AppendError>;

    /// Events of one stream from a revision on, oldest first. An absent stream is an empty one.
    async fn read_stream(
        &self,
        stream: &StreamName,
        from_revision: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError>;

    /// The newest event of each stream, in the order asked; `None` for an absent stream.
    async fn read_last(&self, streams: &[StreamName]) -> Result<Vec<Option<Recorded>>, StoreError>;

    /// Events of the whole log after a position, in order, at most `limit`. The position is 0 or one that the log has
    /// given out.
    async fn read_all(&self, after: Position, filter: &Filter, limit: usize) -> Result<Slice, StoreError>;

    /// The event at a position. The default is for logs without gaps.
    async fn read_at(&self, position: Position) -> Result<Option<Recorded>, StoreError> {
        let Some(before) = position.checked_sub(1) else { return Ok(None) };
        let slice = self.read_all(before, &Filter::all(), 1).await?;
        Ok(slice.events.into_iter().find(|event| event.position == position))
    }

    /// Takes the bodies of events away and leaves their digests ([`crate::seal::removed`]), so that the chain over the
    /// log still holds. When it returns, no file of the store holds them. Gives how many there were; events without a
    /// body, and those whose body is gone, stay as they are.
    async fn remove_bodies(&self, positions: &[Position]) -> Result<u64, StoreError>;

    /// The position of the last event, and a bell that rings when it moves. It carries no data, so the way after a
    /// restart and the way in normal running are the same.
    fn end(&self) -> watch::Receiver<Position>;
}
