use axum::extract::Path;

use super::{AppShown, shown};
use crate::endpoint::{Answer, Json, Problem, Shared, State};

/// One app.
#[utoipa::path(
    get,
    path = "/api/v1/apps/{id}",
    tag = "apps",
    operation_id = "show_app",
    params(("id" = String, Path, description = "wordpress, portal, …")),
    responses((status = 200, body = AppShown))
)]
pub async fn show(State(api): State<Shared>, Path(id): Path<String>) -> Answer<AppShown> {
    let app = api.context.apps.get(&id).ok_or_else(|| Problem::not_found("app"))?;
    Ok(Json(shown(app)))
}
