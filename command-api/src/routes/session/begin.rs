use axum::http::HeaderMap;
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Session, set_cookie};
use crate::access::{cookie, is_token, refuse_foreign_pages, token_hash, unauthorized};
use crate::endpoint::{Json, Problem, Shared, State};
use crate::extract::{OpenBody, SecretText};
use crate::sessions::{self, csrf};

const COOKIE_BYTES: usize = 32;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginSession {
    /// An access token.
    pub token: SecretText,
}

/// Signs a browser in: answers with a cookie that stands for the access token for twelve hours.
#[utoipa::path(
    post,
    path = "/api/v1/session",
    tag = "session",
    operation_id = "begin_session",
    request_body = BeginSession,
    responses((status = 200, body = Session))
)]
pub async fn begin(
    State(api): State<Shared>,
    headers: HeaderMap,
    OpenBody(body): OpenBody<BeginSession>,
) -> Result<impl IntoResponse, Problem> {
    refuse_foreign_pages(&api, &headers)?;
    let text = body.token.0;
    let text = text.expose().trim();
    let hash = token_hash(text);
    let found = if is_token(text) { api.known.find(&api.context, &hash).await? } else { None };
    let Some((token, role)) = found else {
        return Err(unauthorized("this access token is not known here, or was revoked").at("token"));
    };
    let now = api.context.clock.now();
    let expires_at = now + api.context.settings.session_life;
    // A new secret every time, so that nobody can fix a browser's session beforehand; the one before ends.
    if let Some(old) = cookie(&api, &headers) {
        api.sessions.end(&sessions::digest(old));
    }
    let secret = URL_SAFE_NO_PAD.encode(api.context.ids.random(COOKIE_BYTES));
    api.sessions.begin(&secret, sessions::Session { token: hash, expires_at }, now);
    let name = api.token_name(&token).await?;
    let answer = set_cookie(&api, &secret, api.context.settings.session_life.as_secs())?;
    let session = Session { name, role, csrf: Some(csrf(&secret)), expires_at: Some(expires_at) };
    Ok((answer, Json(session)))
}
