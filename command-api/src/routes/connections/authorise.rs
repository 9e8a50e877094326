use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::ids::ConnectionId;
use domain::views::CONNECTIONS;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::consents::{Consent, LIFE, digest};
use crate::context::Api;
use crate::endpoint::{Body, Caller, Id, Json, Problem, Shared, State};

/// The cookie that binds a consent to the browser which began it.
pub const COOKIE: &str = "portal_consent";
const NONCE_BYTES: usize = 32;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

#[derive(Serialize, ToSchema)]
pub struct Consenting {
    /// Where to send the browser.
    consent_url: String,
    expires_at: DateTime<Utc>,
}

/// Begins the authorisation on the site's own page. A browser gets a cookie that it must bring back; a command line
/// has none, and then the one-time address alone proves who returns.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/authorise",
    tag = "connections",
    params(("id" = String, Path, description = "Begins with cn_")),
    request_body = Nothing,
    responses((status = 200, body = Consenting))
)]
pub async fn authorise(
    State(api): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    id: Id<ConnectionId>,
    _body: Body<Nothing>,
) -> Result<impl IntoResponse, Problem> {
    api.fresh(&CONNECTIONS).await?;
    let view = api.connection(&id.0).await?;
    let app = api.app(&view.app)?.clone();
    let nonce = random(&api);
    let back = format!("{}/oauth/wp/{nonce}", api.context.public_url);
    let sent = api.consent_page(&app, &view, &back).await?;
    // Every browser tells where a request comes from in this header; nothing else does.
    let cookie = headers.contains_key("sec-fetch-site").then(|| random(&api));
    let now = api.context.clock.now();
    let expires_at = now + LIFE;
    let consent = Consent {
        connection: id.0.clone(),
        cookie: cookie.as_deref().map(digest),
        meta: caller.meta(),
        expires_at,
    };
    api.consents.begin(&nonce, consent, now);
    let mut answer = Json(Consenting { consent_url: sent.consent_url, expires_at }).into_response();
    if let Some(cookie) = cookie {
        let secure = if api.is_https() { "; Secure" } else { "" };
        let set = format!("{COOKIE}={cookie}; Path=/oauth; Max-Age=600; HttpOnly; SameSite=Lax{secure}");
        let value = HeaderValue::from_str(&set).map_err(|error| Problem::fault(&error))?;
        answer.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(answer)
}

fn random(api: &Api) -> String {
    URL_SAFE_NO_PAD.encode(api.context.ids.random(NONCE_BYTES))
}
