//! The API's calls, by name. The only place here that knows paths.

use serde_json::Value;

use super::Client;

/// Rows asked for at once, and most rows shown.
const PAGE: usize = 200;
const ROWS_MAX: usize = 5_000;

pub struct Api(Client);

impl Api {
    pub fn new(client: Client) -> Self {
        Self(client)
    }

    /// A whole list, page by page, up to a bound.
    pub async fn list(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut rows = vec![];
        let mut cursor: Option<String> = None;
        while rows.len() < ROWS_MAX {
            let after = cursor.map(|cursor| format!("&cursor={}", encode(&cursor))).unwrap_or_default();
            let mut page = self.0.get(&format!("/api/v1/{path}{joint}limit={PAGE}{after}")).await?;
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

    pub async fn show(&self, kind: &str, id: &str) -> anyhow::Result<Value> {
        self.0.get(&format!("/api/v1/{kind}/{}", encode(id))).await
    }

    /// A command on a thing: `POST …/{id}:{verb}`.
    pub async fn act(&self, kind: &str, id: &str, verb: &str, body: &Value) -> anyhow::Result<Value> {
        self.0.post(&format!("/api/v1/{kind}/{}:{verb}", encode(id)), body).await
    }

    pub async fn create(&self, kind: &str, body: &Value) -> anyhow::Result<Value> {
        self.0.post(&format!("/api/v1/{kind}"), body).await
    }

    pub async fn delete(&self, kind: &str, id: &str) -> anyhow::Result<Value> {
        self.0.delete(&format!("/api/v1/{kind}/{}", encode(id))).await
    }
}

/// Keeps letters, digits and `-_.~`; everything else becomes `%XX`.
pub fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
