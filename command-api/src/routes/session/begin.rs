use axum::http::HeaderMap;
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Session, set_cookie};
use crate::access::{actor_of, cookie, is_token, refuse_foreign_pages, token_hash, unauthorized};
use crate::endpoint::{Json, Problem, Shared, State};
use crate::extract::{OpenBody, SecretText};
use crate::sessions::csrf;

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
    // A new secret every time, so that nobody can fix a browser's session beforehand; the one before ends.
    if let Some(old) = cookie(&api, &headers)
        && let Some(session) = api.session_of(old).await?
    {
        api.end_session(&session).await?;
    }
    let (secret, begun) = api.begin_session(hash).await?;
    let name = api.token_name(&token).await?;
    let answer = set_cookie(&api, &secret, api.context.settings.session_life.as_secs())?;
    let (actor, csrf) = (actor_of(&token), Some(csrf(&secret)));
    let session = Session { name, actor, role, csrf, expires_at: Some(begun.expires_at) };
    Ok((answer, Json(session)))
}
