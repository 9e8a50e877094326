//! Where the relay goes on: what the stream holds, compared with the log.

use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{LastRawMessageErrorKind, Stream};
use engine::ports::EventStore;
use engine::{EventId, Position, StreamName};
use tracing::warn;

use super::RelayError;
use crate::connect::Nats;
use crate::message;
use crate::settings::Refill;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The log is published up to here.
    pub after: Position,
    /// The stream's last sequence, also where its message is gone.
    pub sequence: u64,
}

pub async fn find_place(nats: &Nats, store: &dyn EventStore) -> Result<Place, RelayError> {
    nats.ensure_stream().await.map_err(|error| RelayError::Stream(error.into()))?;
    let stream = nats.context.get_stream_no_info(&nats.wanted.name).await;
    let stream = stream.map_err(|error| RelayError::Stream(error.into()))?;
    let info = stream.get_info().await.map_err(|error| RelayError::Stream(error.into()))?;
    let sequence = info.state.last_sequence;
    match last_message(&stream, &nats.prefix).await? {
        None => Ok(Place { after: beginning(nats, store), sequence }),
        Some(message) => match message::number(&message.headers, message::POSITION) {
            Some(after) if is_of(&message, store).await? => Ok(Place { after, sequence }),
            _ => {
                warn!(stream = %nats.wanted.name, "the stream ends with what is not in the log; it is emptied");
                stream.purge().await.map_err(|error| RelayError::Stream(error.into()))?;
                Ok(Place { after: beginning(nats, store), sequence })
            }
        },
    }
}

fn beginning(nats: &Nats, store: &dyn EventStore) -> Position {
    match nats.refill {
        Refill::Everything => 0,
        Refill::OnlyNew => *store.end().borrow(),
    }
}

async fn last_message(stream: &Stream<()>, prefix: &str) -> Result<Option<StreamMessage>, RelayError> {
    match stream.get_last_raw_message_by_subject(&format!("{prefix}.>")).await {
        Ok(message) => Ok(Some(message)),
        Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(RelayError::Stream(error.into())),
    }
}

/// Whether the log holds this very event: a stream of another log, or of a log that was put back to an earlier state,
/// tells nothing about ours.
async fn is_of(message: &StreamMessage, store: &dyn EventStore) -> Result<bool, RelayError> {
    let headers = &message.headers;
    let id =
        headers.get(async_nats::header::NATS_MESSAGE_ID).and_then(|id| id.as_str().parse::<EventId>().ok());
    let name = headers.get(message::STREAM).map(|name| StreamName::from_stored(name.as_str()));
    let heard = message::read(Some(headers), &message.payload).and_then(|heard| heard.content.ok());
    let name = name.or_else(|| heard.map(|event| event.stream));
    let (Some(id), Some(name), Some(revision)) = (id, name, message::number(headers, message::REVISION))
    else {
        return Ok(false);
    };
    let events = store.read_stream(&name, revision, 1).await;
    let events = events.map_err(|error| RelayError::Log(error.into()))?;
    let position = message::number(headers, message::POSITION);
    Ok(events.first().is_some_and(|event| event.id == id && Some(event.position) == position))
}
