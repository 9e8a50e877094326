//! Several processes fold the same views, servers fall over under them, and no event is lost or counted twice.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use acceptance::contracts::read_store::{THINGS, batch, put};
use acceptance::contracts::samples::{begin, events, stream};
use adapter_memory::{LogBus, ManualClock, MemoryEventStore, MemoryVault, SeededIds};
use adapter_postgres::{Postgres, PostgresReadStore, PostgresSettings};
use engine::ports::{
    Bus, Cause, EventStore, Expected, ReadError, ReadStore, StreamAppend, ViewBatch, ViewSpec,
};
use engine::project::{Docs, FoldError, Opened, Projection, Projector};
use engine::{Recorded, follow::Follower};

use crate::stage::Stage;

static COUNTS: ViewSpec = ViewSpec { name: "counts", version: 1, columns: &[] };
static LISTS: ViewSpec = ViewSpec { name: "lists", version: 1, columns: &[] };
const STREAMS: usize = 7;
const ROUNDS_OF_STOPS: usize = 10;

/// What each stream has seen: a fold that builds on what it wrote before, so that a repeat and a gap both show.
struct Seen(&'static ViewSpec);

impl Projection for Seen {
    fn view(&self) -> &'static ViewSpec {
        self.0
    }

    fn categories(&self) -> &'static [&'static str] {
        &["a"]
    }

    fn needs(&self, recorded: &Recorded) -> Option<String> {
        Some(recorded.stream.id().to_owned())
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let key = event.recorded.stream.id();
        let mut seen: Vec<u64> = docs.get(key)?.unwrap_or_default();
        seen.push(event.recorded.revision);
        docs.put(key, &seen, vec![]);
        Ok(())
    }
}

struct Log {
    store: Arc<MemoryEventStore>,
    /// Events of each stream.
    lengths: BTreeMap<usize, u64>,
    next: u128,
}

impl Log {
    fn new() -> Self {
        let store = Arc::new(MemoryEventStore::new(Arc::new(ManualClock::default())));
        Self { store, lengths: BTreeMap::new(), next: 0 }
    }

    async fn append(&mut self, times: usize) {
        for time in 0..times {
            let number = (time * 5 + 3) % STREAMS;
            let new = events(self.next..self.next + 3);
            self.next += 3;
            let length = self.lengths.entry(number).or_default();
            let name = format!("a-{number}");
            let append = if *length == 0 {
                StreamAppend { events: new, ..begin(&name, []) }
            } else {
                StreamAppend { stream: stream(&name), expected: Expected::Exact(*length - 1), events: new }
            };
            *length += 3;
            self.store.append(vec![append]).await.unwrap();
        }
    }

