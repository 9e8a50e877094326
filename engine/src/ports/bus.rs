//! Distribution of recorded events to followers. The log is the truth; losing the bus costs time, never data.

use async_trait::async_trait;

use super::event_store::{Filter, Slice, StoreError};
use crate::envelope::Position;

#[async_trait]
pub trait Bus: Send + Sync {
    /// Events after a position, in order and without gaps among those the filter passes.
    async fn subscribe(&self, after: Position, filter: Filter) -> Result<Box<dyn Subscription>, StoreError>;
}

#[async_trait]
pub trait Subscription: Send {
    /// Waits until there is news and returns at most `limit` events. A slice may be empty of events and still move
    /// `read_to` forward, when the filter passed over some. Cancel-safe.
    async fn next(&mut self, limit: usize) -> Result<Slice, StoreError>;
}
