//! What a request shows to say who it is: an access token in its header, or the cookie of a session.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use super::{SCHEME, is_token, token_hash, unauthorized};
use crate::context::Api;
use crate::problem::Problem;
use crate::sessions::{self, Session};

const CSRF: HeaderName = HeaderName::from_static("x-csrf-token");
const COOKIE: &str = "portal_session";

/// What a request came with, for looking again later.
#[derive(Clone, Debug)]
pub struct Presented {
    /// The token's digest.
    pub token: String,
    /// When it came with a session's cookie.
    pub session: Option<Session>,
}

/// The name of the session's cookie. Behind TLS it says that no sibling host may set it.
pub fn cookie_name(api: &Api) -> &'static str {
    if api.is_https() { "__Host-portal_session" } else { COOKIE }
}

/// The session cookie of a request, if it has a well-formed one.
pub fn cookie<'a>(api: &Api, headers: &'a HeaderMap) -> Option<&'a str> {
    let wanted = cookie_name(api);
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let value = all.flat_map(|value| value.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == wanted).then_some(value)
    })?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    (!value.is_empty() && value.bytes().all(plain)).then_some(value)
}

/// A header speaks before a cookie: a program that sends both means the header.
pub async fn presented(api: &Api, method: &Method, headers: &HeaderMap) -> Result<Presented, Problem> {
    if headers.contains_key(header::AUTHORIZATION) {
        return Ok(Presented { token: by_header(headers)?, session: None });
    }
    let Some(cookie) = cookie(api, headers) else { return by_header(headers).map(by_token) };
    let Some(session) = api.session_of(cookie).await? else {
        return Err(unauthorized("the session has ended; sign in again"));
    };
    only_from_our_pages(api, method, headers, cookie)?;
    Ok(Presented { token: session.token.clone(), session: Some(session) })
}

fn by_token(token: String) -> Presented {
    Presented { token, session: None }
}

/// Cookies know no ports: a page of another server on this host is "same-site" and its requests bring our cookie. So
/// only our own origin's requests count, and only those that know what such a page cannot read may change anything.
fn only_from_our_pages(api: &Api, method: &Method, headers: &HeaderMap, cookie: &str) -> Result<(), Problem> {
    refuse_foreign_pages(api, headers)?;
    let is_safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let wanted = engine::hash::hex(sessions::csrf(cookie).as_bytes());
    // Compared as digests, so that the time it takes says nothing about the text.
    let matches = |given: &[u8]| engine::hash::hex(given) == wanted;
    if is_safe || headers.get(CSRF).is_some_and(|given| matches(given.as_bytes())) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "CSRF_TOKEN",
        "a request with a session's cookie that changes something needs the header X-CSRF-Token",
        "send the `csrf` that GET /api/v1/session answers; reload the page if it was open for long",
    ))
}

/// Refuses what a page of another origin sends. Browsers say where a request comes from in `Sec-Fetch-Site`; older
/// ones only in `Origin`, which then must be the address that was asked or the one we are known by.
pub fn refuse_foreign_pages(api: &Api, headers: &HeaderMap) -> Result<(), Problem> {
    let of = |name: &str| headers.get(name).map(HeaderValue::as_bytes);
    let is_ours = match (of("sec-fetch-site"), of("origin")) {
        (Some(from), _) => from == b"same-origin" || from == b"none",
        (None, Some(origin)) => {
            let origin = std::str::from_utf8(origin).unwrap_or("null");
            let host = origin.split_once("://").map(|(_, host)| host.as_bytes());
            origin == api.context.public_url || (host.is_some() && host == of("host"))
        }
        (None, None) => true,
    };
    if is_ours {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "FOREIGN_PAGE",
        "a page of another site made this request",
        "open the console at its own address; programs use an access token instead of the cookie",
    ))
}

/// The digest of the one token that a request's header holds.
pub fn by_header(headers: &HeaderMap) -> Result<String, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(unauthorized("the request has no Authorization header, or more than one"));
    };
    let text = value
        .to_str()
        .ok()
        .filter(|text| text.get(..SCHEME.len()).is_some_and(|s| s.eq_ignore_ascii_case(SCHEME)))
        .map(|text| &text[SCHEME.len()..])
        .filter(|text| is_token(text));
    match text {
        Some(text) => Ok(token_hash(text)),
        None => Err(unauthorized("the Authorization header does not hold an access token")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        headers
    }

    #[test]
    fn bad_input_063_only_one_well_formed_token_is_looked_up() {
        let good = format!("Bearer pit_{}", "a".repeat(43));
        assert!(by_header(&headers(&[good.as_bytes()])).is_ok());
        assert!(by_header(&headers(&[good.replace("Bearer", "bearer").as_bytes()])).is_ok());
        let long = format!("{good}a");
        let padded = format!("{good} ");
        let bad: [&[&[u8]]; 9] = [
            &[],
            &[b""],
            &[b"Bearer"],
            &[b"Bearer pit_short"],
            &[b"Basic pit_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],
            &[long.as_bytes()],
            &[padded.as_bytes()],
            &[b"Bearer pit_\xff"],
            &[good.as_bytes(), good.as_bytes()],
        ];
        for values in bad {
            assert_eq!(by_header(&headers(values)).unwrap_err().code(), "UNAUTHORIZED");
        }
    }
}
