//! One request: refused early where it makes no sense, bounded on its way in, and answered even if a handler panics.

use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::{CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, HOST, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Version};
use futures::FutureExt;
use hyper::body::Incoming;
use tower::ServiceExt;

use super::body::{Bounded, Verdict};
use super::refusal::problem;
use super::{Client, Door, client, streams};

/// Longest request target, in bytes.
const TARGET_BYTES_MAX: usize = 8 << 10;
/// By it an open page notices that another version answers.
const APP_VERSION: HeaderName = HeaderName::from_static("x-app-version");
/// For everything between a request's head and the head of its answer.
const ANSWER_TIME: Duration = Duration::from_mins(2);

pub async fn answer(request: Request<Incoming>, peer: SocketAddr, door: &Door) -> Response<Body> {
    if let Some(refused) = refuse(&request, door.limits.body_bytes) {
        return closing(refused);
    }
    let who = client::client(&door.trusted_proxies, peer.ip(), request.headers());
    let (request, verdict) = bound(request, peer, who, door);
    let handled = AssertUnwindSafe(door.app.clone().oneshot(request)).catch_unwind();
    let mut response = match tokio::time::timeout(ANSWER_TIME, handled).await {
        Ok(Ok(Ok(response))) => response,
        Ok(Err(_panic)) => {
            metrics::counter!("portal_panics_total").increment(1);
            problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "INTERNAL",
                "a part of the server failed; nothing was changed that was not acknowledged",
                "look at the server's log and report it; then try again",
            )
        }
        Err(_elapsed) => problem(
            StatusCode::GATEWAY_TIMEOUT,
            "TOO_SLOW",
            "the request took longer than two minutes",
            "look whether it had an effect before you repeat it",
        ),
    };
    if let Some(refused) = verdict.refusal() {
        return closing(refused);
    }
    harden(response.headers_mut());
    streams::end_with(response, door.stop.draining.clone())
}

fn bound(request: Request<Incoming>, peer: SocketAddr, who: Client, door: &Door) -> (Request<Body>, Verdict) {
    let (mut parts, incoming) = request.into_parts();
    parts.extensions.insert(who);
    let port = if who.0 == peer.ip().to_canonical() { peer.port() } else { 0 };
    parts.extensions.insert(ConnectInfo(SocketAddr::new(IpAddr::to_canonical(&who.0), port)));
    let (body, verdict) = Bounded::new(incoming, door.limits.body_bytes, door.limits.body_time);
    (Request::from_parts(parts, Body::new(body)), verdict)
}

/// What is refused before anybody else sees it.
fn refuse(request: &Request<Incoming>, body_bytes: u64) -> Option<Response<Body>> {
    if matches!(*request.method(), Method::TRACE | Method::CONNECT) {
        return Some(problem(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            "this method is not served here",
            "use one of the methods in the API's description",
        ));
    }
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > TARGET_BYTES_MAX {
        return Some(problem(
            StatusCode::URI_TOO_LONG,
            "URI_TOO_LONG",
            "the address is longer than 8 KiB",
            "ask for less at once",
        ));
    }
    let hosts = request.headers().get_all(HOST).iter().count();
    if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        return Some(problem(
            StatusCode::BAD_REQUEST,
            "BAD_HOST",
            "a request has exactly one Host header",
            "send it as HTTP asks for",
        ));
    }
    let length =
        request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    length.is_some_and(|length| length > body_bytes).then(|| Verdict::too_large(body_bytes))
}

fn closing(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    harden(response.headers_mut());
    response
}

/// Answers are never guessed at and never kept, unless a handler says otherwise; and they say which build answers.
fn harden(headers: &mut HeaderMap) {
    headers.entry(X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(APP_VERSION, HeaderValue::from_static(crate::console::version()));
}
