//! Appends. The server checks the expectation of one stream and recognises event ids; what it cannot do is several
//! streams at once, and comparing a repeat's content.

use std::time::Duration;

use chrono::{DateTime, Utc};
use engine::ports::append_rules::{Repeat, check_appends, event_bytes, repeat};
use engine::ports::{AppendError, Appended, Expected, StreamAppend};
use engine::{Position, Recorded};
use eventstore::{CurrentRevision, Error, StreamState, WriteResult};
use futures::{StreamExt, TryStreamExt, stream};

use crate::encoding::to_record;
use crate::names::is_reserved;
use crate::server::Failure;
use crate::tail::Tail;

/// Streams of one append that are written at once, before the last one.
const WRITES_AT_ONCE: usize = 16;
/// How often one stream is written while it is unknown whether it was.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(50);
/// What one message of the server's protocol can carry back to a reader.
const RECORD_BYTES_MAX: usize = 16 << 20;

/// What a failed write leaves open.
enum After {
    /// It will never happen.
    Settled(AppendError),
    /// Nothing was sent.
    NotSent(Failure),
    /// It may have happened, or may still happen.
    Open(Failure),
}

impl Tail {
    pub async fn append(
        &self,
        appends: Vec<StreamAppend>,
        at: DateTime<Utc>,
    ) -> Result<Appended, AppendError> {
        check_appends(&appends)?;
        check_for_server(&appends)?;
        let (done, mut open) = match appends.len() {
            1 => (0, appends),
            _ => self.unwritten(appends).await?,
        };
        let last = open.pop();
        let write = |append: StreamAppend| async move { self.write(&append, at).await };
        let others: Vec<Position> =
            stream::iter(open).map(write).buffer_unordered(WRITES_AT_ONCE).try_collect().await?;
        let mut position = others.into_iter().max().unwrap_or(0).max(done);
        if let Some(last) = last {
            position = position.max(self.write(&last, at).await?);
        }
        self.ring(position);
        Ok(Appended { position })
    }

    /// Checks all expectations before anything is written. Gives where the streams end that hold their events already,
    /// because an append stopped on its way, and the others.
    async fn unwritten(
        &self,
        appends: Vec<StreamAppend>,
    ) -> Result<(Position, Vec<StreamAppend>), AppendError> {
        let unavailable = |failure: Failure| AppendError::Unavailable(failure.into());
        let names: Vec<_> = appends.iter().map(|append| append.stream.clone()).collect();
        let lasts = self.read_last(&names).await.map_err(unavailable)?;
        let (mut done, mut open, mut conflict) = (0, Vec::new(), None);
        for (append, last) in appends.into_iter().zip(lasts) {
            let actual = last.map(|event| event.revision);
            if holds(append.expected, actual) {
                open.push(append);
                continue;
            }
            match self.stored(&append).await.map_err(unavailable)? {
                Stored::Same(position) => done = done.max(position),
                Stored::Altered => return Err(altered(&append)),
                Stored::No => conflict = conflict.or(Some(conflicting(&append, actual))),
            }
        }
        match conflict {
            Some(conflict) => Err(conflict),
            None => Ok((done, open)),
        }
    }

    /// Writes one stream and settles what became of it.
    async fn write(&self, append: &StreamAppend, at: DateTime<Utc>) -> Result<Position, AppendError> {
        let mut attempt = 1;
        loop {
            let end = self.end();
            let after = match self.try_write(append, at).await {
                Ok(written) if written.position.commit > end && written.position.commit != u64::MAX => {
                    return Ok(written.position.commit);
                }
                // The server knows these ids already and compares nothing else.
                Ok(_) => {
                    After::Open(Failure::Foreign("the server knew the events, but does not hold them".into()))
                }
                Err(failure) => after(append, failure),
            };
            let (failure, sent) = match after {
                After::Settled(AppendError::Conflict { actual, .. }) => {
                    return self.answer_conflict(append, actual).await;
                }
                After::Settled(error) => return Err(error),
                After::NotSent(failure) => (failure, false),
                After::Open(failure) => (failure, true),
            };
            let found = if sent { self.find(append).await } else { Ok(None) };
            match found {
                Ok(Some(answer)) => return answer,
                Ok(None) | Err(_) if attempt < ATTEMPTS => {}
                Ok(None) if !sent => return Err(AppendError::Unavailable(failure.into())),
                _ => return Err(AppendError::Unknown(failure.into())),
            }
            tokio::time::sleep(PAUSE * (1 << attempt)).await;
            attempt += 1;
        }
    }

