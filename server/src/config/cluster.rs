//! The settings of the cluster profile, checked, in the form that the adapters want.

use std::path::PathBuf;
use std::time::Duration;

use adapter_kurrent::KurrentSettings;
use adapter_nats::{Credentials, NatsSettings, Refill};
use adapter_postgres::{PostgresSettings, TlsMode};
use engine::ports::Secret;

use super::{ConfigError, Reader, values};
use crate::secrets;

pub struct Settings {
    pub log: KurrentSettings,
    /// Read anew for each connection, because it holds secrets that are not kept twice.
    pub bus: Bus,
    pub database: PostgresSettings,
    pub name: Option<String>,
    pub lease_time: Duration,
}

/// What is said about NATS, with files not yet read.
pub struct Bus {
    url: Secret,
    who: Who,
    tls: adapter_nats::Tls,
    stream: String,
    replicas: usize,
    bytes_max: i64,
    refill: Refill,
}

enum Who {
    Anonymous,
    User(String, PathBuf),
    Token(PathBuf),
    NKey(PathBuf),
    File(PathBuf),
}

pub fn read(reader: &Reader) -> Result<Settings, ConfigError> {
    let log = KurrentSettings {
        url: address(reader, "cluster_log_url", "cluster_log_url_file", "KurrentDB")?,
        deadline: reader.read("cluster_log_deadline", values::time)?,
    };
    Ok(Settings {
        log,
        bus: bus(reader)?,
        database: database(reader)?,
        name: reader.optional("cluster_name", name)?,
        lease_time: reader.read("cluster_lease_time", |text| {
            let time = values::time(text)?;
            if time >= Duration::from_secs(1) { Ok(time) } else { Err("choose 1s or more".to_owned()) }
        })?,
    })
}

impl Bus {
    pub fn address(&self) -> &Secret {
        &self.url
    }

    pub fn settings(&self) -> anyhow::Result<NatsSettings> {
        let secret = |file: &PathBuf, what: &str| secrets::from_file(file, what);
        let credentials = match &self.who {
            Who::Anonymous => Credentials::Anonymous,
            Who::User(user, file) => {
                Credentials::UserAndPassword(user.clone(), secret(file, "the password for NATS")?)
            }
            Who::Token(file) => Credentials::Token(secret(file, "the token for NATS")?),
            Who::NKey(file) => Credentials::NKey(secret(file, "the NKey for NATS")?),
            Who::File(file) => Credentials::File(file.clone()),
        };
        Ok(NatsSettings {
            credentials,
            tls: self.tls.clone(),
            stream: self.stream.clone(),
            replicas: self.replicas,
            bytes_max: self.bytes_max,
            refill: self.refill,
            ..NatsSettings::new(self.url.clone())
        })
    }
}

fn bus(reader: &Reader) -> Result<Bus, ConfigError> {
    let url =
        reader.optional("cluster_bus_url", secret)?.ok_or_else(|| missing("cluster_bus_url", "NATS"))?;
    let tls = adapter_nats::Tls {
        required: reader.read("cluster_bus_tls", values::yes)?,
        authorities: file(reader, "cluster_bus_ca")?,
        certificate: pair(reader, "cluster_bus_certificate", "cluster_bus_certificate_key")?,
    };
    Ok(Bus {
        url,
        who: who(reader)?,
        tls,
        stream: reader.read("cluster_bus_stream", name)?,
        replicas: reader.read("cluster_bus_replicas", |text| match text {
            "1" => Ok(1),
            "3" => Ok(3),
            "5" => Ok(5),
            _ => Err("choose 1, 3 or 5".to_owned()),
        })?,
        bytes_max: reader.read("cluster_bus_size", |text| {
            i64::try_from(values::size(text)?).map_err(|_| "choose a smaller size".to_owned())
        })?,
        refill: reader.read("cluster_bus_refill", |text| match text {
            "all" => Ok(Refill::Everything),
            "new" => Ok(Refill::OnlyNew),
            _ => Err("write all or new".to_owned()),
        })?,
    })
}

