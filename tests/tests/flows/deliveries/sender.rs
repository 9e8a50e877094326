//! Somebody who sends to the stage's endpoint, and waits for what it leads to.

use std::time::Duration;

use app_sdk::signature::{BodyKey, SigningKey, webhook_slot};
use axum::body::Body;
use axum::http::Request;
use domain::delivery::path_of;
use domain::endpoint::{Algorithm, Encoding, EndpointCommand, Endpoints, Mode, NewSecret};
use domain::ids::{ConnectionId, ReceiptId};
use domain::inbox::{InboxState, Inboxes};
use domain::views::{DELIVERY_RECORDS, DeliveryRecordsView};
use engine::StreamName;
use engine::history::{Folded, catch_up};
use engine::ports::{Clock as _, ReadStore as _, Secret};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::super::stage::{SITE, Stage};

pub const SECRET: &str = "whsec_cG9ydGFsLXRlc3Qtc2lnbmluZy1rZXktMDAwMQ==";
pub const SHOP_SECRET: &str = "a shop's secret of some length";
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Sender {
    hooks: ingest::Hooks,
    clock: std::sync::Arc<adapter_memory::ManualClock>,
    reads: std::sync::Arc<adapter_memory::MemoryReadStore>,
    store: std::sync::Arc<adapter_memory::MemoryEventStore>,
}

impl Sender {
    pub async fn standard(stage: &Stage) -> Self {
        Self::with(stage, Mode::StandardWebhooks {}).await
    }

    /// Opens the stage's endpoint.
    pub async fn with(stage: &Stage, mode: Mode) -> Self {
        let slot = stage.parts.ids.short();
        let secret = if mode == (Mode::StandardWebhooks {}) { SECRET } else { SHOP_SECRET };
        let place = webhook_slot(&ConnectionId::parse(SITE).unwrap(), &slot);
        let fingerprint = stage.parts.vault.store(&place, &Secret::new(secret.to_owned())).await.unwrap();
        let open = EndpointCommand::Open { mode, secret: NewSecret { fingerprint, slot } };
        let position = stage.command::<Endpoints>(SITE, open).await;
        tokio::time::timeout(PATIENCE, stage.hooks.known_to(position)).await.unwrap();
        Self {
            hooks: stage.hooks.clone(),
            clock: stage.clock.clone(),
            reads: stage.reads.clone(),
            store: stage.store.clone(),
        }
    }

    /// What the plugin sends: numbers of its outbox, and what changed. The receipt.
    pub async fn changes(&self, (first, last): (u64, u64), changes: &[(&str, &str, u64)]) -> String {
        let changes: Vec<Value> = changes
            .iter()
            .map(|(kind, resource, id)| json!({"type": kind, "resource": resource, "id": id}))
            .collect();
        let data = json!({"site": "https://site.example", "epoch": "e1", "first": first, "last": last, "changes": changes});
        let body = json!({"type": "wp.changes", "timestamp": "2026-06-01T12:00:00Z", "data": data});
        self.raw(&format!("msg_e1_{first}_{last}"), &body.to_string()).await
    }

    pub async fn raw(&self, id: &str, body: &str) -> String {
        let key = SigningKey::parse(&Secret::new(SECRET.to_owned())).unwrap();
        let at = self.clock.now().timestamp();
        let request = Request::post(format!("/hooks/{SITE}"))
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", at.to_string())
            .header("webhook-signature", key.sign(id, at, body.as_bytes()));
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// What a shop sends.
    pub async fn order(&self, event: &str, secret: &str, body: &str) -> String {
        let key = BodyKey::new(&Secret::new(secret.to_owned()));
        let signature = key.sign((Algorithm::Sha256, Encoding::Base64, ""), body.as_bytes());
        let request = Request::post(format!("/hooks/{SITE}"))
            .header("content-type", "application/json")
            .header("x-wc-webhook-resource", "order")
            .header("x-wc-webhook-topic", format!("order.{event}"))
            .header("x-wc-webhook-signature", signature);
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> String {
        let response = self.hooks.router().oneshot(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(status.is_success(), "{status}: {}", String::from_utf8_lossy(&body));
        let answer: Value = serde_json::from_slice(&body).unwrap();
        answer["receipt"].as_str().unwrap().to_owned()
    }

    /// Waits until a delivery was read.
    pub async fn led_to(&self, receipt: &str) -> DeliveryRecordsView {
        led(&self.reads, receipt).await
    }

    pub async fn led(stage: &Stage, receipt: &str) -> DeliveryRecordsView {
        led(&stage.reads, receipt).await
    }

    pub async fn inbox(&self) -> InboxState {
        let mut folded = Folded::<InboxState>::default();
        catch_up::<Inboxes>(&*self.store, &StreamName::new("inbox", SITE), &mut folded).await.unwrap();
        folded.state
    }
}

async fn led(reads: &adapter_memory::MemoryReadStore, receipt: &str) -> DeliveryRecordsView {
    let path = path_of(&ReceiptId::parse(receipt).unwrap()).unwrap();
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let found = reads.get(&DELIVERY_RECORDS, std::slice::from_ref(&path)).await.unwrap().pop().flatten();
        if let Some(doc) = found {
            return serde_json::from_slice(&doc).unwrap();
        }
        assert!(tokio::time::Instant::now() < deadline, "{receipt} was not read");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
