//! An installation in memory with one endpoint, and a sender.

use std::sync::Arc;
use std::time::Duration;

use adapter_memory::{LogBus, ManualClock, MemoryEventStore, MemoryReadStore, MemoryVault, SeededIds};
use app_sdk::signature::{SigningKey, webhook_slot};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use chrono::TimeDelta;
use domain::connection::{ConnectionCommand, Connections};
use domain::decider::Decider;
use domain::delivery::{DeliveryEvent, DeliveryReceived, QuarantineEvent, QuarantineKept};
use domain::endpoint::{EndpointCommand, Endpoints, Mode, NewSecret};
use domain::ids::ConnectionId;
use engine::execute::Executor;
use engine::follow;
use engine::ports::{Bus, Clock, EventStore, Filter, Ids, ReadStore, Secret, Vault};
use engine::project::Projector;
use engine::{Meta, bodies, history};
use http_body_util::BodyExt as _;
use ingest::{Hooks, Parts};
use serde_json::Value;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

pub const SECRET: &str = "whsec_cG9ydGFsLXRlc3Qtc2lnbmluZy1rZXktMDAwMQ==";
pub const OTHER_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const SITE: &str = "cn_site";
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Door {
    pub app: Router,
    pub hooks: Hooks,
    pub parts: Parts,
    pub store: Arc<MemoryEventStore>,
    pub clock: Arc<ManualClock>,
    followers: Vec<JoinHandle<()>>,
}

impl Drop for Door {
    fn drop(&mut self) {
        self.followers.iter().for_each(JoinHandle::abort);
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub json: Value,
    pub text: String,
}

impl Answer {
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status.as_u16(), self.json["code"].as_str()), (status, Some(code)), "{}", self.text);
        self
    }

    #[track_caller]
    pub fn receipt(&self) -> String {
        assert!(self.status.is_success(), "{}", self.text);
        self.json["receipt"].as_str().unwrap().to_owned()
    }
}

impl Door {
    /// With an endpoint of a mode for `cn_site`.
    pub async fn with(mode: Mode, secret: &str) -> Self {
        let door = Self::empty();
        door.connect(SITE).await;
        door.open(SITE, mode, secret).await;
        door
    }

    /// The usual one.
    pub async fn standard() -> Self {
        Self::with(Mode::StandardWebhooks {}, SECRET).await
    }

    pub fn empty() -> Self {
        let clock = Arc::new(ManualClock::default());
        let store = Arc::new(MemoryEventStore::new(clock.clone()));
        let reads: Arc<dyn ReadStore> = Arc::new(MemoryReadStore::new());
        let ids: Arc<dyn Ids> = Arc::new(SeededIds::new(7));
        let vault: Arc<dyn Vault> = Arc::new(MemoryVault::new(ids.clone()));
        Self::over(clock, store, reads, vault, ids)
    }

    fn over(
        clock: Arc<ManualClock>,
        store: Arc<MemoryEventStore>,
        reads: Arc<dyn ReadStore>,
        vault: Arc<dyn Vault>,
        ids: Arc<dyn Ids>,
    ) -> Self {
        let log: Arc<dyn EventStore> = store.clone();
        let bus: Arc<dyn Bus> = Arc::new(LogBus::new(log.clone()));
        let executor = Executor::new(log, ids.clone());
        let parts = Parts { executor, reads, vault, clock: clock.clone() as Arc<dyn Clock>, ids };
        let hooks = Hooks::new(parts.clone());
        let mut projector =
            Projector::new("views", projector::projections::all(), parts.reads.clone(), parts.vault.clone());
        let mut registry = hooks.follower();
        let other = bus.clone();
        let followers = vec![
            tokio::spawn(async move { follow::run(&*bus, &mut projector).await }),
            tokio::spawn(async move { follow::run(&*other, &mut *registry).await }),
        ];
        Self { app: hooks.router(), hooks, parts, store, clock, followers }
    }

    /// A new process over the same stores.
    pub fn restarted(&self) -> Self {
        let ids: Arc<dyn Ids> = Arc::new(SeededIds::new(8));
        let (reads, vault) = (self.parts.reads.clone(), self.parts.vault.clone());
        Self::over(self.clock.clone(), self.store.clone(), reads, vault, ids)
    }

