//! A Portal at the other end of HTTP: keeps what it is sent, as `schemas/http/portal-import.json` asks, and can be told
//! to misbehave as real servers do. The reference for whoever writes a receiver.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapter_memory::ManualClock;
use app_portal::http::{
    ASKED, Answer, AnswerItem, AnswerStatus, BATCH_BYTES_MAX, Batch, BatchItem, Effect, EffectStatus,
    ItemError, PLAIN,
};
use app_sdk::signature::{SignedHeaders, VerifyingKey, verify};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use engine::ports::{Clock, Secret};
use serde_json::Value;

/// What goes wrong with one request.
#[derive(Clone, Debug)]
pub enum Misbehaviour {
    /// Everything is written, and then the answer is 500.
    FailAfterCommit,
    /// The first half is written, and then the answer is 500.
    FailHalfWay,
    /// Everything is written, and then nothing is answered for this long.
    SilentAfterCommit(Duration),
    /// Nothing is written: 503.
    Unavailable,
    /// Only the first half is answered.
    HalfAnAnswer,
    /// 413 for more than this many items.
    TooLargeAbove(usize),
    /// 409 for the whole batch.
    Conflict,
    /// Something that is not the contract, with 200.
    Html,
}

/// What comes of it when the same write arrives twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// It keeps effect keys and writes once, as the contract asks.
    #[default]
    Keeps,
    /// It writes again, but tells what became of an effect.
    Asked,
    /// It writes again, and tells nothing.
    Plain,
}

impl Kind {
    /// How a connection to it is authorised.
    pub fn method(self) -> &'static str {
        match self {
            Self::Keeps => "signed",
            Self::Asked => ASKED,
            Self::Plain => PLAIN,
        }
    }
}

#[derive(Default)]
struct Kept {
    kind: Kind,
    /// By effect: how often it was applied, and what became of it.
    applied: BTreeMap<String, (u32, String)>,
    /// How long it takes before it writes, and again before it answers.
    dawdles: Duration,
    /// Questions about effects.
    questions: u32,
    /// By source record.
    records: BTreeMap<String, Held>,
    misbehave: VecDeque<Misbehaviour>,
    requests: u32,
    dry_requests: u32,
}

/// What it keeps of one record.
#[derive(Clone, Default)]
struct Held {
    created: u32,
    digest: String,
    source_version: Option<String>,
    fields: Value,
    /// Every effect that was applied; the same one is never applied twice.
    effects: BTreeSet<String>,
}

#[derive(Clone)]
pub struct Receiver {
    kept: Arc<Mutex<Kept>>,
    key: Arc<VerifyingKey>,
    clock: Arc<dyn Clock>,
    pub url: String,
}

impl Receiver {
    /// Serves on loopback until the runtime ends. `now` is what its clock shows.
    pub async fn start(secret: &str, now: DateTime<Utc>) -> Self {
        Self::start_by(secret, Arc::new(ManualClock::new(now))).await
    }

    /// The same, with a clock that goes.
    pub async fn start_by(secret: &str, clock: Arc<dyn Clock>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let key = Arc::new(VerifyingKey::parse(&Secret::new(secret.to_owned())).unwrap());
        let receiver = Self { kept: Arc::default(), key, clock, url };
        let app = Router::new()
            .route("/v1/import/batches", post(import))
            .route("/v1/import/effects/{effect}", get(effect))
            .layer(DefaultBodyLimit::max(BATCH_BYTES_MAX))
            .with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        receiver
    }

    /// The next requests go wrong like this, in this order.
    pub fn misbehave(&self, how: impl IntoIterator<Item = Misbehaviour>) {
        self.kept.lock().unwrap().misbehave.extend(how);
    }

    pub fn be(&self, kind: Kind) {
        self.kept.lock().unwrap().kind = kind;
    }

    /// Takes so long before it writes, and again before it answers.
    pub fn dawdle(&self, pause: Duration) {
        self.kept.lock().unwrap().dawdles = pause;
    }

    /// Loses everything that it was sent.
    pub fn forget(&self) {
        let mut kept = self.kept.lock().unwrap();
        kept.records.clear();
        kept.applied.clear();
    }

    /// By effect: how often it was applied.
    pub fn applied(&self) -> BTreeMap<String, u32> {
        let kept = self.kept.lock().unwrap();
        kept.applied.iter().map(|(effect, (times, _))| (effect.clone(), *times)).collect()
    }

    /// How often it was asked what became of an effect.
    pub fn questions(&self) -> u32 {
        self.kept.lock().unwrap().questions
    }

    /// How often each record was created.
    pub fn creations(&self) -> BTreeMap<String, u32> {
        self.kept.lock().unwrap().records.iter().map(|(key, held)| (key.clone(), held.created)).collect()
    }

    /// What it has of a record: `connection.resource.id`.
    pub fn fields(&self, record: &str) -> Option<Value> {
        self.kept.lock().unwrap().records.get(record).map(|held| held.fields.clone())
    }

    pub fn requests(&self) -> (u32, u32) {
        let kept = self.kept.lock().unwrap();
        (kept.requests, kept.dry_requests)
    }

