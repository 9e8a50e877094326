//! Configuration: read once, checked whole, then a value that never changes.

#[cfg(feature = "cluster")]
pub mod cluster;
pub mod settings;
pub mod sources;
pub mod values;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
#[cfg(feature = "cluster")]
use std::sync::Arc;
use std::time::Duration;

use app_sdk::egress::{AllowRule, EgressConfig};
use engine::ports::Secret;
use ipnet::IpNet;
use projector::WatchPace;
use sources::{Given, SettingArgs};
use tracing::level_filters::LevelFilter;

/// Why the configuration is refused: one sentence that says what to do. Exit code 78.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError(pub String);

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// Bounds of the listener.
#[derive(Clone, Debug)]
pub struct Limits {
    pub connections: usize,
    pub connections_per_ip: usize,
    pub body_bytes: u64,
    pub header_bytes: usize,
    pub header_time: Duration,
    pub body_time: Duration,
    pub write_time: Duration,
    pub drain_time: Duration,
}

/// On what an installation stands.
#[derive(Clone)]
pub enum Profile {
    Embedded,
    #[cfg(feature = "cluster")]
    Cluster(Arc<cluster::Settings>),
}

impl Profile {
    pub fn is_cluster(&self) -> bool {
        !matches!(self, Self::Embedded)
    }
}

#[derive(Clone)]
pub struct Config {
    pub profile: Profile,
    pub data: PathBuf,
    pub listen: SocketAddr,
    pub public_url: Option<url::Url>,
    pub egress_allow: Vec<AllowRule>,
    pub key_file: Option<PathBuf>,
    /// The key itself, from the environment.
    pub key: Option<Secret>,
    pub trusted_proxies: Vec<IpNet>,
    pub log_format: LogFormat,
    /// What was asked for; each command has a usual level of its own.
    pub log: Option<LevelFilter>,
    pub limits: Limits,
    /// How often to look at what is watched; the app decides where it is absent.
    pub watch: WatchPace,
    /// How long the bytes of deliveries are kept.
    pub keep_deliveries_days: u64,
    /// Where traces are sent.
    pub trace_url: Option<url::Url>,
    pub metrics_public: bool,
    pub ready_lag: u64,
    pub disk_reserve: u64,
}

/// Flags, environment and file together, checked.
pub fn load(args: SettingArgs) -> Result<Config, ConfigError> {
    let reader = Reader(args.with_file()?);
    let key = std::env::var_os(settings::KEY_ENV).map(key_of).transpose()?;
    let key_file = reader.optional("key_file", |text| Ok(PathBuf::from(text)))?;
    if key.is_some() && key_file.is_some() {
        return Err(ConfigError("both PORTAL_KEY and a key file are given; keep one of them".to_owned()));
    }
    Ok(Config {
        profile: profile(&reader)?,
        data: reader.read("data", |text| Ok(PathBuf::from(text)))?,
        listen: reader.read("listen", |text| {
            text.parse().map_err(|_| "write an address and a port, such as 127.0.0.1:8080".to_owned())
        })?,
        public_url: reader.optional("public_url", public_url)?,
        egress_allow: reader
            .optional("egress_allow", |text| {
                EgressConfig::parse_allow(text).map_err(|error| error.to_string())
            })?
            .unwrap_or_default(),
        key_file,
        key,
        trusted_proxies: reader.optional("trusted_proxies", values::networks)?.unwrap_or_default(),
        log_format: reader.read("log_format", |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("write text or json".to_owned()),
        })?,
        log: reader.optional("log", |text| {
            text.parse().map_err(|_| "write error, warn, info, debug or trace".to_owned())
        })?,
        limits: limits(&reader)?,
        watch: WatchPace {
            ask: reader.optional("watch_every", values::time)?,
            sweep: reader.optional("sweep_every", values::time)?,
            ..WatchPace::default()
        },
        keep_deliveries_days: reader.read("keep_deliveries", values::days)?,
        trace_url: reader.optional("trace_url", trace_url)?,
        metrics_public: reader.read("metrics_public", values::yes)?,
        ready_lag: reader.read("ready_lag", values::count)?,
        disk_reserve: reader.read("disk_reserve", values::size)?,
    })
}

