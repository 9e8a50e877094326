//! `/healthz`: the process lives. `/readyz`: it can do its work, or the cause why not. `/metrics`: numbers.

mod access;
mod outcomes;
mod ready;

pub use ready::{Cause, Ready, free_bytes};

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::listen::problem;
pub use access::Access;

#[derive(Clone)]
pub struct Health {
    pub ready: Arc<Ready>,
    pub metrics: PrometheusHandle,
    /// Who may read the metrics; `None` lets everybody.
    pub access: Option<Access>,
}

pub fn router(health: Health) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(numbers))
        .with_state(health)
}

async fn ready(State(health): State<Health>) -> Response {
    let report = health.ready.look().await;
    let status = if report.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(report)).into_response()
}

async fn numbers(State(health): State<Health>, headers: HeaderMap) -> Response {
    if let Some(access) = &health.access
        && !access.may_view(&headers).await
    {
        return problem(
            StatusCode::UNAUTHORIZED,
            "UNAUTHORIZED",
            "metrics need an access token of any role",
            "send it as `Authorization: Bearer …`, or set metrics_public",
        );
    }
    outcomes::tell(&*health.ready.reads).await;
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(CONTENT_TYPE, text)], health.metrics.render()).into_response()
}
