//! The bus of one process: a subscription waits for the log's bell and reads the log. There is no second way that
//! events could take, so there is none that could lose them.

use std::sync::Arc;

use async_trait::async_trait;
use engine::Position;
use engine::ports::{Bus, EventStore, Filter, Slice, StoreError, bus::Subscription};
use tokio::sync::watch;

pub struct LogBus(Arc<dyn EventStore>);

impl LogBus {
    pub fn new(log: Arc<dyn EventStore>) -> Self {
        Self(log)
    }
}

#[async_trait]
impl Bus for LogBus {
    async fn subscribe(&self, after: Position, filter: Filter) -> Result<Box<dyn Subscription>, StoreError> {
        Ok(Box::new(LogSubscription { end: self.0.end(), log: self.0.clone(), filter, after }))
    }
}

struct LogSubscription {
    log: Arc<dyn EventStore>,
    filter: Filter,
    after: Position,
    end: watch::Receiver<Position>,
}

#[async_trait]
impl Subscription for LogSubscription {
    async fn next(&mut self, limit: usize) -> Result<Slice, StoreError> {
        loop {
            // The bell is marked as heard before the log is read: an event that comes in between rings again.
            if *self.end.borrow_and_update() > self.after {
                let slice = self.log.read_all(self.after, &self.filter, limit).await?;
                if slice.read_to > self.after {
                    self.after = slice.read_to;
                    return Ok(slice);
                }
            }
            self.end.changed().await.map_err(|gone| StoreError::Unavailable(Box::new(gone)))?;
        }
    }
}
