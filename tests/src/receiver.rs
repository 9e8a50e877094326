//! A Portal at the other end of HTTP: keeps what it is sent, as `schemas/http/portal-import.json` asks, and can be told
//! to misbehave as real servers do. The reference for whoever writes a receiver.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app_portal::http::{Answer, AnswerItem, AnswerStatus, BATCH_BYTES_MAX, Batch, BatchItem, ItemError};
use app_sdk::signature::{SignedHeaders, VerifyingKey, verify};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use chrono::{DateTime, Utc};
use engine::ports::Secret;
use serde_json::Value;

/// What goes wrong with one request.
#[derive(Clone, Debug)]
pub enum Misbehaviour {
    /// Everything is written, and then the answer is 500.
    FailAfterCommit,
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

#[derive(Default)]
struct Kept {
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
    now: DateTime<Utc>,
    pub url: String,
}

impl Receiver {
    /// Serves on loopback until the runtime ends. `now` is what its clock shows.
    pub async fn start(secret: &str, now: DateTime<Utc>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let key = Arc::new(VerifyingKey::parse(&Secret::new(secret.to_owned())).unwrap());
        let receiver = Self { kept: Arc::default(), key, now, url };
        let app = Router::new()
            .route("/v1/import/batches", post(import))
            .layer(DefaultBodyLimit::max(BATCH_BYTES_MAX))
            .with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        receiver
    }

    /// The next requests go wrong like this, in this order.
    pub fn misbehave(&self, how: impl IntoIterator<Item = Misbehaviour>) {
        self.kept.lock().unwrap().misbehave.extend(how);
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
        verify(std::slice::from_ref(&*self.key), &headers, body, self.now.timestamp()).is_ok()
    }

    fn write(&self, item: &BatchItem, dry: bool) -> AnswerStatus {
        let key = format!("{}.{}.{}", item.external.connection, item.external.resource, item.external.id);
        let mut kept = self.kept.lock().unwrap();
        let known = kept.records.get(&key).cloned();
        let status = match &known {
            None => AnswerStatus::Created,
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
    let mut items: Vec<AnswerItem> = batch.items.iter().map(|item| answer(&portal, item, dry)).collect();
    match how {
        Some(Misbehaviour::FailAfterCommit) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(Misbehaviour::SilentAfterCommit(pause)) => tokio::time::sleep(pause).await,
        Some(Misbehaviour::HalfAnAnswer) => items.truncate(items.len() / 2),
        _ => {}
    }
    axum::Json(Answer { items }).into_response()
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
        portal_id: (!refused).then(|| format!("remote-{}", item.external.id)),
        errors,
    }
}
