//! What the process says about each request: counted and timed by route, and one log line that names the route's
//! pattern, never the path: a path may hold a one-time secret (`/oauth/wp/…`).

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

use crate::listen::Client;

/// Asked every few seconds by monitors; not worth a line.
const QUIET: [&str; 3] = ["/healthz", "/readyz", "/metrics"];
/// Accepted deliveries come by the thousand, and each has its receipt.
const DELIVERIES: &str = "/hooks/";

pub async fn record(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let client = request.extensions().get::<Client>().map(|client| client.0.to_string()).unwrap_or_default();
    let method = known(request.method().as_str());
    let begun = Instant::now();
    let response = next.run(request).await;
    let (took, status) = (begun.elapsed(), response.status().as_u16());
    let labels = [("method", method.to_owned()), ("route", route.clone()), ("status", status.to_string())];
    metrics::counter!("portal_http_requests_total", &labels).increment(1);
    metrics::histogram!("portal_http_request_seconds", &labels[..2]).record(took.as_secs_f64());
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if status >= 500 && !QUIET.contains(&route.as_str()) {
        tracing::warn!(method, route, status, millis, client, "request failed");
    } else if QUIET.contains(&route.as_str()) || (route.starts_with(DELIVERIES) && status < 300) {
        tracing::debug!(method, route, status, millis, "request");
    } else {
        tracing::info!(method, route, status, millis, client, "request");
    }
    response
}

/// A label has few values, whatever clients invent.
fn known(method: &str) -> &'static str {
    ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("other")
}
