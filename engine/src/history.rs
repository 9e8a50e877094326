//! Reading a stream back as the domain's events.

use domain::decider::Decider;
use domain::event::{DecodeError, Event};

use crate::envelope::{Position, Recorded, StreamName};
use crate::ports::{EventStore, Expected, StoreError};

/// Events read in one step while a stream is folded.
const STEP_EVENTS: usize = 1_000;

/// Why a stream could not be folded.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("stream {stream}, revision {revision}: {source}")]
    Decode { stream: StreamName, revision: u64, source: DecodeError },
}

/// A folded stream and where it stands.
pub struct Folded<S> {
    pub state: S,
    /// Revision of the last event; `None` for an absent stream.
    pub revision: Option<u64>,
    /// Position of the last event; 0 for an absent stream.
    pub position: Position,
}

impl<S: Default> Default for Folded<S> {
    fn default() -> Self {
        Self { state: S::default(), revision: None, position: 0 }
    }
}

impl<S> Folded<S> {
    pub fn expected(&self) -> Expected {
        self.revision.map_or(Expected::NoStream, Expected::Exact)
    }
}

/// Decodes one recorded event, naming the place when it cannot.
pub fn decode<E: Event>(recorded: &Recorded) -> Result<E, HistoryError> {
    E::from_json(&recorded.event_type, &recorded.data).map_err(|source| HistoryError::Decode {
        stream: recorded.stream.clone(),
        revision: recorded.revision,
        source,
    })
}

/// Brings a folded stream up to date with the log.
pub async fn catch_up<D: Decider>(
    store: &dyn EventStore,
    stream: &StreamName,
    folded: &mut Folded<D::State>,
) -> Result<(), HistoryError> {
    loop {
        let from = folded.revision.map_or(0, |revision| revision + 1);
        let events = store.read_stream(stream, from, STEP_EVENTS).await?;
        for recorded in &events {
            D::evolve(&mut folded.state, &decode(recorded)?);
            folded.revision = Some(recorded.revision);
            folded.position = recorded.position;
        }
        if events.len() < STEP_EVENTS {
            return Ok(());
        }
    }
}