    /// A process: a pool of its own, and projectors that follow until they are dropped.
    async fn follow(&self, settings: &PostgresSettings) -> tokio::task::JoinHandle<()> {
        let postgres = Postgres::connect(settings.clone()).await.unwrap();
        let reads = Arc::new(PostgresReadStore::open(&postgres).await.unwrap());
        let bus = LogBus::new(self.store.clone());
        tokio::spawn(async move {
            let vault = Arc::new(MemoryVault::new(Arc::new(SeededIds::new(1))));
            let projections: Vec<Box<dyn Projection>> = vec![Box::new(Seen(&LISTS)), Box::new(Seen(&COUNTS))];
            let mut projector = Projector::new("test", projections, reads, vault);
            loop {
                let Err(_) = until_failure(&bus, &mut projector).await;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
    }

    /// Waits until the views show the whole log, and compares them with it.
    async fn check(&self, reads: &dyn ReadStore) {
        let end = *self.store.end().borrow();
        for view in [&COUNTS, &LISTS] {
            for attempt in 0.. {
                if reads.checkpoint(view).await.is_ok_and(|at| at == end) {
                    break;
                }
                assert!(attempt < 6_000, "{} never shows the whole log", view.name);
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            for (number, length) in &self.lengths {
                let docs = reads.get(view, &[number.to_string()]).await.unwrap();
                let seen: Vec<u64> = serde_json::from_slice(docs[0].as_ref().unwrap()).unwrap();
                assert_eq!(seen, (0..*length).collect::<Vec<_>>(), "stream {number} of {}", view.name);
            }
        }
    }
}

/// As `engine::follow` does, with small slices and without its growing pauses.
async fn until_failure(bus: &LogBus, projector: &mut Projector) -> Result<Infallible, Cause> {
    let mut subscription = bus.subscribe(projector.checkpoint().await?, projector.filter()).await?;
    loop {
        projector.take(subscription.next(10).await?).await?;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_163_two_processes_fold_the_same_views_and_nothing_is_lost_or_doubled() {
    let stage = Stage::new();
    let settings = stage.fresh();
    let mut log = Log::new();
    log.append(20).await;
    let folders = [log.follow(&settings).await, log.follow(&settings).await, log.follow(&settings).await];
    let reads = PostgresReadStore::open(&Postgres::connect(settings).await.unwrap()).await.unwrap();
    for _ in 0..20 {
        log.append(15).await;
        tokio::task::yield_now().await;
    }
    log.check(&reads).await;
    for folder in folders {
        folder.abort();
    }
}

/// `POSTGRES_STOPS` sets how often; the short form is what `tests/run` does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_163_immediate_stops_lose_and_double_nothing() {
    let stops = std::env::var_os("POSTGRES_STOPS")
        .map_or(ROUNDS_OF_STOPS, |text| text.to_str().and_then(|text| text.parse().ok()).unwrap());
    let stage = Stage::new();
    let settings = stage.fresh();
    let mut log = Log::new();
    let folders = [log.follow(&settings).await, log.follow(&settings).await];
    let reads = PostgresReadStore::open(&Postgres::connect(settings).await.unwrap()).await.unwrap();
    for stop in 0..stops {
        log.append(30).await;
        // Somewhere in the midst of the folds: after some of the slice is shown, or before any of it.
        if stop % 3 != 0 {
            let target = *log.store.end().borrow() - 60;
            let _shown = engine::wait::until(&reads, &COUNTS, target, Duration::from_secs(20)).await;
        }
        stage.server.stop_immediately();
        log.append(5).await;
        assert!(matches!(reads.checkpoint(&COUNTS).await, Err(ReadError::Unavailable(_))));
        stage.server.start_again();
    }
    log.check(&reads).await;
    for folder in folders {
        folder.abort();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_165_who_lost_the_turn_to_fold_writes_nothing() {
    let stage = Stage::new();
    let settings = stage.fresh();
    let open =
        async || PostgresReadStore::open(&Postgres::connect(settings.clone()).await.unwrap()).await.unwrap();
    let (paused, other) = (open().await, open().await);
    let fold = |after, checkpoint, key| ViewBatch {
        after: Some(after),
        ..batch(checkpoint, vec![put(key, None, None)])
    };
    let turn = paused.folding().await.unwrap();
    paused.apply(vec![fold(0, 1, "a")]).await.unwrap();
    // The server gives its session up, as it does with one that is silent for too long.
    let holders = "FROM pg_locks WHERE locktype = 'advisory' AND granted";
    assert_eq!(stage.server.sql(&format!("SELECT count(*) {holders}")), "1");
    stage.server.sql(&format!("SELECT pg_terminate_backend(pid) {holders}"));
    let others_turn = other.folding().await.unwrap();
    // It changes a row of the view without moving the view.
    other.apply(vec![fold(1, 1, "b")]).await.unwrap();
    let late = paused.apply(vec![fold(1, 2, "late")]).await.unwrap_err();
    assert!(matches!(late, ReadError::Unavailable(_)), "{late}");
    drop((others_turn, turn));
    assert_eq!(paused.count(&THINGS, &engine::ports::Query::default()).await.unwrap(), 2);
    drop(paused.folding().await.unwrap());
    paused.apply(vec![fold(1, 2, "c")]).await.unwrap();
    assert_eq!(other.checkpoint(&THINGS).await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_163_questions_survive_killed_backends_and_long_texts() {
    let stage = Stage::new();
    let postgres = stage.connect_fresh().await;
    let reads = PostgresReadStore::open(&postgres).await.unwrap();
    // Longer than an index entry may be, and alike up to their end.
    let long = |end: &str| format!("{}{end}", "Zeiten – ß 7 x%_".repeat(1_000));
    let rows = ["b", "a", "c"].map(|end| put(end, Some(&long(end)), None));
    reads.apply(vec![batch(1, rows.into())]).await.unwrap();
    for _ in 0..5 {
        stage.server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = 'portal-integrations'");
        let ordered = engine::ports::Query { order_by: Some("state"), limit: 2, ..Default::default() };
        let page = reads.list(&THINGS, &ordered).await.unwrap();
        assert_eq!(page.rows.iter().map(|row| &*row.key).collect::<Vec<_>>(), ["a", "b"]);
        let rest = engine::ports::Query { after: page.next, ..ordered };
        assert_eq!(reads.list(&THINGS, &rest).await.unwrap().rows[0].key, "c");
        let equal =
            engine::ports::Query { equals: vec![("state", (&*long("b")).into())], ..Default::default() };
        assert_eq!(reads.count(&THINGS, &equal).await.unwrap(), 1);
    }
}