fn who(reader: &Reader) -> Result<Who, ConfigError> {
    let user = reader.optional("cluster_bus_user", name)?;
    let password = file(reader, "cluster_bus_password_file")?;
    let mut ways = vec![];
    match (user, password) {
        (Some(user), Some(password)) => ways.push(Who::User(user, password)),
        (None, None) => {}
        _ => {
            return Err(ConfigError(
                "a user at NATS and its password belong together; give both cluster_bus_user and \
                 cluster_bus_password_file"
                    .to_owned(),
            ));
        }
    }
    ways.extend(file(reader, "cluster_bus_token_file")?.map(Who::Token));
    ways.extend(file(reader, "cluster_bus_nkey_file")?.map(Who::NKey));
    ways.extend(file(reader, "cluster_bus_credentials")?.map(Who::File));
    if ways.len() > 1 {
        return Err(ConfigError(
            "several ways to be known at NATS are given; keep one of user, token, NKey and credentials"
                .to_owned(),
        ));
    }
    Ok(ways.pop().unwrap_or(Who::Anonymous))
}

fn database(reader: &Reader) -> Result<PostgresSettings, ConfigError> {
    let url = address(reader, "cluster_database_url", "cluster_database_url_file", "PostgreSQL")?;
    let tls = adapter_postgres::Tls {
        mode: reader.read("cluster_database_tls", |text| match text {
            "disable" => Ok(TlsMode::Disable),
            "require" => Ok(TlsMode::Require),
            "verify" => Ok(TlsMode::Verify),
            _ => Err("write disable, require or verify".to_owned()),
        })?,
        ca: file(reader, "cluster_database_ca")?,
        client: pair(reader, "cluster_database_certificate", "cluster_database_certificate_key")?,
    };
    let connections_max = reader.read("cluster_database_pool", |text| {
        let count = values::count(text)?;
        usize::try_from(count)
            .ok()
            .filter(|n| (3..=1_000).contains(n))
            .ok_or_else(|| "choose 3 to 1000".to_owned())
    })?;
    Ok(PostgresSettings {
        tls,
        schema: reader.read("cluster_database_schema", |text| Ok(text.to_owned()))?,
        connections_max,
        ..PostgresSettings::new(url)
    })
}

/// An address itself, or from a file that holds it.
fn address(
    reader: &Reader,
    direct: &'static str,
    by_file: &'static str,
    what: &str,
) -> Result<Secret, ConfigError> {
    match (reader.optional(direct, secret)?, file(reader, by_file)?) {
        (Some(url), None) => Ok(url),
        (None, Some(file)) => secrets::from_file(&file, &format!("the address of {what}"))
            .map_err(|error| ConfigError(format!("{error:#}"))),
        (Some(_), Some(_)) => {
            Err(ConfigError(format!("both {direct} and {by_file} are given; keep one of them")))
        }
        (None, None) => Err(missing(direct, what)),
    }
}

fn missing(name: &str, what: &str) -> ConfigError {
    let key = name.trim_start_matches("cluster_");
    ConfigError(format!(
        "the cluster profile needs the address of {what}; set {key} below [cluster], or PORTAL_{}",
        name.to_uppercase()
    ))
}

fn pair(
    reader: &Reader,
    certificate: &'static str,
    key: &'static str,
) -> Result<Option<(PathBuf, PathBuf)>, ConfigError> {
    match (file(reader, certificate)?, file(reader, key)?) {
        (Some(certificate), Some(key)) => Ok(Some((certificate, key))),
        (None, None) => Ok(None),
        _ => Err(ConfigError(format!(
            "a certificate and its key belong together; give both {certificate} and {key}"
        ))),
    }
}

fn file(reader: &Reader, name: &'static str) -> Result<Option<PathBuf>, ConfigError> {
    reader.optional(name, |text| Ok(PathBuf::from(text)))
}

#[expect(clippy::unnecessary_wraps, reason = "it stands where settings are parsed")]
fn secret(text: &str) -> Result<Secret, String> {
    Ok(Secret::new(text.to_owned()))
}

/// A name without anything that a server or a lease would read otherwise.
fn name(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if text.len() <= 64 && text.chars().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("use up to 64 letters, digits, `-`, `_` and `.`".to_owned())
    }
}
