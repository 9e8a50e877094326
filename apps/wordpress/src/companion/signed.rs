//! Requests that the plugin believes.

use app_sdk::AppError;
use app_sdk::egress::{Method, Request, Url};
use app_sdk::signature::{SignedRequest, SigningKey};
use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::call::{Answer, Site};
use crate::fault::Fault;
use crate::patience::Patience;

/// Makes a call under `portal/v1`. `None` where nobody is there who believes it: no plugin, another pairing, a REST API
/// that is closed for visitors, or a number of an outbox that is no more.
pub async fn call(
    site: &Site,
    method: Method,
    route: &str,
    parameters: &[(&str, &str)],
    body: Bytes,
    now: DateTime<Utc>,
) -> Result<Option<Answer>, AppError> {
    let key = site.session.pairing.as_ref().map(SigningKey::parse);
    let Some(Ok(key)) = key else { return Ok(None) };
    let url = site.root.route(route, parameters);
    let began = std::time::Instant::now();
    let mut patience = Patience::default();
    loop {
        // Each attempt has a nonce and a time of its own.
        let waited = chrono::TimeDelta::from_std(began.elapsed()).unwrap_or_default();
        let nonce = site.egress.nonce();
        let signed = SignedRequest {
            nonce: &nonce,
            timestamp: (now + waited).timestamp(),
            method: method.as_str(),
            target: &target(route, &url),
            body: &body,
        };
        let request = request(&key, &signed, &url, &body, &method).map_err(Fault::into_app_error)?;
        let fault = match site.ask(request).await {
            Ok(answer) => return Ok(Some(answer)),
            Err(fault) => fault,
        };
        if let Fault::Refused { status: 401 | 403 | 404 | 409, error, .. } = &fault {
            tracing::info!(connection = %site.session.connection, code = error.code, "the site's plugin does not answer us; asking WordPress itself");
            return Ok(None);
        }
        patience.after(site, route, fault).await.map_err(Fault::into_app_error)?;
    }
}

fn request(
    key: &SigningKey,
    signed: &SignedRequest<'_>,
    url: &Url,
    body: &Bytes,
    method: &Method,
) -> Result<Request, Fault> {
    let request = Request { body: body.clone(), ..Request::new(method.clone(), url.clone()) };
    let request = request
        .header("x-portal-nonce", signed.nonce)
        .and_then(|request| request.header("x-portal-timestamp", &signed.timestamp.to_string()))
        .and_then(|request| request.header("x-portal-signature", &key.sign_request(signed)));
    let request = if body.is_empty() {
        request
    } else {
        request.and_then(|request| request.header("content-type", "application/json"))
    };
    request.map_err(Fault::Egress)
}

/// The route as WordPress names it, with all parameters of the URL but the one that may hold the route itself.
fn target(route: &str, url: &Url) -> String {
    let mut pairs: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| name != "rest_route")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    pairs.sort();
    let query: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    if query.is_empty() { route.to_owned() } else { format!("{route}?{}", query.join("&")) }
}

/// Per cent, as in RFC 3986.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_the_same_in_both_forms_of_the_root() {
        let pretty = Url::parse("https://e.org/wp-json/portal/v1/outbox?limit=100&after=7").unwrap();
        let plain =
            Url::parse("https://e.org/?rest_route=%2Fportal%2Fv1%2Foutbox&limit=100&after=7").unwrap();
        for url in [pretty, plain] {
            assert_eq!(target("/portal/v1/outbox", &url), "/portal/v1/outbox?after=7&limit=100");
        }
        let none = Url::parse("https://e.org/wp-json/portal/v1/drain").unwrap();
        assert_eq!(target("/portal/v1/drain", &none), "/portal/v1/drain");
    }

    #[test]
    fn parameters_are_encoded_as_php_does() {
        let url =
            Url::parse("https://e.org/wp-json/x?cursor=2026-01-02T03%3A04%3A05_7_8&a=b+c~%C3%A9").unwrap();
        assert_eq!(target("/x", &url), "/x?a=b%20c~%C3%A9&cursor=2026-01-02T03%3A04%3A05_7_8");
    }
}
