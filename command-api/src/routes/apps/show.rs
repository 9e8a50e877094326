use axum::extract::Path;

use super::{AppShown, shown};
use crate::endpoint::{Answer, Json, Params, Problem, ReadParams, Shared, State};

/// One app.
#[utoipa::path(
    get,
    path = "/api/v1/apps/{id}",
    tag = "apps",
    operation_id = "show_app",
    params(("id" = String, Path, description = "wordpress, portal, …"), ReadParams),
    responses((status = 200, body = AppShown))
)]
pub async fn show(
    State(api): State<Shared>,
    Path(id): Path<String>,
    _params: Params<ReadParams>,
) -> Answer<AppShown> {
    let app = api.context.apps.get(&id).ok_or_else(|| Problem::not_found("app"))?;
    Ok(Json(shown(app)))
}
