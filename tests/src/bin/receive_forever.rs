//! Receives signed deliveries through the real door, on a real log, until it is killed. Prints each receipt once the
//! delivery was answered with it. With `--answer-first` the log lies: it says "written" before it is.
//!
//!   `receive_forever FOLDER [--answer-first]`

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use adapter_memory::LogBus;
use adapter_sqlite::{
    DataDir, KeyRing, SqliteEventStore, SqliteReadStore, SqliteVault, SystemClock, SystemIds,
};
use app_sdk::signature::{SigningKey, webhook_slot};
use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use domain::connection::{ConnectionCommand, Connections};
use domain::endpoint::{EndpointCommand, Endpoints, Mode, NewSecret};
use domain::ids::ConnectionId;
use engine::execute::{ExecuteError, Executor};
use engine::follow;
use engine::ports::{
    AppendError, Appended, Bus, Clock, EventStore, Filter, Ids, Secret, Slice, StoreError, StreamAppend,
};
use engine::project::Projector;
use engine::{Meta, Position, Recorded, StreamName};
use tokio::sync::watch;
use tower::ServiceExt as _;

const SITE: &str = "cn_site";
const SECRET: &str = "whsec_cG9ydGFsLXRlc3Qtc2lnbmluZy1rZXktMDAwMQ==";
const SENDERS: usize = 16;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("a folder");
    let lies = arguments.next().is_some_and(|flag| flag == "--answer-first");
    let (hooks, clock) = open(Path::new(&folder), lies).await;
    let round = clock.now().timestamp_micros();
    let senders = (0..SENDERS).map(|sender| {
        let (app, clock) = (hooks.router(), clock.clone());
        tokio::spawn(async move {
            for number in 0_u64.. {
                let id = format!("msg_{round}_{sender}_{number}");
                let answer = app.clone().oneshot(signed(&id, clock.now().timestamp())).await;
                let answer = answer.expect("the router answers");
                assert_eq!(answer.status(), 202, "every id is new");
                let bytes = to_bytes(answer.into_body(), 1 << 10).await.expect("an answer");
                let receipt: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
                // One write, so that a line is whole or absent.
                let line = format!("{}\n", receipt["receipt"].as_str().expect("a receipt"));
                std::io::stdout().write_all(line.as_bytes()).expect("somebody listens");
            }
        })
    });
    futures::future::join_all(senders).await;
}

fn signed(id: &str, at: i64) -> Request<Body> {
    let key = SigningKey::parse(&Secret::new(SECRET.to_owned())).expect("a key");
    let body = format!(r#"{{"type":"portal.test","data":"{}"}}"#, "x".repeat(900));
    Request::post(format!("/hooks/{SITE}"))
        .header("webhook-id", id)
        .header("webhook-timestamp", at.to_string())
        .header("webhook-signature", key.sign(id, at, body.as_bytes()))
        .body(Body::from(body))
        .expect("a request")
}

async fn open(folder: &Path, lies: bool) -> (ingest::Hooks, Arc<dyn Clock>) {
    let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (Arc::new(SystemClock), Arc::new(SystemIds));
    let dir = DataDir::open(folder.join("data")).expect("a data directory");
    let keys = folder.join("keys");
    let ring = if keys.exists() { KeyRing::from_file(&keys) } else { KeyRing::create(&keys, &*ids) };
    let vault = Arc::new(SqliteVault::open(&dir, ring.expect("keys"), ids.clone()).await.expect("a vault"));
    let log: Arc<dyn EventStore> =
        Arc::new(SqliteEventStore::open(&dir, clock.clone()).await.expect("a log"));
    let store = if lies { Arc::new(Liar(log.clone())) } else { log };
    let reads = Arc::new(SqliteReadStore::open(&dir).await.expect("views"));
    let executor = Executor::new(store.clone(), ids.clone());
    let parts = ingest::Parts { executor, reads, vault, clock: clock.clone(), ids };
    let hooks = ingest::Hooks::new(parts.clone());
    let bus: Arc<dyn Bus> = Arc::new(LogBus::new(store));
    let mut views =
        Projector::new("views", projector::projections::all(), parts.reads.clone(), parts.vault.clone());
    let (mut registry, other) = (hooks.follower(), bus.clone());
    tokio::spawn(async move { follow::run(&*bus, &mut views).await });
    tokio::spawn(async move { follow::run(&*other, &mut *registry).await });
    endpoint(&parts).await;
    hooks.known_to(*parts.executor.store.end().borrow()).await;
    (hooks, clock)
}

/// The endpoint, unless an earlier process made it.
async fn endpoint(parts: &ingest::Parts) {
    let add = ConnectionCommand::Add {
        app: "wordpress".into(),
        name: SITE.into(),
        address: "https://site.example/".into(),
        origin: "https://site.example".into(),
    };
    match parts.executor.execute::<Connections>(SITE, add, Meta::by("test")).await {
        Err(ExecuteError::Rejected(_)) => return,
        added => added.expect("added"),
    };
    let slot = webhook_slot(&ConnectionId::new("site"), "first");
    let fingerprint = parts.vault.store(&slot, &Secret::new(SECRET.to_owned())).await.expect("a secret");
    let secret = NewSecret { fingerprint, slot: "first".to_owned() };
    let open = EndpointCommand::Open { mode: Mode::StandardWebhooks {}, secret };
    parts.executor.execute::<Endpoints>(SITE, open, Meta::by("test")).await.expect("opened");
}

/// The planted bug: deliveries are acknowledged before anybody has written them.
struct Liar(Arc<dyn EventStore>);

#[async_trait]
impl EventStore for Liar {
    async fn append(&self, appends: Vec<StreamAppend>) -> Result<Appended, AppendError> {
        if appends.iter().any(|append| append.stream.category() != "delivery") {
            return self.0.append(appends).await;
        }
        let position = *self.0.end().borrow();
        let log = self.0.clone();
        tokio::spawn(async move { log.append(appends).await });
        Ok(Appended { position })
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from_revision: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        self.0.read_stream(stream, from_revision, limit).await
    }

    async fn read_last(&self, streams: &[StreamName]) -> Result<Vec<Option<Recorded>>, StoreError> {
        self.0.read_last(streams).await
    }

    async fn read_all(&self, after: Position, filter: &Filter, limit: usize) -> Result<Slice, StoreError> {
        self.0.read_all(after, filter, limit).await
    }

    async fn remove_bodies(&self, positions: &[Position]) -> Result<u64, StoreError> {
        self.0.remove_bodies(positions).await
    }

    fn end(&self) -> watch::Receiver<Position> {
        self.0.end()
    }
}
