use axum::http::HeaderMap;
use domain::views::{TOKENS, TokenView};

use super::Session;
use crate::access::{Presented, cookie};
use crate::context::Api;
use crate::endpoint::{Answer, Caller, Json, Problem, Shared, State};
use crate::sessions::csrf;

/// Who is signed in.
#[utoipa::path(
    get,
    path = "/api/v1/session",
    tag = "session",
    operation_id = "show_session",
    responses((status = 200, body = Session))
)]
pub async fn show(
    State(api): State<Shared>,
    caller: Caller,
    shown: Option<axum::Extension<Presented>>,
    headers: HeaderMap,
) -> Answer<Session> {
    let session = shown.and_then(|shown| shown.0.session);
    let secret = cookie(&api, &headers).filter(|_| session.is_some()).map(csrf);
    let expires_at = session.map(|session| session.expires_at);
    let name = api.token_name(&caller.token).await?;
    Ok(Json(Session { name, actor: caller.actor(), role: caller.role, csrf: secret, expires_at }))
}

impl Api {
    /// What people call a token.
    pub async fn token_name(&self, id: &str) -> Result<String, Problem> {
        let view: Option<TokenView> = self.find(&TOKENS, id).await?;
        Ok(view.map_or_else(|| id.to_owned(), |view| view.name))
    }
}
