//! Signing a browser in: it brings an access token once and gets a cookie that no script can read.

mod begin;
mod end;
mod show;

use axum::http::{HeaderMap, HeaderValue, header};
use chrono::{DateTime, Utc};
use domain::access::Role;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::access::cookie_name;
use crate::context::Api;
use crate::endpoint::{Area, Problem};
use crate::schema;

pub fn area() -> Area {
    Area::default().open(routes!(begin::begin)).viewer(routes!(show::show)).viewer(routes!(end::end))
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub struct Session {
    /// The access token's name.
    pub name: String,
    /// What the audit log calls it: `token:tk_…`.
    pub actor: String,
    #[schema(value_type = schema::Role)]
    pub role: Role,
    /// Send this as `X-CSRF-Token` with everything that changes something. Absent for a call without a cookie.
    pub csrf: Option<String>,
    /// Sign in again after that. Absent for a call without a cookie.
    pub expires_at: Option<DateTime<Utc>>,
}

/// The header that sets the cookie, or takes it away with an age of 0.
fn set_cookie(api: &Api, value: &str, seconds: u64) -> Result<HeaderMap, Problem> {
    let name = cookie_name(api);
    let secure = if api.is_https() { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    let value = HeaderValue::from_str(&text).map_err(|error| Problem::fault(&error))?;
    Ok(HeaderMap::from_iter([(header::SET_COOKIE, value)]))
}
