//! Names to addresses: once per call at most, with a deadline, and remembered for a short while.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use super::failure::{EgressError, Wait};
use super::policy::Target;

const REMEMBERED_MAX: usize = 512;
const REMEMBERED_FOR: Duration = Duration::from_secs(30);

/// Asks for the addresses of a name. A port, so that tests can lie.
#[async_trait]
pub trait Lookup: Send + Sync {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The operating system's resolver.
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Answers that are still fresh. They are judged again at every use; only the asking is spared.
#[derive(Default)]
pub struct Remembered(Mutex<HashMap<String, (Instant, Vec<IpAddr>)>>);

impl Remembered {
    pub async fn addresses(
        &self,
        lookup: &dyn Lookup,
        target: &Target,
        deadline: Duration,
    ) -> Result<Vec<IpAddr>, EgressError> {
        if let Some(address) = target.literal {
            return Ok(vec![address]);
        }
        if let Some(known) = self.fresh(&target.host) {
            return Ok(known);
        }
        let host = || target.host.clone();
        let mut found = tokio::time::timeout(deadline, lookup.addresses(&target.host))
            .await
            .map_err(|_| EgressError::Timeout { host: host(), wait: Wait::Lookup })?
            .map_err(|_| EgressError::NameNotFound { host: host() })?;
        if found.is_empty() {
            return Err(EgressError::NameNotFound { host: host() });
        }
        found.sort_unstable();
        found.dedup();
        self.remember(&target.host, found.clone());
        Ok(found)
    }

    /// After a failed connection the name is asked again.
    pub fn forget(&self, host: &str) {
        self.lock().remove(host);
    }

    fn fresh(&self, host: &str) -> Option<Vec<IpAddr>> {
        let known = self.lock();
        let (since, addresses) = known.get(host)?;
        (since.elapsed() < REMEMBERED_FOR).then(|| addresses.clone())
    }

    fn remember(&self, host: &str, addresses: Vec<IpAddr>) {
        let mut known = self.lock();
        if known.len() >= REMEMBERED_MAX {
            known.clear();
        }
        known.insert(host.to_owned(), (Instant::now(), addresses));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, (Instant, Vec<IpAddr>)>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The addresses as the connector wants them.
pub fn with_port(addresses: &[IpAddr], port: u16) -> Vec<SocketAddr> {
    addresses.iter().map(|address| SocketAddr::new(*address, port)).collect()
}
