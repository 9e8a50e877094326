//! Calls of the client, each under a deadline.

use std::future::Future;
use std::time::Duration;

use engine::ports::{Filter, StoreError};
use engine::{Position, StreamName};
use eventstore::{
    AppendToStreamOptions, Client, Error, EventData, ReadAllOptions, ReadStream, ReadStreamOptions,
    RecordedEvent, StreamPosition, StreamState, WriteResult,
};
use tokio::time::{Instant, timeout_at};

use crate::names;

/// What went wrong with a call.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("no answer in time")]
    Deadline,
    #[error("{0}")]
    Server(#[from] Error),
    /// The server holds what this adapter never wrote.
    #[error("{0}")]
    Foreign(String),
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Foreign(_) | Failure::Server(Error::ResourceDeleted) => Self::Corrupt(failure.into()),
            _ => Self::Unavailable(failure.into()),
        }
    }
}

/// Records of a page, and whether the server had no more.
pub(crate) struct Page {
    pub records: Vec<RecordedEvent>,
    pub complete: bool,
}

pub(crate) struct Server {
    pub client: Client,
    pub deadline: Duration,
}

impl Server {
    pub async fn within<T>(&self, call: impl Future<Output = eventstore::Result<T>>) -> Result<T, Failure> {
        match tokio::time::timeout(self.deadline, call).await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(Failure::Deadline),
        }
    }

    pub async fn write(
        &self,
        stream: &str,
        state: StreamState,
        events: Vec<EventData>,
    ) -> Result<WriteResult, Failure> {
        let options = AppendToStreamOptions::default()
            .stream_state(state)
            .requires_leader(true)
            .deadline(self.deadline);
        self.within(self.client.append_to_stream(stream, &options, events)).await
    }

    /// Records of one stream from a revision on.
    pub async fn stream(&self, stream: &str, from: u64, count: usize) -> Result<Vec<RecordedEvent>, Failure> {
        // Beyond what the server's signed numbers hold there is nothing.
        if count == 0 || i64::try_from(from).is_err() {
            return Ok(vec![]);
        }
        let options = self.of_stream().forwards().position(StreamPosition::Position(from)).max_count(count);
        self.records_of(stream, &options).await
    }

    pub async fn last_of_stream(&self, stream: &StreamName) -> Result<Option<RecordedEvent>, Failure> {
        let options = self.of_stream().backwards().position(StreamPosition::End).max_count(1);
        Ok(self.records_of(stream.as_str(), &options).await?.pop())
    }

    fn of_stream(&self) -> ReadStreamOptions {
        ReadStreamOptions::default().requires_leader(true).deadline(self.deadline)
    }

    async fn records_of(
        &self,
        stream: &str,
        options: &ReadStreamOptions,
    ) -> Result<Vec<RecordedEvent>, Failure> {
        let read = async {
            let mut answer = self.client.read_stream(stream, options).await?;
            let mut records = Vec::new();
            while let Some(record) = next(&mut answer).await? {
                records.push(record);
            }
            Ok(records)
        };
        match self.within(read).await {
            Err(Failure::Server(Error::ResourceNotFound)) => Ok(vec![]),
            other => other,
        }
    }

    /// The last record of the whole log, of the server's own too, or the last that passes a filter.
    pub async fn last(&self, filter: Option<&Filter>) -> Result<Option<RecordedEvent>, Failure> {
        let options = self.of_all(filter).backwards().position(StreamPosition::End).max_count(1);
        let read = async {
            let mut answer = self.client.read_all(&options).await?;
            next(&mut answer).await
        };
        self.within(read).await
    }

    /// Records from a position on, that of the position included. A page that takes too long is cut where it is.
    pub async fn page(&self, from: Position, filter: Option<&Filter>, count: usize) -> Result<Page, Failure> {
        let place = match from {
            0 => StreamPosition::Start,
            commit => StreamPosition::Position(eventstore::Position { commit, prepare: commit }),
        };
        let options = self.of_all(filter).forwards().position(place).max_count(count);
        let deadline = Instant::now() + self.deadline;
        let late = |_| Failure::Deadline;
        let mut answer = timeout_at(deadline, self.client.read_all(&options)).await.map_err(late)??;
        let mut records = Vec::new();
        loop {
            match timeout_at(deadline, next(&mut answer)).await {
                Ok(Ok(Some(record))) => records.push(record),
                Ok(Ok(None)) => return Ok(Page { records, complete: true }),
                Ok(Err(Error::DeadlineExceeded)) | Err(_) if !records.is_empty() => {
                    return Ok(Page { records, complete: false });
                }
                Ok(Err(error)) => return Err(error.into()),
                Err(_) => return Err(Failure::Deadline),
            }
        }
    }

    fn of_all(&self, filter: Option<&Filter>) -> ReadAllOptions {
        let options = ReadAllOptions::default().requires_leader(true).deadline(self.deadline);
        match filter {
            Some(filter) => options.filter(names::filter(filter)),
            None => options,
        }
    }
}

async fn next(answer: &mut ReadStream) -> eventstore::Result<Option<RecordedEvent>> {
    Ok(answer.next().await?.and_then(|resolved| resolved.link.or(resolved.event)))
}