    pub async fn connect(&self, id: &str) {
        let add = ConnectionCommand::Add {
            app: "wordpress".into(),
            name: id.into(),
            address: "https://site.example/".into(),
            origin: "https://site.example".into(),
        };
        self.command::<Connections>(id, add).await;
    }

    pub async fn open(&self, id: &str, mode: Mode, secret: &str) {
        let secret = self.keep(id, secret).await;
        self.command::<Endpoints>(id, EndpointCommand::Open { mode, secret }).await;
    }

    /// Opens an endpoint and does not wait until the door knows of it.
    pub async fn open_unseen(&self, id: &str) {
        let open =
            EndpointCommand::Open { mode: Mode::StandardWebhooks {}, secret: self.keep(id, SECRET).await };
        self.parts.executor.execute::<Endpoints>(id, open, Meta::by("test")).await.unwrap();
    }

    pub async fn rotate(&self, secret: &str, overlap: TimeDelta) {
        let secret = self.keep(SITE, secret).await;
        let now = self.clock.now();
        self.command::<Endpoints>(SITE, EndpointCommand::Rotate { secret, now, overlap }).await;
    }

    async fn keep(&self, id: &str, secret: &str) -> NewSecret {
        let slot = self.parts.ids.short();
        let place = webhook_slot(&ConnectionId::parse(id).unwrap(), &slot);
        let fingerprint = self.parts.vault.store(&place, &Secret::new(secret.to_owned())).await.unwrap();
        NewSecret { fingerprint, slot }
    }

    /// Executes a command and waits until the door knows of it.
    pub async fn command<D: Decider>(&self, id: &str, command: D::Command) {
        let done = self.parts.executor.execute::<D>(id, command, Meta::by("test")).await.unwrap();
        tokio::time::timeout(PATIENCE, self.hooks.known_to(done.position)).await.unwrap();
    }

    pub fn now(&self) -> i64 {
        self.clock.now().timestamp()
    }

    pub fn at(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
        let json = serde_json::from_str(&text).unwrap_or_default();
        Answer { status: parts.status, headers: parts.headers, json, text }
    }

    /// A rightly signed delivery.
    pub async fn deliver(&self, id: &str, body: &str) -> Answer {
        self.send(signed(SITE, SECRET, id, self.now(), body)).await
    }

    /// Deliveries in the log, with their bytes.
    pub async fn deliveries(&self) -> Vec<(DeliveryReceived, Option<bytes::Bytes>)> {
        let events = self.events("delivery").await;
        let bodies = bodies::open(&*self.parts.vault, &events.iter().collect::<Vec<_>>()).await.unwrap();
        let received = events.iter().map(|event| {
            let DeliveryEvent::Received(received) = history::decode(event).unwrap();
            received
        });
        received.zip(bodies).collect()
    }

    pub async fn events(&self, category: &'static str) -> Vec<engine::Recorded> {
        self.store.read_all(0, &Filter::categories([category]), 10_000).await.unwrap().events
    }

    /// Entries of the quarantine, once there are so many.
    pub async fn kept(&self, count: usize) -> Vec<QuarantineKept> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let events = self.events("quarantine").await;
            if events.len() >= count {
                let kept = events.iter().map(|event| {
                    let QuarantineEvent::Kept(kept) = history::decode(event).unwrap();
                    kept
                });
                return kept.collect();
            }
            assert!(tokio::time::Instant::now() < deadline, "{} of {count} entries", events.len());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

pub fn post(path: &str) -> axum::http::request::Builder {
    Request::post(path).header("content-type", "application/json")
}

pub fn signed(connection: &str, secret: &str, id: &str, at: i64, body: &str) -> Request<Body> {
    let key = SigningKey::parse(&Secret::new(secret.to_owned())).ok().unwrap();
    post(&format!("/hooks/{connection}"))
        .header("webhook-id", id)
        .header("webhook-timestamp", at.to_string())
        .header("webhook-signature", key.sign(id, at, body.as_bytes()))
        .body(Body::from(body.to_owned()))
        .unwrap()
}
