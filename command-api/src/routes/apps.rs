//! The catalogue: what can be connected, and what with.

use axum::extract::Path;
use serde_json::{Value, json};
use utoipa_axum::routes;

use crate::endpoint::{Answer, Area, Json, Listed, Params, Problem, ReadParams, Shared, State};

pub fn area() -> Area {
    Area::default().viewer(routes!(list)).viewer(routes!(show))
}

/// The apps this server knows.
#[utoipa::path(get, path = "/api/v1/apps", tag = "apps", params(ReadParams), responses((status = 200, body = Object)))]
pub async fn list(State(api): State<Shared>, Params(_params): Params<ReadParams>) -> Answer<Listed<Value>> {
    let items = api.context.apps.all().map(|app| json!(*app.entry)).collect();
    Ok(Json(Listed { items, next_cursor: None, total: None }))
}

/// One app: its resources, fields, actions, ways to authorise, and limits.
#[utoipa::path(
    get,
    path = "/api/v1/apps/{app}",
    tag = "apps",
    params(("app" = String, Path, description = "wordpress, portal"), ReadParams),
    responses((status = 200, body = Object))
)]
pub async fn show(
    State(api): State<Shared>,
    Path(app): Path<String>,
    Params(_params): Params<ReadParams>,
) -> Answer<Value> {
    let app = api.context.apps.get(&app).ok_or_else(|| Problem::not_found("app"))?;
    Ok(Json(json!(*app.entry)))
}
