//! JSON bodies: bounded before they are parsed, strict while they are.

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use domain::budget;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::once::Once;
use super::strict_json;
use crate::access::Caller;
use crate::context::Shared;
use crate::problem::Problem;

/// Largest body of a request.
const BODY_BYTES_MAX: usize = 1 << 20;
/// Longest message of the parser that is passed on, in characters.
const MESSAGE_CHARS_MAX: usize = 300;

/// A request's JSON, and what makes a repeat of it the same request. No body at all counts as `{}`.
pub struct Body<T> {
    pub value: T,
    pub once: Once,
}

impl<T: DeserializeOwned> FromRequest<Shared> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Shared) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, api).await?;
        let bytes = read(&parts.headers, body).await?;
        let once = Once::read(&parts.headers, parts.uri.path(), &caller, &bytes)?;
        Ok(Self { value: parse(&bytes)?, once })
    }
}

/// The JSON of a request that nobody is known to make yet.
pub struct OpenBody<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Shared> for OpenBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Shared) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = read(&parts.headers, body).await?;
        Ok(Self(parse(&bytes)?))
    }
}

async fn read(headers: &HeaderMap, body: axum::body::Body) -> Result<Bytes, Problem> {
    if declared_length(headers).is_some_and(|bytes| bytes > BODY_BYTES_MAX) {
        return Err(too_large());
    }
    // The limit is the only fault of a body that `to_bytes` can meet, apart from a client that went away.
    let bytes = to_bytes(body, BODY_BYTES_MAX).await.map_err(|_| too_large())?;
    if !bytes.is_empty() && !is_json(headers) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "NOT_JSON",
            "the body is not declared as JSON in UTF-8, without compression",
            "send the header Content-Type: application/json",
        ));
    }
    Ok(bytes)
}

fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = kind.split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_json = parts.next().is_some_and(|kind| kind == "application/json");
    let is_utf8 = parts.all(|part| !part.starts_with("charset=") || part == "charset=utf-8");
    is_json && is_utf8 && !headers.contains_key(header::CONTENT_ENCODING)
}

fn parse<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Problem> {
    let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { bytes };
    budget::check_json(bytes)?;
    strict_json::check(bytes).map_err(|error| not_json(&error))?;
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Data => misshapen(&error),
        Category::Syntax | Category::Eof | Category::Io => not_json(&error),
    })
}

fn not_json(error: &serde_json::Error) -> Problem {
    Problem::bad_request(
        "NOT_JSON",
        format!("the body is not acceptable JSON: {}", shortened(error)),
        "correct the text; each key may appear once",
    )
}

fn misshapen(error: &serde_json::Error) -> Problem {
    let message = shortened(error);
    let problem = Problem::invalid(
        "INVALID_BODY",
        format!("the body does not have the right shape: {message}"),
        "compare it with the API's description at /api/v1/openapi.json",
    );
    match message.split('`').nth(1) {
        Some(field) if message.starts_with("unknown field") || message.starts_with("missing field") => {
            problem.at(field)
        }
        _ => problem,
    }
}

fn shortened(error: &serde_json::Error) -> String {
    error.to_string().chars().filter(|c| !c.is_control()).take(MESSAGE_CHARS_MAX).collect()
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "TOO_LARGE",
        format!("the body is larger than {} KiB, or did not arrive in full", BODY_BYTES_MAX >> 10),
        "send less at once",
    )
}
