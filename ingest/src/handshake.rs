//! How senders introduce themselves before they send anything signed. Answered only while the endpoint waits for its
//! first delivery, and without any effect.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::endpoint::Mode;
use serde_json::{Value, json};

use crate::headers::is_form;
use crate::registry::Endpoint;
use crate::verify::Message;

const PING_BYTES_MAX: usize = 64;
const CHALLENGE_BYTES_MAX: usize = 1 << 10;
const CHALLENGE_CHARS_MAX: usize = 256;

/// The answer to an introduction, if it is one.
pub fn answer(endpoint: &Endpoint, message: &Message<'_>) -> Option<Response> {
    if !endpoint.is_pending || endpoint.is_quiet {
        return None;
    }
    match endpoint.mode {
        // A shop activates its webhook only if the unsigned ping gets exactly 200.
        Mode::WooCommerce { .. } if is_ping(message) => {
            Some((StatusCode::OK, Json(json!({}))).into_response())
        }
        Mode::HmacBody { .. } | Mode::CapabilityUrl {} => {
            let challenge = challenge(message)?;
            Some((StatusCode::OK, Json(json!({ "challenge": challenge }))).into_response())
        }
        _ => None,
    }
}

/// `webhook_id=12`
fn is_ping(message: &Message<'_>) -> bool {
    let digits = |text: &[u8]| (1..=20).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    let body = message.body;
    is_form(message.headers)
        && body.len() <= PING_BYTES_MAX
        && body.strip_prefix(b"webhook_id=").is_some_and(digits)
}

/// `{"challenge":"…"}` and nothing else: whatever is echoed was sent as a token, not as markup.
fn challenge(message: &Message<'_>) -> Option<String> {
    if message.body.len() > CHALLENGE_BYTES_MAX {
        return None;
    }
    let Ok(Value::Object(fields)) = serde_json::from_slice(message.body) else { return None };
    let (1, Some(Value::String(text))) = (fields.len(), fields.get("challenge")) else { return None };
    let is_token = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~+/=".contains(&b));
    (!text.is_empty() && text.len() <= CHALLENGE_CHARS_MAX && is_token).then(|| text.clone())
}