fn profile(reader: &Reader) -> Result<Profile, ConfigError> {
    let is_cluster = reader.read("profile", |text| match text {
        "embedded" => Ok(false),
        "cluster" if cfg!(feature = "cluster") => Ok(true),
        "cluster" => {
            Err("this build has only the embedded profile; build with --features cluster".to_owned())
        }
        _ => Err("write embedded or cluster".to_owned()),
    })?;
    match is_cluster {
        #[cfg(feature = "cluster")]
        true => Ok(Profile::Cluster(Arc::new(cluster::read(reader)?))),
        _ => Ok(Profile::Embedded),
    }
}

fn trace_url(text: &str) -> Result<url::Url, String> {
    let url = url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or_else(|| "write the collector's address, such as http://127.0.0.1:4318/v1/traces".to_owned())
}

fn limits(reader: &Reader) -> Result<Limits, ConfigError> {
    let small = |text: &str| {
        let n = values::count(text)?;
        usize::try_from(n).ok().filter(|n| *n <= 100_000).ok_or_else(|| "choose at most 100000".to_owned())
    };
    Ok(Limits {
        connections: reader.read("max_connections", small)?,
        connections_per_ip: reader.read("max_connections_per_ip", small)?,
        body_bytes: reader.read("body_limit", |text| {
            let size = values::size(text)?;
            if size <= 64 << 20 { Ok(size) } else { Err("choose at most 64MiB".to_owned()) }
        })?,
        header_bytes: reader.read("header_limit", |text| {
            let size = values::size(text)?;
            if (8 << 10..=1 << 20).contains(&size) {
                Ok(usize::try_from(size).expect("a size up to 1 MiB fits"))
            } else {
                Err("choose 8KiB to 1MiB".to_owned())
            }
        })?,
        header_time: reader.read("header_timeout", values::time)?,
        body_time: reader.read("body_timeout", values::time)?,
        write_time: reader.read("write_timeout", values::time)?,
        drain_time: reader.read("drain_timeout", values::time)?,
    })
}

/// An http(s) origin without anything a browser would not keep.
fn public_url(text: &str) -> Result<url::Url, String> {
    let url =
        url::Url::parse(text).map_err(|_| "write a full URL, such as https://portal.example".to_owned())?;
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && plain && url.fragment().is_none() {
        Ok(url)
    } else {
        Err("write an http or https URL without user, query or fragment".to_owned())
    }
}

fn key_of(text: std::ffi::OsString) -> Result<Secret, ConfigError> {
    let text = text.into_string().map_err(|_| ConfigError("PORTAL_KEY is not readable text".to_owned()))?;
    if text.trim() != text || text.is_empty() {
        return Err(ConfigError(
            "PORTAL_KEY is empty or has white space or a line break around it; set exactly the key"
                .to_owned(),
        ));
    }
    Ok(Secret::new(text))
}

/// What is given of each setting, as text.
pub struct Reader(BTreeMap<&'static str, Given>);

impl Reader {
    fn optional<T>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(given) = self.0.get(name) else { return Ok(None) };
        if given.text.chars().any(char::is_control) {
            return Err(ConfigError(format!(
                "{} holds a control character; write it on one line",
                given.place
            )));
        }
        if given.text.is_empty() {
            return Ok(None);
        }
        parse(&given.text).map(Some).map_err(|hint| {
            ConfigError(format!("{} is `{}`, which makes no sense: {hint}", given.place, given.text))
        })
    }

    fn read<T>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        self.optional(name, parse)?.ok_or_else(|| {
            ConfigError(format!("the setting {name} is empty; give it a value or leave it out"))
        })
    }
}
