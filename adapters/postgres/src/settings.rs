//! Where the database is, and how it is spoken to.

use std::path::PathBuf;
use std::time::Duration;

use engine::ports::Secret;
use tokio_postgres::Config;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};

use crate::open_error::OpenError;

/// Fewer cannot fold: one connection holds the turn, others read and answer meanwhile.
const CONNECTIONS_MIN: usize = 3;
const SCHEMA_BYTES_MAX: usize = 40;
const KEEPALIVE: Duration = Duration::from_secs(15);

#[derive(Clone)]
pub struct PostgresSettings {
    /// `postgres://user:password@host:5432/database`; several hosts with commas between them.
    pub url: Secret,
    pub tls: Tls,
    /// The schema that holds everything of one installation.
    pub schema: String,
    /// Most connections that this process opens.
    pub connections_max: usize,
    pub connect_timeout: Duration,
    /// After this long the server gives a statement up. Folding anew, digests and scrubbing have no bound.
    pub statement_timeout: Duration,
}

impl PostgresSettings {
    pub fn new(url: Secret) -> Self {
        Self {
            url,
            tls: Tls::default(),
            schema: "portal_integrations".to_owned(),
            connections_max: 8,
            connect_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Tls {
    pub mode: TlsMode,
    /// Certificates (PEM) that may vouch for the server, in the place of the system's.
    pub ca: Option<PathBuf>,
    /// Our certificate chain and its key (PEM).
    pub client: Option<(PathBuf, PathBuf)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TlsMode {
    /// Nothing is encrypted: for a socket or a machine's own network.
    #[default]
    Disable,
    /// Encrypted, but whoever answers is believed.
    Require,
    /// Encrypted, and the server's certificate and name are verified.
    Verify,
}

/// Reads the settings into what the driver wants.
pub(crate) fn driver_config(settings: &PostgresSettings) -> Result<Config, OpenError> {
    let url = settings.url.expose();
    // The driver's own words may repeat the password.
    let mut config: Config = url.parse().map_err(|_| OpenError::Address)?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(OpenError::Address);
    }
    if config.get_ssl_mode() != SslMode::Prefer || url.contains("sslmode") {
        return Err(OpenError::Setting(
            "the address of the database says sslmode; remove it there and choose with the setting for TLS"
                .into(),
        ));
    }
    if settings.connections_max < CONNECTIONS_MIN {
        return Err(OpenError::Setting(format!(
            "{} connections to the database are too few; allow {CONNECTIONS_MIN} or more",
            settings.connections_max
        )));
    }
    check_schema(&settings.schema)?;
    let of_ours = format!(
        "-c search_path={} -c statement_timeout={} -c default_transaction_isolation=read\\ committed \
         -c idle_in_transaction_session_timeout=60000 -c client_min_messages=warning",
        settings.schema,
        settings.statement_timeout.as_millis()
    );
    let options = match config.get_options() {
        Some(given) => format!("{given} {of_ours}"),
        None => of_ours,
    };
    config
        .options(options)
        .ssl_mode(if settings.tls.mode == TlsMode::Disable { SslMode::Disable } else { SslMode::Require })
        .connect_timeout(settings.connect_timeout)
        .keepalives_idle(KEEPALIVE)
        .target_session_attrs(TargetSessionAttrs::ReadWrite);
    if config.get_application_name().is_none() {
        config.application_name("portal-integrations");
    }
    Ok(config)
}

/// It becomes part of statements, so it is a plain name.
fn check_schema(name: &str) -> Result<(), OpenError> {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !name.starts_with("pg_");
    if plain && name.len() <= SCHEMA_BYTES_MAX {
        return Ok(());
    }
    Err(OpenError::Setting(format!(
        "{name:?} cannot name the schema: use up to {SCHEMA_BYTES_MAX} of a-z, 0-9 and _, beginning with a letter"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str) -> PostgresSettings {
        PostgresSettings::new(Secret::new(url.to_owned()))
    }

    #[test]
    fn bad_input_167_an_address_that_is_none_is_refused_without_repeating_it() {
        for url in ["", "postgres://", "http://u:hunter2@h/d", "postgres://u:hunter2@h:99999/d", "hunter2"] {
            let refused = driver_config(&settings(url)).unwrap_err().to_string();
            assert!(refused.contains("postgres://user:password@host"), "{refused}");
            assert!(!refused.contains("hunter2"));
        }
        let doubled = driver_config(&settings("postgres://u@h/d?sslmode=require")).unwrap_err();
        assert!(doubled.to_string().contains("sslmode"));
    }

    #[test]
    fn bad_input_167_other_settings_are_checked() {
        let few = PostgresSettings { connections_max: 2, ..settings("postgres://u@h/d") };
        assert!(driver_config(&few).unwrap_err().to_string().contains("too few"));
        for schema in ["", "Portal", "a b", "a;drop", "pg_x", "1a", &"a".repeat(41)] {
            let named = PostgresSettings { schema: schema.to_owned(), ..settings("postgres://u@h/d") };
            assert!(driver_config(&named).is_err(), "{schema:?}");
        }
        assert!(driver_config(&settings("postgres://u@h,i:5433/d")).is_ok());
    }
}
