//! A server, a log in memory, a relay, and followers that remember what they were given.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use acceptance::contracts::samples::{begin, event, to};
use adapter_memory::{ManualClock, MemoryEventStore, MemoryLeases};
use adapter_nats::{Nats, NatsBus, NatsSettings, Relay};
use async_trait::async_trait;
use engine::ports::{
    AppendError, Appended, Bus, EventStore, Expected, Filter, Leases, Slice, StoreError, StreamAppend,
};
use engine::{Position, Recorded, StreamName};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Far above what any step takes; a test that waits this long has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);
pub const LEASE: Duration = Duration::from_secs(3);

pub fn log() -> Arc<dyn EventStore> {
    Arc::new(MemoryEventStore::new(Arc::new(ManualClock::default())))
}

/// Leases by a clock that stands: nobody's runs out, so only letting go passes them on.
pub fn leases() -> Arc<dyn Leases> {
    Arc::new(MemoryLeases::new(Arc::new(ManualClock::default())))
}

pub async fn connect(settings: NatsSettings) -> Nats {
    Nats::connect(settings).await.unwrap()
}

/// A relay that is stopped and waited for, or dropped where it stands.
pub struct RunningRelay {
    stop: CancellationToken,
    run: JoinHandle<()>,
}

impl RunningRelay {
    pub fn start(nats: &Nats, log: &Arc<dyn EventStore>, leases: &Arc<dyn Leases>, holder: &str) -> Self {
        let relay = Relay::new(nats, log.clone(), leases.clone(), holder.to_owned()).with_lease_time(LEASE);
        let stop = CancellationToken::new();
        Self { run: tokio::spawn(relay.run(stop.clone())), stop }
    }

    pub async fn stop(self) {
        self.stop.cancel();
        self.run.await.unwrap();
    }

    /// As a process that was killed: it lets go of nothing.
    pub async fn crash(self) {
        self.run.abort();
        let _ = self.run.await;
    }
}

/// Everything of the bus from a position on, until the log's end is reached.
pub async fn follow(bus: &dyn Bus, after: Position, filter: Filter, until: Position) -> Vec<Recorded> {
    let mut subscription = bus.subscribe(after, filter).await.unwrap();
    let mut seen = vec![];
    let all = async {
        loop {
            let slice = subscription.next(500).await.unwrap();
            seen.extend(slice.events);
            if slice.read_to >= until {
                return seen;
            }
        }
    };
    tokio::time::timeout(PATIENCE, all).await.expect("the events never came")
}

pub fn bus(nats: &Nats, log: &Arc<dyn EventStore>) -> NatsBus {
    NatsBus::new(nats, log.clone(), "test")
}

pub async fn everything(log: &Arc<dyn EventStore>) -> Vec<Recorded> {
    log.read_all(0, &Filter::all(), usize::MAX).await.unwrap().events
}

/// Appends `count` events, each to a stream of its own, in three categories.
pub async fn append(log: &Arc<dyn EventStore>, from: u64, count: u64) {
    for number in from..from + count {
        let category = ["record", "run", "delivery"][usize::try_from(number % 3).unwrap()];
        log.append(vec![begin(&format!("{category}-cn_{}.{number}", number % 7), [number.into()])])
            .await
            .unwrap();
    }
}

/// An event with a body of so many bytes.
pub async fn append_large(log: &Arc<dyn EventStore>, number: u64, bytes: usize) {
    let large = event(number.into()).with_body(vec![0; bytes].into());
    log.append(vec![to(&format!("record-cn_1.{number}"), Expected::NoStream, vec![large])]).await.unwrap();
}

/// A log that counts how often its whole is read.
pub struct Counted {
    pub log: Arc<dyn EventStore>,
    pub reads: AtomicU64,
}

impl Counted {
    pub fn new(log: Arc<dyn EventStore>) -> Arc<Self> {
        Arc::new(Self { log, reads: AtomicU64::new(0) })
    }

    pub fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl EventStore for Counted {
    async fn append(&self, appends: Vec<StreamAppend>) -> Result<Appended, AppendError> {
        self.log.append(appends).await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from_revision: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        self.log.read_stream(stream, from_revision, limit).await
    }

    async fn read_last(&self, streams: &[StreamName]) -> Result<Vec<Option<Recorded>>, StoreError> {
        self.log.read_last(streams).await
    }

    async fn read_all(&self, after: Position, filter: &Filter, limit: usize) -> Result<Slice, StoreError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.log.read_all(after, filter, limit).await
    }

    async fn remove_bodies(&self, positions: &[Position]) -> Result<u64, StoreError> {
        self.log.remove_bodies(positions).await
    }

    fn end(&self) -> watch::Receiver<Position> {
        self.log.end()
    }
}

/// What the stream holds, in its order: each event's position, and the one it says comes before.
pub async fn in_the_stream(server: &str, stream: &str) -> Vec<(Position, Position)> {
    let client = async_nats::connect(server).await.unwrap();
    let stream = async_nats::jetstream::new(client).get_stream(stream).await.unwrap();
    let state = &stream.cached_info().state;
    let mut found = vec![];
    for sequence in state.first_sequence..=state.last_sequence {
        let message = stream.get_raw_message(sequence).await.unwrap();
        let number = |name: &str| message.headers.get(name).unwrap().as_str().parse().unwrap();
        found.push((number(adapter_nats::POSITION), number(adapter_nats::PREVIOUS)));
    }
    found
}

/// Waits until the stream's last event is at a position.
pub async fn wait_for_the_stream(server: &str, stream: &str, position: Position) {
    let client = async_nats::connect(server).await.unwrap();
    let context = async_nats::jetstream::new(client);
    let reached = async {
        loop {
            if let Ok(stream) = context.get_stream_no_info(stream).await
                && let Ok(last) = stream.get_last_raw_message_by_subject(">").await
                && last.headers.get(adapter_nats::POSITION).unwrap().as_str() == position.to_string()
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, reached).await.expect("the relay never got there");
}

/// Every event once, in order, each naming the one before it.
pub fn whole(events: u64) -> Vec<(Position, Position)> {
    (1..=events).map(|position| (position, position - 1)).collect()
}
