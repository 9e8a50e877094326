//! A log that is slow, fails, and leaves its callers in doubt.

use std::sync::{Arc, Mutex};

use adapter_memory::MemoryEventStore;
use async_trait::async_trait;
use engine::ports::bus::Subscription;
use engine::ports::{AppendError, Appended, Bus, EventStore, Filter, Slice, StoreError, StreamAppend};
use engine::{EventId, Position, Recorded, StreamName};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use super::Bug;
use super::chance::Chance;

pub struct ShakyLog {
    pub memory: Arc<MemoryEventStore>,
    chance: Arc<Chance>,
    bug: Bug,
    acknowledged: Mutex<Vec<EventId>>,
    /// Rings with every append.
    bell: Arc<Notify>,
    /// What a lying log has not written yet.
    late: Mutex<JoinSet<()>>,
}

impl ShakyLog {
    pub fn new(memory: Arc<MemoryEventStore>, chance: Arc<Chance>, bug: Bug) -> Self {
        Self {
            memory,
            chance,
            bug,
            acknowledged: Mutex::default(),
            bell: Arc::default(),
            late: Mutex::default(),
        }
    }

    /// Every event that somebody was told is written.
    pub fn acknowledged(&self) -> Vec<EventId> {
        self.acknowledged.lock().unwrap().clone()
    }

    /// The process dies, and with it what was only promised.
    pub fn crash(&self) {
        self.late.lock().unwrap().abort_all();
    }

    fn unavailable(&self) -> Result<(), StoreError> {
        if self.chance.strikes(300) {
            Err(StoreError::Unavailable("the disk is slow".into()))
        } else {
            Ok(())
        }
    }

    async fn write(&self, appends: Vec<StreamAppend>) -> Result<Appended, AppendError> {
        self.chance.dawdle(4).await;
        if self.chance.strikes(60) {
            return Err(AppendError::Unavailable("the disk is full".into()));
        }
        if self.chance.strikes(60) {
            return Err(AppendError::Unknown("the answer was lost on its way there".into()));
        }
        let appended = self.memory.append(appends).await;
        self.bell.notify_waiters();
        if appended.is_ok() && self.chance.strikes(60) {
            return Err(AppendError::Unknown("the answer was lost on its way back".into()));
        }
        appended
    }
}

#[async_trait]
impl EventStore for ShakyLog {
    async fn append(&self, appends: Vec<StreamAppend>) -> Result<Appended, AppendError> {
        let ids = appends.iter().flat_map(|append| &append.events).map(|event| event.id).collect::<Vec<_>>();
        let is_delivery = appends.iter().all(|append| append.stream.category() == "delivery");
        let answer = if self.bug == Bug::AnswerFirst && is_delivery {
            let position = *self.memory.end().borrow();
            let (memory, chance, bell) = (self.memory.clone(), self.chance.clone(), self.bell.clone());
            self.late.lock().unwrap().spawn(async move {
                chance.dawdle(2_000).await;
                drop(memory.append(appends).await);
                bell.notify_waiters();
            });
            Ok(Appended { position })
        } else {
            self.write(appends).await
        };
        if answer.is_ok() {
            self.acknowledged.lock().unwrap().extend(ids);
        }
        answer
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from_revision: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        self.unavailable()?;
        self.memory.read_stream(stream, from_revision, limit).await
    }

    async fn read_last(&self, streams: &[StreamName]) -> Result<Vec<Option<Recorded>>, StoreError> {
        self.unavailable()?;
        self.memory.read_last(streams).await
    }

    async fn read_all(&self, after: Position, filter: &Filter, limit: usize) -> Result<Slice, StoreError> {
        self.unavailable()?;
        self.memory.read_all(after, filter, limit).await
    }

    async fn remove_bodies(&self, positions: &[Position]) -> Result<u64, StoreError> {
        self.memory.remove_bodies(positions).await
    }

    fn end(&self) -> watch::Receiver<Position> {
        self.memory.end()
    }
}

/// Wakes followers in the order in which they wait. The log's own bell wakes them in any, which no seed decides.
#[async_trait]
impl Bus for ShakyLog {
    async fn subscribe(&self, after: Position, filter: Filter) -> Result<Box<dyn Subscription>, StoreError> {
        let (log, bell) = (self.memory.clone(), self.bell.clone());
        Ok(Box::new(Following { log, bell, chance: self.chance.clone(), filter, after }))
    }
}

struct Following {
    log: Arc<MemoryEventStore>,
    bell: Arc<Notify>,
    chance: Arc<Chance>,
    filter: Filter,
    after: Position,
}

#[async_trait]
impl Subscription for Following {
    async fn next(&mut self, limit: usize) -> Result<Slice, StoreError> {
        loop {
            let rung = self.bell.notified();
            if *self.log.end().borrow() > self.after {
                if self.chance.strikes(100) {
                    return Err(StoreError::Unavailable("the bus is gone".into()));
                }
                let slice = self.log.read_all(self.after, &self.filter, limit).await?;
                if slice.read_to > self.after {
                    self.after = slice.read_to;
                    return Ok(slice);
                }
            }
            rung.await;
        }
    }
}
