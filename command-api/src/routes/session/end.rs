use axum::response::IntoResponse;

use super::set_cookie;
use crate::access::Presented;
use crate::endpoint::{Problem, Shared, State, StatusCode};

/// Signs out: the session ends here and its live updates with it. The access token stays as it is.
#[utoipa::path(
    delete,
    path = "/api/v1/session",
    tag = "session",
    operation_id = "end_session",
    responses((status = 204))
)]
pub async fn end(
    State(api): State<Shared>,
    shown: Option<axum::Extension<Presented>>,
) -> Result<impl IntoResponse, Problem> {
    if let Some(session) = shown.and_then(|shown| shown.0.session) {
        api.end_session(&session).await?;
    }
    Ok((StatusCode::NO_CONTENT, set_cookie(&api, "", 0)?))
}
