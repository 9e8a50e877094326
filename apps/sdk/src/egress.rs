//! The one way out. Every outgoing HTTP call of the product is made here, so that where it may go, what it may carry,
//! how large its answer may be and how long it may take are decided once.
//!
//! A call goes: parse the host → ask for its addresses once → refuse if any of them is blocked → connect to exactly
//! these → compare the peer → read with bounds. No redirects, no proxies, no credentials to another origin.

mod address;
mod body;
mod clients;
mod config;
mod failure;
mod lookup;
mod policy;
mod request;
mod tls;

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use domain::ids::ConnectionId;
use engine::ports::Ids;
use engine::retry::{RETRY_AFTER_MAX, RETRY_AFTER_MIN};
use tokio::time::Instant;

pub use self::address::Blocked;
pub use self::config::{AllowRule, AllowRuleError, EgressConfig};
pub use self::failure::{EgressError, TlsFault, Wait};
pub use self::lookup::{Lookup, SystemLookup};
pub use self::policy::Refusal;
pub use self::request::{Request, Response};
pub use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
pub use reqwest::{Method, StatusCode};
pub use url::Url;

use self::body::BodyReader;
use self::clients::Clients;
use self::lookup::Remembered;
use self::policy::Target;
use crate::politeness::{Mood, Pace, Paces};
use crate::session::Session;

pub struct Egress {
    allow: RwLock<Arc<[AllowRule]>>,
    config: EgressConfig,
    lookup: Arc<dyn Lookup>,
    remembered: Remembered,
    clients: Clients,
    paces: Paces,
    ids: Arc<dyn Ids>,
}

impl Egress {
    pub fn new(config: EgressConfig, ids: Arc<dyn Ids>) -> Self {
        Self::with_lookup(config, ids, Arc::new(SystemLookup))
    }

    /// With a resolver of its own, for tests of lying name servers.
    pub fn with_lookup(config: EgressConfig, ids: Arc<dyn Ids>, lookup: Arc<dyn Lookup>) -> Self {
        Self {
            allow: RwLock::new(config.allow.clone().into()),
            clients: Clients::new(&config),
            config,
            lookup,
            remembered: Remembered::default(),
            paces: Paces::default(),
            ids,
        }
    }

    /// Replaces the allow rules. The next call obeys them, also on connections that are already open.
    pub fn set_allow(&self, allow: Vec<AllowRule>) {
        *self.allow.write().unwrap_or_else(PoisonError::into_inner) = allow.into();
    }

    /// The shared pace of a connection.
    pub fn pace(&self, connection: &ConnectionId) -> Arc<Pace> {
        self.paces.of(connection)
    }

    /// Chance in 0..=1 for `engine::retry`.
    pub fn chance(&self) -> f64 {
        let sample = self.ids.random(4).iter().fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
        f64::from(sample) / f64::from(u32::MAX)
    }

