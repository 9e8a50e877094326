//! The connection to NATS, made only where everything is as it must be.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::context::Context;
use async_nats::jetstream::stream::Config;
use async_nats::jetstream::{self};
use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event, ServerAddr};
use engine::follow::chain;
use tracing::{info, warn};

use crate::connect_error::ConnectError;
use crate::settings::{Credentials, NatsSettings, Refill};
use crate::stream;

/// Older servers ignore atomic batches.
const VERSION_MIN: &str = "2.12.0";
/// Servers below have known weaknesses: GHSA-38x3-76xf-cq45, GHSA-9983-vrx2-fg9c, CVE-2026-33246, CVE-2026-27889.
const VERSION_SOUND: (i64, i64, i64) = (2, 12, 7);
const RECONNECT_AFTER: Duration = Duration::from_millis(50);
const RECONNECT_AFTER_MAX: Duration = Duration::from_secs(2);

/// A connection to a server that is new enough, and whose stream is as asked.
#[derive(Clone)]
pub struct Nats {
    pub(crate) client: Client,
    pub(crate) context: Context,
    pub(crate) wanted: Arc<Config>,
    pub(crate) address: Arc<str>,
    pub(crate) prefix: Arc<str>,
    pub(crate) partitions: u16,
    pub(crate) refill: Refill,
    pub(crate) silence: Duration,
}

impl Nats {
    pub async fn connect(settings: NatsSettings) -> Result<Self, ConnectError> {
        // Where two providers are in one executable, TLS connects only after one was chosen. Ours is ring; whoever
        // chose before keeps the choice.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let address = without_user(settings.url.expose());
        let servers = servers(settings.url.expose(), &address)?;
        let options = options(&settings).await?;
        let client = options.connect(servers).await.map_err(|error| not_connected(error, address.clone()))?;
        check_version(&client, &address)?;
        let mut context = jetstream::new(client.clone());
        context.set_timeout(settings.patience);
        let wanted = stream::wanted(&settings);
        stream::ensure(&context, &wanted, &address).await?;
        Ok(Self {
            client,
            context,
            wanted: Arc::new(wanted),
            address: address.into(),
            prefix: settings.prefix.into(),
            partitions: settings.partitions,
            refill: settings.refill,
            silence: settings.silence,
        })
    }

    /// Makes the stream again, where it was removed under us.
    pub(crate) async fn ensure_stream(&self) -> Result<(), ConnectError> {
        stream::ensure(&self.context, &self.wanted, &self.address).await
    }
}

fn without_user(url: &str) -> String {
    let bare = |part: &str| {
        let (scheme, rest) = part.split_once("://").unwrap_or(("nats", part));
        format!("{scheme}://{}", rest.rsplit_once('@').map_or(rest, |(_, host)| host))
    };
    url.split(',').map(|part| bare(part.trim())).collect::<Vec<_>>().join(",")
}

fn servers(url: &str, address: &str) -> Result<Vec<ServerAddr>, ConnectError> {
    let read = |part: &str| part.trim().parse().map_err(|_| ConnectError::Address(address.to_owned()));
    url.split(',').map(read).collect()
}

async fn options(settings: &NatsSettings) -> Result<ConnectOptions, ConnectError> {
    let mut options = ConnectOptions::new()
        .name("portal-integrations")
        .connection_timeout(settings.patience)
        .request_timeout(Some(settings.patience))
        .ping_interval(Duration::from_secs(10))
        .reconnect_delay_callback(|attempts| {
            let doublings = u32::try_from(attempts).unwrap_or(u32::MAX).min(10);
            RECONNECT_AFTER.saturating_mul(1 << doublings).min(RECONNECT_AFTER_MAX)
        })
        .event_callback(async |event| tell(&event));
    options = match &settings.credentials {
        Credentials::Anonymous => options,
        Credentials::UserAndPassword(user, password) => {
            options.user_and_password(user.clone(), password.expose().to_owned())
        }
        Credentials::Token(token) => options.token(token.expose().to_owned()),
        Credentials::NKey(seed) => options.nkey(seed.expose().to_owned()),
        Credentials::File(path) => {
            let unusable = |error: std::io::Error| unusable(path, "our credentials", error.to_string());
            options.credentials_file(path).await.map_err(unusable)?
        }
    };
    options = options.require_tls(settings.tls.required);
    if let Some(authorities) = &settings.tls.authorities {
        check_pem(authorities, "the authorities to trust", "CERTIFICATE-----")?;
        options = options.add_root_certificates(authorities.clone());
    }
    if let Some((certificate, key)) = &settings.tls.certificate {
        check_pem(certificate, "our certificate", "CERTIFICATE-----")?;
        check_pem(key, "our certificate's key", "PRIVATE KEY-----")?;
        options = options.add_client_certificate(certificate.clone(), key.clone());
    }
    Ok(options)
}

/// The client takes a file without certificates for one that trusts nobody, and then fails with words about TLS.
fn check_pem(path: &Path, what: &'static str, holds: &str) -> Result<(), ConnectError> {
    let text = std::fs::read(path).map_err(|error| unusable(path, what, error.to_string()))?;
    if text.windows(holds.len()).any(|window| window == holds.as_bytes()) {
        return Ok(());
    }
    Err(unusable(path, what, format!("it holds no line with `{holds}`")))
}

fn unusable(path: &Path, what: &'static str, why: String) -> ConnectError {
    ConnectError::File { path: path.display().to_string(), what, why }
}

fn not_connected(error: async_nats::ConnectError, address: String) -> ConnectError {
    let kind = error.kind();
    let words = chain(&error).to_lowercase();
    let source = Box::new(error);
    match kind {
        ConnectErrorKind::ServerParse => ConnectError::Address(address),
        ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
            ConnectError::Credentials { address, source }
        }
        // What the other side says of certificates during the handshake comes as an I/O error.
        _ if kind == ConnectErrorKind::Tls || words.contains("certificate") || words.contains("tls") => {
            ConnectError::Tls { address, source }
        }
        _ => ConnectError::Unreachable { address, source },
    }
}

fn check_version(client: &Client, address: &str) -> Result<(), ConnectError> {
    let found = client.server_info().version;
    if !client.is_server_compatible(2, 12, 0) {
        return Err(ConnectError::OldServer { address: address.to_owned(), found, least: VERSION_MIN });
    }
    let (major, minor, patch) = VERSION_SOUND;
    if !client.is_server_compatible(major, minor, patch) {
        warn!(%found, "this NATS server has known weaknesses; take 2.12.7, 2.14.0 or newer");
    }
    Ok(())
}

fn tell(event: &Event) {
    match event {
        Event::Connected => info!("connected with NATS"),
        Event::SlowConsumer(_) => metrics::counter!("portal_bus_overruns_total").increment(1),
        event => warn!(%event, "NATS"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_162_an_address_is_told_without_its_password() {
        assert_eq!(without_user("nats://me:se@cret@host:4222"), "nats://host:4222");
        assert_eq!(without_user("tls://a:1, tok@b:2"), "tls://a:1,nats://b:2");
        assert!(servers("nats://[", "nats://[").is_err());
    }
}
