//! One call to a site, and what its answer is made of.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use app_sdk::egress::{Egress, EgressError, HeaderMap, Method, Request, Response, Url};
use app_sdk::{AppError, Session};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::details::Details;
use crate::fault::Fault;
use crate::html;
use crate::json::{self, WpError};
use crate::root::ApiRoot;

/// More records than any site has; a total above it is a lie.
const TOTAL_MAX: u64 = 10_000_000_000;

/// A site, opened for calls.
pub struct Site {
    pub egress: Arc<Egress>,
    pub session: Session,
    pub root: ApiRoot,
}

/// A good answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// JSON from its first byte on.
    pub json: Bytes,
    /// What stood before the JSON.
    pub junk: Option<String>,
    pub total: Option<u64>,
    pub pages: Option<u64>,
    pub headers: HeaderMap,
    pub date: Option<std::time::SystemTime>,
    pub took: Duration,
}

impl Site {
    pub fn open(egress: Arc<Egress>, session: &Session, details: &Details) -> Result<Self, AppError> {
        Ok(Self { egress, session: session.clone(), root: details.api_root()? })
    }

    pub async fn get(&self, route: &str, parameters: &[(&str, &str)]) -> Result<Answer, Fault> {
        self.ask(Request::get(self.root.route(route, parameters))).await
    }

    pub async fn delete(&self, route: &str) -> Result<Answer, Fault> {
        self.ask(Request::new(Method::DELETE, self.root.route(route, &[]))).await
    }

    pub async fn ask(&self, request: Request) -> Result<Answer, Fault> {
        let request = request.header("accept", "application/json").map_err(Fault::Egress)?;
        let response = self.egress.send(Some(&self.session), request).await.map_err(Fault::Egress)?;
        read(response)
    }
}

/// An answer to a call without credentials, for discovery.
pub async fn get_openly(egress: &Egress, url: Url) -> Result<Answer, Fault> {
    read(egress.send(None, Request::get(url)).await.map_err(Fault::Egress)?)
}

/// Tells data from refusals, pages and noise.
pub fn read(response: Response) -> Result<Answer, Fault> {
    let status = response.status.as_u16();
    let retry_after = response.retry_after();
    let Some(located) = json::locate(&response.body) else {
        if status == 304 {
            return Err(Fault::Egress(EgressError::Malformed {
                host: "the site".to_owned(),
                detail: "status 304 without having been asked".to_owned(),
            }));
        }
        let locked = response
            .header("www-authenticate")
            .is_some_and(|value| value.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic")));
        let kind = html::kind(&response.body);
        return Err(Fault::Page { status, kind, first: json::shown(&response.body), retry_after, locked });
    };
    let refusal = || WpError::read(&located.json);
    if !response.status.is_success() {
        let error = refusal().unwrap_or_else(|| WpError {
            code: format!("http_{status}"),
            message: json::shown(&located.json),
            data: Value::Null,
        });
        return Err(Fault::Refused { status, error, retry_after });
    }
    if let Some(error) = refusal().filter(|error| error.status().is_some_and(|status| status >= 400)) {
        let status = error.status().unwrap_or(status);
        return Err(Fault::Refused { status, error, retry_after });
    }
    let count = |name| response.header(name).and_then(read_count);
    Ok(Answer {
        total: count("x-wp-total"),
        pages: count("x-wp-totalpages"),
        date: response.date(),
        json: located.json,
        junk: located.junk,
        headers: response.headers,
        took: response.took,
    })
}

/// Totals that cannot be true are no totals.
fn read_count(text: &str) -> Option<u64> {
    text.trim().parse::<u64>().ok().filter(|count| *count < TOTAL_MAX)
}

impl Answer {
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        let mut values = serde_json::Deserializer::from_slice(&self.json).into_iter::<T>();
        match values.next() {
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) if error.is_data() => {
                Err(Fault::Shape { detail: format!("unexpected answer: {error}") })
            }
            Some(Err(error)) => Err(Fault::Broken { detail: error.to_string() }),
            None => Err(Fault::Broken { detail: "the answer is empty".to_owned() }),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Takes the answer out of the envelope that `_envelope=1` puts it into, because a proxy ate the headers.
    pub fn opened(self) -> Result<Self, Fault> {
        #[derive(Deserialize)]
        struct Envelope<'a> {
            #[serde(borrow)]
            body: &'a RawValue,
            #[serde(default)]
            status: u16,
            #[serde(default)]
            headers: Value,
        }
        let envelope: Envelope<'_> = match serde_json::from_slice(&self.json) {
            Ok(envelope) => envelope,
            // A site that knows no envelope sends the list itself.
            Err(error) if error.is_data() => return Ok(self),
            Err(error) => return Err(Fault::Broken { detail: error.to_string() }),
        };
        let json = self.json.slice_ref(envelope.body.get().as_bytes());
        if envelope.status >= 400 {
            let error = WpError::read(&json).ok_or_else(|| Fault::Shape {
                detail: format!("status {} without a reason", envelope.status),
            })?;
            return Err(Fault::Refused { status: envelope.status, error, retry_after: None });
        }
        let count = |name: &str| {
            let headers = envelope.headers.as_object()?;
            let (_, value) = headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
            let text = value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed);
            read_count(&text)
        };
        let (total, pages) = (count("x-wp-total"), count("x-wp-totalpages"));
        Ok(Self { json, total, pages, ..self })
    }
}
