//! What holds for every request: an id, a line for the log that names nothing secret, headers, and problems written
//! out as problem+json.

use std::time::Instant;

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument as _;

use crate::context::Shared;
use crate::problem::Problem;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const APP_VERSION: HeaderName = HeaderName::from_static("x-app-version");
/// Longest request id taken from outside.
const REQUEST_ID_CHARS_MAX: usize = 64;

#[derive(Clone)]
pub struct RequestId(pub String);

/// Marks a refusal that has its own page, for a browser.
#[derive(Clone)]
pub struct HasPage;

/// The outermost layer.
pub async fn frame(State(api): State<Shared>, mut request: Request, next: Next) -> Response {
    let id = request_id(request.headers()).unwrap_or_else(|| api.context.ids.short());
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    // The pattern, never the path: a path may hold a one-time secret.
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", %method, route, request_id = %id);
    let begun = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let mut response = written_out(response, &id);
    let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(parent: &span, status = response.status().as_u16(), millis, "answered");
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    guard(response.headers_mut(), api.context.settings.build.version);
    response
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(REQUEST_ID)?.to_str().ok()?;
    let fits = (8..=REQUEST_ID_CHARS_MAX).contains(&text.len());
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    (fits && plain).then(|| text.to_owned())
}

/// Gives every refusal its body, also those that axum made by itself.
fn written_out(mut response: Response, id: &str) -> Response {
    let status = response.status();
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if response.extensions().get::<HasPage>().is_some() => return response,
        None if status.is_client_error() || status.is_server_error() => unnamed(status),
        None => return response,
    };
    let mut written = (status, Json(problem.body(id))).into_response();
    let headers = written.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(allow) = response.headers().get(header::ALLOW) {
        headers.insert(header::ALLOW, allow.clone());
    }
    if let Some(seconds) = problem.retry_after() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    written
}

fn unnamed(status: StatusCode) -> Problem {
    let detail = status.canonical_reason().unwrap_or("the request was refused");
    Problem::new(status, "REFUSED", detail, "compare the request with the API's description")
}

fn guard(headers: &mut HeaderMap, version: &'static str) {
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        (APP_VERSION, version),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// For whatever is below `/api` and is nothing.
pub async fn nothing_here() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "NO_SUCH_ROUTE",
        "the API has nothing at this address",
        "look into /api/v1/openapi.json for what there is",
    )
}

pub async fn wrong_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED",
        "this address does not take this method",
        "the Allow header names those it takes",
    )
}
