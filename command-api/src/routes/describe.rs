//! The API describes itself.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;
use utoipa_axum::routes;

use crate::endpoint::Area;

static TEXT: LazyLock<String> = LazyLock::new(crate::openapi::text);

pub fn area() -> Area {
    Area::default().viewer(routes!(describe))
}

/// This description: OpenAPI 3.1.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "about",
    operation_id = "describe",
    responses((status = 200, body = Object, content_type = "application/json"))
)]
async fn describe() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], TEXT.as_str())
}
