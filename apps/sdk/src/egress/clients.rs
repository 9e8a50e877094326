//! HTTP clients, one per target and pinned addresses, so that connections are kept alive without ever being used for
//! an address that was not judged for this very call.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::Duration;

use super::config::EgressConfig;
use super::failure::EgressError;
use super::lookup::with_port;
use super::policy::Target;

const CLIENTS_MAX: usize = 128;
const IDLE_CONNECTIONS_MAX: usize = 8;
const IDLE_CONNECTION_FOR: Duration = Duration::from_secs(30);

type Key = (Target, Vec<IpAddr>);

pub struct Clients {
    tls: rustls::ClientConfig,
    connect_timeout: Duration,
    user_agent: String,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// The number orders uses; the least recently used one goes first.
    clients: HashMap<Key, (u64, reqwest::Client)>,
    uses: u64,
}

impl Clients {
    pub fn new(config: &EgressConfig) -> Self {
        Self {
            tls: super::tls::config(&config.extra_roots),
            connect_timeout: config.connect_timeout,
            user_agent: config.user_agent.clone(),
            known: Mutex::default(),
        }
    }

    pub fn pinned(&self, target: &Target, addresses: Vec<IpAddr>) -> Result<reqwest::Client, EgressError> {
        let key = (target.clone(), addresses);
        let mut known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.uses += 1;
        let now = known.uses;
        if let Some((used, client)) = known.clients.get_mut(&key) {
            *used = now;
            return Ok(client.clone());
        }
        if known.clients.len() >= CLIENTS_MAX {
            let oldest = known.clients.iter().min_by_key(|(_, (used, _))| *used).map(|(key, _)| key.clone());
            oldest.and_then(|key| known.clients.remove(&key));
        }
        let client = self.build(target, &key.1)?;
        known.clients.insert(key, (now, client.clone()));
        Ok(client)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the egress")]
    fn build(&self, target: &Target, addresses: &[IpAddr]) -> Result<reqwest::Client, EgressError> {
        reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .resolve_to_addrs(&target.host, &with_port(addresses, target.port))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .http1_only()
            .http1_max_headers(256)
            // Decoding is ours, because it has to be counted.
            .no_gzip()
            .no_brotli()
            .referer(false)
            .tcp_nodelay(true)
            .connect_timeout(self.connect_timeout)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            .pool_idle_timeout(IDLE_CONNECTION_FOR)
            .user_agent(&self.user_agent)
            .build()
            .map_err(|error| EgressError::BadRequest { detail: error.to_string() })
    }
}
