//! What senders are told. Refusals are problem+json; whoever cannot prove anything learns nothing.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ids::ReceiptId;
use serde_json::json;

/// Seconds after which a sender may try again.
const RETRY_AFTER_SECONDS: u64 = 2;

/// A delivery that was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Unknown, closed, paused without a proof, wrong capability: one answer for all.
    NoSuchSource,
    Encoded,
    ContentType,
    TooLarge,
    /// The body broke off.
    Broken,
    NoSignature,
    BadHeaders,
    BadSignature,
    Stale,
    OtherContent,
    /// Too much at once, or the log does not answer.
    Busy,
}

impl Refusal {
    fn parts(self) -> (StatusCode, &'static str, &'static str, &'static str) {
        match self {
            Self::NoSuchSource => (
                StatusCode::NOT_FOUND,
                "NO_SUCH_SOURCE",
                "nothing is expected at this address",
                "use the address that the connection's page shows",
            ),
            Self::Encoded => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "ENCODED_BODY",
                "deliveries are taken as they are, not compressed",
                "send the body without Content-Encoding",
            ),
            Self::ContentType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "CONTENT_TYPE",
                "a delivery is one text in UTF-8, not a form with files",
                "send application/json",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "BODY_TOO_LARGE",
                "a delivery has at most 1 MiB",
                "send the ids of what changed instead of its content",
            ),
            Self::Broken => (
                StatusCode::BAD_REQUEST,
                "BODY_BROKEN",
                "the body did not arrive in full; nothing was kept",
                "send it again",
            ),
            Self::NoSignature => (
                StatusCode::UNAUTHORIZED,
                "NO_SIGNATURE",
                "the delivery is not signed",
                "sign it with the endpoint's secret",
            ),
            Self::BadHeaders => (
                StatusCode::BAD_REQUEST,
                "BAD_SIGNATURE_HEADERS",
                "a signature header is doubled, too long or unreadable",
                "send each of them once, as the signature's specification says",
            ),
            Self::BadSignature => (
                StatusCode::UNAUTHORIZED,
                "BAD_SIGNATURE",
                "no signature fits these bytes",
                "compare the secret, and sign the raw body; the endpoint's page shows what was refused",
            ),
            Self::Stale => (
                StatusCode::UNAUTHORIZED,
                "STALE",
                "the delivery was signed more than five minutes from now",
                "set the sender's clock, sign each attempt anew; an operator may let this one in",
            ),
            Self::OtherContent => (
                StatusCode::CONFLICT,
                "OTHER_CONTENT",
                "this id was used for other content before",
                "give each message an id of its own",
            ),
            Self::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "BUSY",
                "too much comes in at once, or the log does not answer; nothing was kept",
                "send it again in a moment",
            ),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code, detail, remedy) = self.parts();
        let mut response = problem(status, code, detail, remedy);
        if self == Self::Busy {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        }
        response
    }
}

/// 202 for a delivery that is new, 200 for one that was here before.
pub fn receipt(receipt: &ReceiptId, is_new: bool) -> Response {
    let status = if is_new { StatusCode::ACCEPTED } else { StatusCode::OK };
    (status, Json(json!({ "receipt": receipt }))).into_response()
}

pub async fn no_such_source() -> Refusal {
    Refusal::NoSuchSource
}

/// The same for every address, known or not.
pub async fn wrong_method() -> Response {
    let mut response = problem(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED",
        "deliveries are sent with POST",
        "send it with POST",
    );
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}

fn problem(status: StatusCode, code: &str, detail: &str, remedy: &str) -> Response {
    let document = json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "code": code,
        "detail": detail,
        "remedy": remedy
    });
    let mut response = (status, Json(document)).into_response();
    let kind = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
