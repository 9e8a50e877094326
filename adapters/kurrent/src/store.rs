//! The port.

use std::sync::Arc;

use async_trait::async_trait;
use engine::ports::{AppendError, Appended, Clock, EventStore, Filter, Slice, StoreError, StreamAppend};
use engine::{Position, Recorded, StreamName};
use eventstore::Client;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::connect_error::ConnectError;
use crate::server::Server;
use crate::settings::KurrentSettings;
use crate::tail::Tail;

/// The oldest release with long-term support whose protocol this adapter was written for. Positions in reads of
/// streams, which it needs, came with 22.6.
const OLDEST: (usize, usize) = (23, 10);
const OLDEST_NAME: &str = "23.10";

pub struct KurrentEventStore {
    clock: Arc<dyn Clock>,
    tail: Arc<Tail>,
    follower: AbortHandle,
}

impl KurrentEventStore {
    /// Connects, checks the server, and reads where the log ends.
    pub async fn connect(settings: KurrentSettings, clock: Arc<dyn Clock>) -> Result<Self, ConnectError> {
        let client =
            Client::new(settings.parse()?).map_err(|error| ConnectError::Client(error.to_string()))?;
        let server = Server { client, deadline: settings.deadline };
        let info = server.within(server.client.server_info()).await?;
        let version = info.version();
        if (version.major(), version.minor()) < OLDEST {
            let found = match version.major() {
                0 => "unknown".to_owned(),
                _ => version.to_string(),
            };
            return Err(ConnectError::TooOld { found, wanted: OLDEST_NAME });
        }
        let tail = Arc::new(Tail::new(server));
        tail.marks.refresh(&tail.server).await?;
        tail.refresh().await?;
        let follower = tokio::spawn(tail.clone().follow()).abort_handle();
        Ok(Self { clock, tail, follower })
    }
}

impl Drop for KurrentEventStore {
    fn drop(&mut self) {
        self.follower.abort();
    }
}

#[async_trait]
impl EventStore for KurrentEventStore {
    async fn append(&self, appends: Vec<StreamAppend>) -> Result<Appended, AppendError> {
        self.tail.append(appends, self.clock.now()).await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from_revision: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        Ok(self.tail.read_stream(stream, from_revision, limit).await?)
    }

    async fn read_last(&self, streams: &[StreamName]) -> Result<Vec<Option<Recorded>>, StoreError> {
        Ok(self.tail.read_last(streams).await?)
    }

    async fn read_all(&self, after: Position, filter: &Filter, limit: usize) -> Result<Slice, StoreError> {
        Ok(self.tail.read_all(after, filter, limit).await?)
    }

    async fn read_at(&self, position: Position) -> Result<Option<Recorded>, StoreError> {
        Ok(self.tail.read_at(position).await?)
    }

    async fn remove_bodies(&self, positions: &[Position]) -> Result<u64, StoreError> {
        self.tail.remove_bodies(positions).await
    }

    fn end(&self) -> watch::Receiver<Position> {
        self.tail.subscribe()
    }
}
