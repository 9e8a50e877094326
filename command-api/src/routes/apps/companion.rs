use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::endpoint::{Problem, Shared, State};

/// What is installed on the app's own side, to tell us of changes at once: for WordPress a plugin, as a zip file.
#[utoipa::path(
    get,
    path = "/api/v1/apps/{id}/companion",
    tag = "apps",
    operation_id = "download_companion",
    params(("id" = String, Path, description = "wordpress, …")),
    responses((status = 200, description = "The file", content_type = "application/zip", body = Vec<u8>))
)]
pub async fn companion(State(api): State<Shared>, Path(id): Path<String>) -> Result<Response, Problem> {
    let app = api.context.apps.get(&id).ok_or_else(|| Problem::not_found("app"))?;
    let companion = app.companion.as_ref().ok_or_else(|| Problem::not_found("companion"))?;
    let name = format!("attachment; filename=\"{}\"", companion.file_name);
    let kind = "application/zip".to_owned();
    Ok(([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, name)], companion.bytes).into_response())
}
