//! The site's plugin: tells of changes, more than once and in no order, until somebody has taken them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use app_sdk::signature::SigningKey;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use domain::delivery::path_of;
use domain::ids::ReceiptId;
use engine::StreamName;
use engine::ports::{Clock, EventStore as _, Secret};
use ingest::Hooks;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower::ServiceExt as _;

use super::super::chance::Chance;
use super::super::world::{SECRET, SITE, World};

pub struct Sender {
    hooks: Arc<Mutex<Hooks>>,
    chance: Arc<Chance>,
    clock: Arc<dyn Clock>,
    /// Rings when the process dies.
    dies: Arc<Notify>,
    receipts: Mutex<Vec<String>>,
}

impl Sender {
    pub fn new(world: &World, dies: Arc<Notify>) -> Self {
        Self {
            hooks: world.hooks.clone(),
            chance: world.chance.clone(),
            clock: world.parts.clock.clone(),
            dies,
            receipts: Mutex::default(),
        }
    }

    /// Tells of one change, once or several times.
    pub async fn tell(&self, number: u64, user: u64) {
        let change = json!({"type": "updated", "resource": "users", "id": user});
        let data = json!({
            "site": "https://site.example", "epoch": "e1", "first": number, "last": number, "changes": [change],
        });
        let body =
            json!({"type": "wp.changes", "timestamp": "2026-06-01T12:00:00Z", "data": data}).to_string();
        for _ in 0..=self.chance.below(3) {
            self.chance.dawdle(6_000).await;
            while !self.send(&format!("msg_e1_{number}"), &body).await {
                self.chance.dawdle(3_000).await;
            }
        }
    }

    /// Whether it was acknowledged.
    async fn send(&self, id: &str, body: &str) -> bool {
        let key = SigningKey::parse(&Secret::new(SECRET.to_owned())).unwrap();
        let at = self.clock.now().timestamp();
        let request = Request::post(format!("/hooks/{SITE}"))
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", at.to_string())
            .header("webhook-signature", key.sign(id, at, body.as_bytes()))
            .body(Body::from(body.to_owned()))
            .unwrap();
        let router = self.hooks.lock().unwrap().router();
        let answer = tokio::select! {
            biased;
            () = self.dies.notified() => return false,
            answer = router.oneshot(request) => answer.unwrap(),
        };
        if !answer.status().is_success() {
            return false;
        }
        let bytes = to_bytes(answer.into_body(), 1 << 16).await.unwrap();
        let receipt: Value = serde_json::from_slice(&bytes).unwrap();
        self.receipts.lock().unwrap().push(receipt["receipt"].as_str().unwrap().to_owned());
        tokio::time::sleep(Duration::from_millis(1)).await;
        true
    }

    /// Whether every delivery that was acknowledged is in the log.
    pub async fn all_are_there(&self, world: &World) -> Result<(), String> {
        let receipts = self.receipts.lock().unwrap().clone();
        for receipt in receipts {
            let path = path_of(&ReceiptId::parse(&receipt).unwrap()).unwrap();
            let found = world.memory.read_stream(&StreamName::new("delivery", &path), 0, 1).await.unwrap();
            if found.is_empty() {
                return Err(format!("the delivery {receipt} was acknowledged and is lost"));
            }
        }
        Ok(())
    }
}
