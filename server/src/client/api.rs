//! The API's calls, by name. The only place here that knows paths.

use std::sync::atomic::{AtomicU64, Ordering};

use hyper::Method;
use serde_json::Value;

use super::Client;

/// Rows asked for at once, and most rows shown.
const PAGE: usize = 200;
const ROWS_MAX: usize = 5_000;
/// How often a view that is behind is asked again; the server waits two seconds each time.
const BEHIND_MAX: u32 = 60;

pub struct Api {
    client: Client,
    /// The last position that an answer named. Reads wait for it, so that one's own writes are seen.
    position: AtomicU64,
}

impl Api {
    pub fn new(client: Client) -> Self {
        Self { client, position: AtomicU64::new(0) }
    }

    /// A whole list, page by page, up to a bound.
    pub async fn list(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut rows = vec![];
        let mut cursor: Option<String> = None;
        while rows.len() < ROWS_MAX {
            let after = cursor.map(|cursor| format!("&cursor={}", encode(&cursor))).unwrap_or_default();
            let mut page = self.read(&format!("{path}{joint}limit={PAGE}{after}")).await?;
            if let Value::Array(items) = page["items"].take() {
                rows.extend(items);
            }
            match page["next_cursor"].take() {
                Value::String(next) => cursor = Some(next),
                _ => break,
            }
        }
        Ok(rows)
    }

    /// A whole answer.
    pub async fn look(&self, path: &str) -> anyhow::Result<Value> {
        self.read(path).await
    }

    pub async fn show(&self, kind: &str, id: &str) -> anyhow::Result<Value> {
        self.read(&format!("{kind}/{}", encode(id))).await
    }

    /// A command on a thing: `POST …/{id}/{verb}`.
    pub async fn act(&self, kind: &str, id: &str, verb: &str, body: &Value) -> anyhow::Result<Value> {
        self.write(Method::POST, &format!("{kind}/{}/{verb}", encode(id)), Some(body)).await
    }

    pub async fn create(&self, kind: &str, body: &Value) -> anyhow::Result<Value> {
        self.write(Method::POST, kind, Some(body)).await
    }

    pub async fn delete(&self, kind: &str, id: &str) -> anyhow::Result<Value> {
        self.write(Method::DELETE, &format!("{kind}/{}", encode(id)), None).await
    }

    async fn read(&self, path: &str) -> anyhow::Result<Value> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let seen = match self.position.load(Ordering::Relaxed) {
            0 => String::new(),
            position => format!("{joint}min_position={position}"),
        };
        self.call(Method::GET, &format!("/api/v1/{path}{seen}"), None).await
    }

    async fn write(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let answer = self.call(method, &format!("/api/v1/{path}"), body).await?;
        if let Some(position) = answer["position"].as_u64() {
            self.position.fetch_max(position, Ordering::Relaxed);
        }
        Ok(answer)
    }

    /// A view that is behind is waited for: then nothing has been done yet, also not by a command.
    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let mut patience = BEHIND_MAX;
        loop {
            match self.client.call(method.clone(), path, body).await {
                Err(error) if patience > 0 && error.to_string().contains("(VIEW_BEHIND)") => patience -= 1,
                ended => return ended,
            }
        }
    }
}

/// Keeps letters, digits and `-_.~`; everything else becomes `%XX`.
pub fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
