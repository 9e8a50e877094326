//! Sending a browser to the site's own consent page.
//!
//! The way back is bound to the browser: a request that comes from one (they all send `Sec-Fetch-Site`) gets a cookie,
//! and only who shows it may come back. A command line has no cookies; for it the one-time nonce alone is the proof.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::ids::ConnectionId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::refusal;
use crate::consents::{Consent, LIFE, digest};
use crate::context::Api;
use crate::endpoint::{Caller, Id, Json, Problem, Shared, State};

const SECRET_BYTES: usize = 32;

#[derive(Serialize, ToSchema)]
pub struct Authorise {
    /// Send the browser there.
    pub consent_url: String,
    /// The way back is open until then, once.
    pub expires_at: DateTime<Utc>,
}

/// Begins authorising on the site's own page.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/authorise",
    tag = "connections",
    operation_id = "authorise_connection",
    params(("id" = String, Path, description = "Begins with cn_")),
    responses((status = 200, body = Authorise))
)]
pub async fn authorise(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ConnectionId>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let view = api.connection(&id).await?;
    if let Some(problem) = refusal(&view) {
        return Err(problem);
    }
    let app = api.app(&view.app)?;
    let nonce = secret(&api);
    let back = format!("{}/oauth/wp/{nonce}", api.context.public_url);
    let consent_url = api.consent_page(app, &view, &back).await?.consent_url;
    let mut answer = HeaderMap::new();
    let cookie = headers.contains_key("sec-fetch-site").then(|| {
        let shown = cookie_of(&headers).filter(|value| is_ours(value)).map(str::to_owned);
        shown.unwrap_or_else(|| secret(&api))
    });
    if let Some(cookie) = &cookie {
        let secure = if api.is_https() { "; Secure" } else { "" };
        let name = cookie_name(&api);
        let text = format!("{name}={cookie}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax{secure}");
        let value = HeaderValue::from_str(&text).map_err(|error| Problem::fault(&error))?;
        answer.insert(header::SET_COOKIE, value);
    }
    let now = api.context.clock.now();
    let expires_at = now + LIFE;
    let cookie = cookie.as_deref().map(digest);
    api.consents.begin(&nonce, Consent { connection: id, cookie, meta: caller.meta(), expires_at }, now);
    Ok((answer, Json(Authorise { consent_url, expires_at })))
}

fn secret(api: &Api) -> String {
    URL_SAFE_NO_PAD.encode(api.context.ids.random(SECRET_BYTES))
}

/// Behind TLS the name says that no sibling host may set it.
fn cookie_name(api: &Api) -> &'static str {
    if api.is_https() { "__Host-portal-consent" } else { "portal-consent" }
}

/// The consent cookie of a request.
pub fn cookie_of(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name.trim_start_matches("__Host-") == "portal-consent").then_some(value)
    })
}

fn is_ours(value: &str) -> bool {
    URL_SAFE_NO_PAD.decode(value).is_ok_and(|bytes| bytes.len() == SECRET_BYTES)
}
