//! The thin commands' way to the API: the router inside this process, or a running server over HTTP. Both give the
//! same answers, because both are the same API.

mod api;
mod problem;
mod remote;

pub use api::{Api, encode};
pub use remote::Remote;

use anyhow::Context;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use engine::ports::Secret;
use http_body_util::{BodyExt, Limited};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;

use crate::exit;

/// Largest answer taken in.
const ANSWER_BYTES_MAX: usize = 64 << 20;

pub enum Client {
    /// Whoever can open the data directory is its administrator.
    InProcess(Router),
    Remote(Remote, Secret),
}

impl Client {
    pub fn in_process(api: Router) -> Self {
        Self::InProcess(api)
    }

    pub fn remote(server: Remote, token: Secret) -> Self {
        Self::Remote(server, token)
    }

    /// One call. An answer that is no success becomes an error in the API's own words.
    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let bytes = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        let mut request = Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let mut request = request.body(Body::from(bytes)).context("the request makes no sense")?;
        let (status, bytes) = match self {
            Self::InProcess(api) => {
                let answer = api.clone().oneshot(request).await?;
                let status = answer.status();
                (status, collect(answer.into_body()).await?)
            }
            Self::Remote(server, token) => {
                request.headers_mut().insert(AUTHORIZATION, bearer(token)?);
                server.call(request).await?
            }
        };
        understand(status, &bytes)
    }
}

fn bearer(token: &Secret) -> anyhow::Result<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
        .map_err(|_| exit::ending(exit::REFUSED, "the token file holds characters that no token has"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The whole body, up to the bound.
async fn collect<B>(body: B) -> anyhow::Result<Bytes>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let whole = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
    Ok(whole.map_err(|error| anyhow::anyhow!("the answer broke off: {error}"))?.to_bytes())
}

fn understand(status: StatusCode, bytes: &[u8]) -> anyhow::Result<Value> {
    if !status.is_success() {
        return Err(problem::error(status, bytes));
    }
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(bytes).context("the server answered with something that is not JSON")
}
