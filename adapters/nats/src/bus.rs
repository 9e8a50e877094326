//! What followers hear, by the stream while it is whole and by the log itself otherwise.
//!
//! A process has one consumer of the stream, whatever the number of its followers: each event crosses the network once
//! and is decoded once. The newest events lie in a window without gaps. A subscription takes from the window what comes
//! after its position; where the window does not reach back to it, or the log is ahead of a silent bus, it reads the
//! log. So the bus decides only how fast an event arrives, never whether or in which order.

mod tail;
mod window;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use engine::Position;
use engine::ports::{Bus, EventStore, Filter, Slice, StoreError, bus::Subscription};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::connect::Nats;
use tail::Tail;

/// The log is looked at this often, even when neither the bus nor the log's bell says anything.
const LOOK_EVERY: Duration = Duration::from_secs(10);

pub struct NatsBus {
    store: Arc<dyn EventStore>,
    listening: Arc<Listening>,
    silence: Duration,
}

/// Ends the listening with the last who hears.
struct Listening {
    tail: Arc<Tail>,
    ear: JoinHandle<()>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.ear.abort();
    }
}

impl NatsBus {
    /// `name` is for people: the consumer at the server begins with it. Must be called inside of a runtime.
    pub fn new(nats: &Nats, store: Arc<dyn EventStore>, name: impl Into<String>) -> Self {
        let tail = Arc::new(Tail::new());
        let ear = tokio::spawn(tail.clone().listen(nats.clone(), name.into()));
        Self { store, listening: Arc::new(Listening { tail, ear }), silence: nats.silence }
    }
}

#[async_trait]
impl Bus for NatsBus {
    async fn subscribe(&self, after: Position, filter: Filter) -> Result<Box<dyn Subscription>, StoreError> {
        Ok(Box::new(NatsSubscription {
            bell: self.store.end(),
            heard: self.listening.tail.heard(),
            store: self.store.clone(),
            listening: self.listening.clone(),
            silence: self.silence,
            filter,
            after,
            waits_since: None,
            reads_log: false,
        }))
    }
}

struct NatsSubscription {
    store: Arc<dyn EventStore>,
    listening: Arc<Listening>,
    bell: watch::Receiver<Position>,
    heard: watch::Receiver<()>,
    silence: Duration,
    filter: Filter,
    after: Position,
    /// Since when the log's bell is ahead of us.
    waits_since: Option<Instant>,
    /// The last slice came from the log because the bus was silent, and the log had more.
    reads_log: bool,
}

#[async_trait]
impl Subscription for NatsSubscription {
    async fn next(&mut self, limit: usize) -> Result<Slice, StoreError> {
        loop {
            // Both are marked as heard before anything is looked at: what comes in between rings again.
            let end = *self.bell.borrow_and_update();
            self.heard.borrow_and_update();
            let known = self.listening.tail.window().after(self.after, &self.filter, limit);
            let reason = match &known {
                Some(slice) if slice.read_to > self.after => {
                    self.reads_log = false;
                    return Ok(self.taken(known.unwrap_or_default(), end));
                }
                // Nothing was heard yet, or what was heard begins behind us.
                None => "behind",
                Some(_) if self.reads_log => "silence",
                Some(_) => match self.wait(end).await? {
                    Some(reason) => reason,
                    None => continue,
                },
            };
            metrics::counter!("portal_bus_log_reads_total", "reason" => reason).increment(1);
            let slice = self.store.read_all(self.after, &self.filter, limit).await?;
            if slice.read_to > self.after {
                self.reads_log = slice.read_to < end;
                return Ok(self.taken(slice, end));
            }
            self.reads_log = false;
            self.waits_since = Some(Instant::now());
            if known.is_none() {
                self.news().await?;
            }
        }
    }
}

impl NatsSubscription {
    fn taken(&mut self, slice: Slice, end: Position) -> Slice {
        self.after = slice.read_to;
        self.waits_since = (end > self.after).then(Instant::now);
        slice
    }

    /// Waits for the bus; gives the reason to read the log instead, where there is one.
    async fn wait(&mut self, end: Position) -> Result<Option<&'static str>, StoreError> {
        if end > self.after {
            // The time is kept across calls: neither a call that was given up nor other news begins it anew.
            let since = *self.waits_since.get_or_insert_with(Instant::now);
            let heard = tokio::time::timeout_at(since + self.silence, self.heard.changed()).await;
            return Ok(heard.is_err().then_some("silence"));
        }
        self.waits_since = None;
        Ok((!self.news().await?).then_some("watch"))
    }

    /// Waits for the bus or the log's bell; false when neither was heard for a while.
    async fn news(&mut self) -> Result<bool, StoreError> {
        let gone = |error: watch::error::RecvError| StoreError::Unavailable(error.into());
        let any = async {
            tokio::select! {
                heard = self.heard.changed() => heard,
                rung = self.bell.changed() => rung,
            }
        };
        match tokio::time::timeout(LOOK_EVERY, any).await {
            Ok(news) => news.map(|()| true).map_err(gone),
            Err(_) => Ok(false),
        }
    }
}
