//! The API's own description.

use serde_json::Value;
use utoipa_axum::routes;

use crate::endpoint::{Area, Json};

pub fn area() -> Area {
    Area::default().viewer(routes!(openapi))
}

/// The description of this API: OpenAPI 3.1.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "description", responses((status = 200, body = Object)))]
pub async fn openapi() -> Json<Value> {
    Json(serde_json::to_value(crate::openapi()).unwrap_or_default())
}