    /// A text of chance that was never used before, to sign one request with.
    pub fn nonce(&self) -> String {
        self.ids.random(16).iter().fold(String::with_capacity(32), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// The addresses of a URL's host, judged: what a call to it would be pinned to. For the first stage of a test.
    pub async fn resolve(&self, url: &Url) -> Result<Vec<IpAddr>, EgressError> {
        let allow = self.allow();
        let target = policy::target(url, &allow)?;
        self.judged(&target, &allow).await
    }

    /// Makes one call, with the session's credentials and at its pace where there is one. Any status but a redirect
    /// is an answer, not an error.
    pub async fn send(&self, session: Option<&Session>, request: Request) -> Result<Response, EgressError> {
        let allow = self.allow();
        let target = policy::target(&request.url, &allow)?;
        let mut request = request;
        if let Some(session) = session {
            request.authorise(session)?;
        }
        let addresses = self.judged(&target, &allow).await?;
        let Some(session) = session else {
            return self.call(&target, addresses, request).await;
        };
        let pace = self.pace(&session.connection);
        let permit = pace.permit().await;
        let result = self.call(&target, addresses, request).await;
        permit.done(mood(&result));
        if let Ok(response) = &result
            && matches!(response.status.as_u16(), 429 | 503)
            && let Some(asked) = response.retry_after()
        {
            pace.pause(asked.clamp(RETRY_AFTER_MIN, RETRY_AFTER_MAX));
        }
        result
    }

    fn allow(&self) -> Arc<[AllowRule]> {
        Arc::clone(&self.allow.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn judged(&self, target: &Target, allow: &[AllowRule]) -> Result<Vec<IpAddr>, EgressError> {
        let deadline = self.config.lookup_timeout;
        let addresses = self.remembered.addresses(self.lookup.as_ref(), target, deadline).await?;
        policy::judge(target, &addresses, allow)?;
        Ok(addresses)
    }

    async fn call(
        &self,
        target: &Target,
        addresses: Vec<IpAddr>,
        request: Request,
    ) -> Result<Response, EgressError> {
        let client = self.clients.pinned(target, addresses.clone())?;
        let total = request.timeout.unwrap_or(self.config.total_timeout);
        let deadline = Instant::now() + total;
        let timed_out = |_| EgressError::Timeout { host: target.host.clone(), wait: Wait::Total };
        let body_max = request.body_max.unwrap_or(self.config.body_max);
        let begun = Instant::now();
        let sent = tokio::time::timeout_at(deadline, client.execute(request.into_client()))
            .await
            .map_err(timed_out)?;
        let answer = sent.map_err(|error| {
            if error.is_connect() {
                self.remembered.forget(&target.host);
            }
            failure::of_client(&error, &target.host, target.port)
        })?;
        let remote = answer.remote_addr();
        if let Some(peer) = remote.filter(|peer| !is_pinned(*peer, &addresses)) {
            return Err(Refusal::OtherPeer(peer).into());
        }
        let (status, headers) = (answer.status(), answer.headers().clone());
        if let Some(location) = redirect(status, &headers) {
            return Err(EgressError::Redirect { status: status.as_u16(), location });
        }
        let body = tokio::time::timeout_at(deadline, self.read(answer, target, body_max))
            .await
            .map_err(timed_out)??;
        Ok(Response { status, headers, body, remote, took: begun.elapsed() })
    }

    async fn read(
        &self,
        mut answer: reqwest::Response,
        target: &Target,
        max: usize,
    ) -> Result<bytes::Bytes, EgressError> {
        let encoding = answer.headers().get(reqwest::header::CONTENT_ENCODING);
        let mut reader =
            BodyReader::new(encoding.and_then(|value| value.to_str().ok()), answer.content_length(), max)?;
        let idle: Duration = self.config.idle_timeout;
        loop {
            let chunk = tokio::time::timeout(idle, answer.chunk())
                .await
                .map_err(|_| EgressError::Timeout { host: target.host.clone(), wait: Wait::Idle })?
                .map_err(|error| failure::of_client(&error, &target.host, target.port))?;
            match chunk {
                Some(chunk) => reader.push(&chunk)?,
                None => return reader.finish(),
            }
        }
    }
}

fn is_pinned(peer: SocketAddr, addresses: &[IpAddr]) -> bool {
    addresses.iter().any(|address| address.to_canonical() == peer.ip().to_canonical())
}

/// 304 is no redirect; 300 without a location is none either.
fn redirect(status: StatusCode, headers: &HeaderMap) -> Option<String> {
    if !status.is_redirection() || status == StatusCode::NOT_MODIFIED {
        return None;
    }
    let location = headers.get(reqwest::header::LOCATION)?;
    Some(String::from_utf8_lossy(location.as_bytes()).chars().take(2048).collect())
}

fn mood(result: &Result<Response, EgressError>) -> Mood {
    match result {
        Ok(response) if response.status == StatusCode::TOO_MANY_REQUESTS => Mood::Strained,
        Ok(response) if response.status.is_server_error() => Mood::Strained,
        Ok(response) if response.status.is_success() => Mood::Well(response.took),
        Err(EgressError::Timeout { wait: Wait::Idle | Wait::Total, .. } | EgressError::Reset { .. }) => {
            Mood::Strained
        }
        _ => Mood::Unknown,
    }
}

#[cfg(test)]
mod tests;