    async fn try_write(&self, append: &StreamAppend, at: DateTime<Utc>) -> Result<WriteResult, Failure> {
        let state = match append.expected {
            Expected::NoStream => StreamState::NoStream,
            Expected::Exact(revision) => StreamState::StreamRevision(revision),
        };
        let events = append.events.iter().map(|event| to_record(event, at)).collect();
        self.server.write(append.stream.as_str(), state, events).await
    }

    async fn answer_conflict(
        &self,
        append: &StreamAppend,
        actual: Option<u64>,
    ) -> Result<Position, AppendError> {
        match self.stored(append).await {
            Ok(Stored::Same(position)) => Ok(position),
            Ok(Stored::Altered) => Err(altered(append)),
            Ok(Stored::No) => Err(conflicting(append, actual)),
            Err(failure) => Err(AppendError::Unavailable(failure.into())),
        }
    }

    /// Looks for the ids of a write with an unknown outcome. `None`: the stream is as it was, the write may still come.
    async fn find(&self, append: &StreamAppend) -> Result<Option<Result<Position, AppendError>>, Failure> {
        Ok(match self.stored(append).await? {
            Stored::Same(position) => Some(Ok(position)),
            Stored::Altered => Some(Err(altered(append))),
            Stored::No => {
                let last = self.server.last_of_stream(&append.stream).await?;
                let actual = last.map(|record| record.revision);
                (!holds(append.expected, actual)).then(|| Err(conflicting(append, actual)))
            }
        })
    }

    /// What the stream holds where the append belongs.
    async fn stored(&self, append: &StreamAppend) -> Result<Stored, Failure> {
        let from = append.expected.next_revision();
        let found: Vec<Recorded> = self.read_stream(&append.stream, from, append.events.len()).await?;
        Ok(match repeat(&append.events, &found) {
            Repeat::Same => Stored::Same(found.last().map_or(0, |event| event.position)),
            Repeat::Altered => Stored::Altered,
            Repeat::No => Stored::No,
        })
    }
}

enum Stored {
    /// The very same events, up to this position.
    Same(Position),
    Altered,
    No,
}

fn holds(expected: Expected, actual: Option<u64>) -> bool {
    match expected {
        Expected::NoStream => actual.is_none(),
        Expected::Exact(revision) => actual == Some(revision),
    }
}

fn after(append: &StreamAppend, failure: Failure) -> After {
    match failure {
        Failure::Server(Error::WrongExpectedVersion { current, .. }) => {
            let actual = match current {
                CurrentRevision::Current(revision) => Some(revision),
                CurrentRevision::NoStream => None,
            };
            After::Settled(conflicting(append, actual))
        }
        Failure::Server(Error::ResourceDeleted) => After::Settled(AppendError::Refused(format!(
            "stream {} was deleted in KurrentDB and takes no more events; restore the server's backup",
            append.stream
        ))),
        Failure::Server(Error::Grpc { message, .. }) if is_too_large(&message) => {
            After::Settled(AppendError::Refused(format!(
                "stream {}: {message} raise MaxAppendSize in KurrentDB's configuration, up to 16 MiB",
                append.stream
            )))
        }
        Failure::Server(Error::AccessDenied) => After::Settled(AppendError::Unavailable(failure.into())),
        Failure::Server(
            Error::NotLeaderException(_) | Error::GrpcConnectionError(_) | Error::ConnectionClosed,
        ) => After::NotSent(failure),
        open => After::Open(open),
    }
}

fn is_too_large(message: &str) -> bool {
    message.to_lowercase().contains("maximum append size")
}

fn conflicting(append: &StreamAppend, actual: Option<u64>) -> AppendError {
    AppendError::Conflict { stream: append.stream.clone(), expected: append.expected, actual }
}

fn altered(append: &StreamAppend) -> AppendError {
    AppendError::Refused(format!("stream {} holds events with the same ids and other content", append.stream))
}

/// Refuses what this server cannot hold.
fn check_for_server(appends: &[StreamAppend]) -> Result<(), AppendError> {
    for append in appends {
        let name = append.stream.as_str();
        if is_reserved(name) {
            let why =
                format!("stream {name}: names that begin with $ or ~ are kept for KurrentDB and its adapter");
            return Err(AppendError::Refused(why));
        }
        let bytes: usize = append.events.iter().map(event_bytes).sum();
        if bytes > RECORD_BYTES_MAX {
            return Err(AppendError::Refused(format!(
                "stream {name}: {bytes} bytes in one append; KurrentDB takes {RECORD_BYTES_MAX} at most"
            )));
        }
    }
    Ok(())
}