    fn signed(&self, headers: &HeaderMap, body: &[u8]) -> bool {
        let all = |name: &str| headers.get_all(name).iter().map(HeaderValue::as_bytes).collect::<Vec<_>>();
        let (id, timestamp, signature) =
            (all("webhook-id"), all("webhook-timestamp"), all("webhook-signature"));
        let headers = SignedHeaders { id: &id, timestamp: &timestamp, signature: &signature };
        verify(std::slice::from_ref(&*self.key), &headers, body, self.clock.now().timestamp()).is_ok()
    }

    fn write(&self, item: &BatchItem, dry: bool) -> AnswerStatus {
        let key = format!("{}.{}.{}", item.external.connection, item.external.resource, item.external.id);
        let mut kept = self.kept.lock().unwrap();
        let known = kept.records.get(&key).cloned();
        let status = match &known {
            None => AnswerStatus::Created,
            Some(_) if kept.kind != Kind::Keeps => AnswerStatus::Updated,
            Some(held) if held.digest == item.digest || held.effects.contains(&item.effect) => {
                return AnswerStatus::Unchanged;
            }
            Some(held) if is_older(item.source_version.as_ref(), held.source_version.as_ref()) => {
                return AnswerStatus::Unchanged;
            }
            Some(_) => AnswerStatus::Updated,
        };
        if !dry {
            let mut held = known.unwrap_or_else(|| Held { created: 1, ..Held::default() });
            held.digest.clone_from(&item.digest);
            held.source_version.clone_from(&item.source_version);
            held.fields = serde_json::to_value(&item.fields).unwrap();
            held.effects.insert(item.effect.clone());
            kept.applied.entry(item.effect.clone()).or_insert_with(|| (0, remote(&item.external.id))).0 += 1;
            kept.records.insert(key, held);
        }
        status
    }
}

fn is_older(offered: Option<&String>, held: Option<&String>) -> bool {
    matches!((offered, held), (Some(offered), Some(held)) if offered < held)
}

async fn import(State(portal): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    if !portal.signed(&headers, &body) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(batch) = serde_json::from_slice::<Batch>(&body) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    let dry = headers.get("portal-dry-run").is_some_and(|value| value == "true");
    let how = {
        let mut kept = portal.kept.lock().unwrap();
        kept.requests += 1;
        kept.dry_requests += u32::from(dry);
        kept.misbehave.pop_front()
    };
    match &how {
        Some(Misbehaviour::Unavailable) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Some(Misbehaviour::Conflict) => return StatusCode::CONFLICT.into_response(),
        Some(Misbehaviour::Html) => return "<html>Welcome</html>".into_response(),
        Some(Misbehaviour::TooLargeAbove(most)) if batch.items.len() > *most => {
            portal.kept.lock().unwrap().misbehave.push_front(Misbehaviour::TooLargeAbove(*most));
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        }
        _ => {}
    }
    let pause = portal.kept.lock().unwrap().dawdles;
    tokio::time::sleep(pause).await;
    let half = batch.items.len() / 2;
    let written = if matches!(how, Some(Misbehaviour::FailHalfWay)) { half } else { batch.items.len() };
    let mut items: Vec<AnswerItem> =
        batch.items[..written].iter().map(|item| answer(&portal, item, dry)).collect();
    match how {
        Some(Misbehaviour::FailAfterCommit | Misbehaviour::FailHalfWay) => {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        Some(Misbehaviour::SilentAfterCommit(pause)) => tokio::time::sleep(pause).await,
        Some(Misbehaviour::HalfAnAnswer) => items.truncate(items.len() / 2),
        _ => {}
    }
    tokio::time::sleep(pause).await;
    axum::Json(Answer { items }).into_response()
}

async fn effect(State(portal): State<Receiver>, Path(effect): Path<String>, headers: HeaderMap) -> Response {
    if !portal.signed(&headers, b"") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut kept = portal.kept.lock().unwrap();
    kept.questions += 1;
    if kept.kind != Kind::Asked {
        return StatusCode::NOT_FOUND.into_response();
    }
    let told = match kept.applied.get(&effect) {
        None => Effect { status: EffectStatus::Unknown, outcome: None, portal_id: None },
        Some((_, portal)) => Effect {
            status: EffectStatus::Applied,
            outcome: Some(AnswerStatus::Created),
            portal_id: Some(portal.clone()),
        },
    };
    axum::Json(told).into_response()
}

/// Its id of a record.
fn remote(id: &str) -> String {
    format!("remote-{id}")
}

fn answer(portal: &Receiver, item: &BatchItem, dry: bool) -> AnswerItem {
    let refused = item.fields.get("name").is_some_and(|name| name == "Refused by Portal");
    let status = if refused { AnswerStatus::Rejected } else { portal.write(item, dry) };
    let errors = if refused {
        vec![ItemError {
            path: Some("name".into()),
            code: "NAME_TAKEN".into(),
            message: "the name is reserved".into(),
        }]
    } else {
        vec![]
    };
    AnswerItem {
        external: item.external.clone(),
        status,
        portal_id: (!refused).then(|| remote(&item.external.id)),
        errors,
    }
}
