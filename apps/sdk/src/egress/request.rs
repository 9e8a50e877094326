//! What is asked, and what comes back.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use url::Url;
use zeroize::Zeroizing;

use super::failure::EgressError;
use super::policy::Refusal;
use crate::session::Session;

#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// Instead of the configured total.
    pub timeout: Option<Duration>,
    /// Instead of the configured size.
    pub body_max: Option<usize>,
}

impl Request {
    pub fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: HeaderMap::new(), body: Bytes::new(), timeout: None, body_max: None }
    }

    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    pub fn post(url: Url, body: Bytes) -> Self {
        Self { body, ..Self::new(Method::POST, url) }
    }

    /// Adds a header; `name` is lower-case. A value that HTTP cannot carry is an error.
    pub fn header(mut self, name: &'static str, value: &str) -> Result<Self, EgressError> {
        let value = HeaderValue::from_str(value).map_err(|_| EgressError::BadRequest {
            detail: format!("the header {name} has forbidden characters"),
        })?;
        self.headers.insert(name, value);
        Ok(self)
    }

    /// Adds the session's credentials, if the request goes where they belong; refuses to go anywhere else.
    pub(super) fn authorise(&mut self, session: &Session) -> Result<(), EgressError> {
        let asked = self.url.origin().ascii_serialization();
        let bound = session.origin.trim_end_matches('/');
        if asked != bound
            && Url::parse(bound).map(|url| url.origin()).ok().as_ref() != Some(&self.url.origin())
        {
            return Err(Refusal::ForeignOrigin { bound: bound.to_owned(), asked }.into());
        }
        let Some(credentials) = &session.credentials else { return Ok(()) };
        let Some(secret) = &credentials.secret else { return Ok(()) };
        let text = match (credentials.method.as_str(), &credentials.account) {
            ("app-password" | "authorize" | "basic", Some(account)) => {
                let plain = Zeroizing::new(format!("{account}:{}", secret.expose()));
                Zeroizing::new(format!("Basic {}", STANDARD.encode(plain.as_bytes())))
            }
            ("bearer", _) => Zeroizing::new(format!("Bearer {}", secret.expose())),
            _ => return Ok(()),
        };
        let mut value = HeaderValue::from_str(&text).map_err(|_| EgressError::BadRequest {
            detail: "the credentials have characters that HTTP cannot carry".to_owned(),
        })?;
        value.set_sensitive(true);
        self.headers.insert(AUTHORIZATION, value);
        Ok(())
    }

    pub(super) fn into_client(self) -> reqwest::Request {
        let mut request = reqwest::Request::new(self.method, self.url);
        *request.headers_mut() = self.headers;
        request.headers_mut().entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("gzip, br"));
        if !self.body.is_empty() {
            *request.body_mut() = Some(self.body.into());
        }
        request
    }
}

#[derive(Clone, Debug)]
pub struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// Decoded, in one piece.
    pub body: Bytes,
    pub remote: Option<SocketAddr>,
    pub took: Duration,
}

impl Response {
    /// A header's text; the first one, where it came more than once.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The other side's clock.
    pub fn date(&self) -> Option<SystemTime> {
        httpdate::parse_http_date(self.header(DATE.as_str())?).ok()
    }

    /// The pause that was asked for, unclamped. A date is measured against the answer's own clock; what lies in the
    /// past or below zero is no pause; garbage is nothing.
    pub fn retry_after(&self) -> Option<Duration> {
        let text = self.header(RETRY_AFTER.as_str())?.trim();
        let number = text.strip_prefix('-').unwrap_or(text);
        if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
            let seconds =
                if text.starts_with('-') { 0 } else { number.parse().unwrap_or(u64::from(u32::MAX)) };
            return Some(Duration::from_secs(seconds.min(u64::from(u32::MAX))));
        }
        let until = httpdate::parse_http_date(text).ok()?;
        Some(until.duration_since(self.date()?).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_104_every_form_of_retry_after() {
        let asked = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(DATE, HeaderValue::from_static("Wed, 21 Oct 2026 07:28:00 GMT"));
            headers.insert(RETRY_AFTER, HeaderValue::from_static(value));
            let took = Duration::ZERO;
            let status = StatusCode::TOO_MANY_REQUESTS;
            Response { status, headers, body: Bytes::new(), remote: None, took }.retry_after()
        };
        assert_eq!(asked("0"), Some(Duration::ZERO));
        assert_eq!(asked("-1"), Some(Duration::ZERO));
        assert_eq!(asked("120"), Some(Duration::from_mins(2)));
        assert!(asked("1000000000").unwrap() > Duration::from_hours(1), "clamped by whoever waits");
        assert!(asked("99999999999999999999999").unwrap() > Duration::from_hours(1));
        assert_eq!(asked("Wed, 21 Oct 2026 07:29:00 GMT"), Some(Duration::from_mins(1)));
        assert_eq!(asked("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        for garbage in ["soon", "", "-", "1.5", "Wed"] {
            assert_eq!(asked(garbage), None, "{garbage}");
        }
    }
}
