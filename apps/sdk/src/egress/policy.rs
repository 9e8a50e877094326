//! Where a call may go: decided on the parsed host, the port and every address the host has.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

use super::address::{Blocked, blocked, unwrapped};
use super::config::AllowRule;

/// Most addresses a name may have before it looks like an attack.
pub const ADDRESSES_MAX: usize = 64;
/// Ports that web sites use.
const WEB_PORTS: [u16; 4] = [80, 443, 8080, 8443];
/// Ports of services that would take HTTP for commands; only a rule that names the port opens one.
const SERVICE_PORTS: [u16; 14] = [0, 20, 21, 22, 23, 25, 110, 143, 2113, 3306, 4222, 5432, 6379, 11211];
/// Names of metadata services, whatever they resolve to.
const METADATA_NAMES: [&str; 4] = ["metadata", "metadata.google.internal", "metadata.goog", "instance-data"];

/// Which rule refused a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("only http and https are spoken, not `{0}`")]
    Scheme(String),
    #[error("the address holds a user name or password")]
    UserInfo,
    #[error("the address has no host")]
    NoHost,
    #[error("port {0} is not one that web sites use")]
    Port(u16),
    #[error("{host} leads to {address}, which is {kind}")]
    Address { host: String, address: IpAddr, kind: Blocked },
    #[error("{0} is a cloud's metadata service")]
    MetadataName(String),
    #[error("`{0}` is a local name without a domain")]
    LocalName(String),
    #[error("{host} has more than 64 addresses")]
    TooManyAddresses { host: String },
    #[error("the connection ended at {0}, which is not where it was sent")]
    OtherPeer(SocketAddr),
    #[error("credentials for {bound} are not sent to {asked}")]
    ForeignOrigin { bound: String, asked: String },
}

impl Refusal {
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Scheme(_) | Self::NoHost => "enter an address like https://example.org",
            Self::UserInfo => {
                "leave the user name and password out of the address; they are asked for separately"
            }
            Self::Port(_) => {
                "use the site's web address, or let the operator add an allow rule with this port"
            }
            Self::Address { kind: Blocked::Metadata, .. } | Self::MetadataName(_) => {
                "use the address of a web site; metadata services are never called"
            }
            Self::Address { .. } => {
                "use a public address, or let the operator allow this network in the configuration (egress allow)"
            }
            Self::LocalName(_) => {
                "use the full name with its domain, or let the operator allow this name in the configuration"
            }
            Self::TooManyAddresses { .. } | Self::OtherPeer(_) => "look at the DNS records of this name",
            Self::ForeignOrigin { .. } => "connect the other address as a connection of its own",
        }
    }
}

/// The parsed target of a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    pub https: bool,
    /// Without a trailing dot; an IPv6 address without brackets.
    pub host: String,
    pub port: u16,
    /// Present when the host is a number.
    pub literal: Option<IpAddr>,
}

/// Reads the target of a URL and refuses what no name lookup can make good.
pub fn target(url: &Url, allow: &[AllowRule]) -> Result<Target, Refusal> {
    let https = match url.scheme() {
        "https" => true,
        "http" => false,
        other => return Err(Refusal::Scheme(other.to_owned())),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::UserInfo);
    }
    let (host, literal) = match url.host().ok_or(Refusal::NoHost)? {
        Host::Ipv4(v4) => (v4.to_string(), Some(IpAddr::V4(v4))),
        Host::Ipv6(v6) => (v6.to_string(), Some(IpAddr::V6(v6))),
        Host::Domain(name) => (name.trim_end_matches('.').to_owned(), None),
    };
    if host.is_empty() {
        return Err(Refusal::NoHost);
    }
    let port = url.port_or_known_default().ok_or(Refusal::Port(0))?;
    if METADATA_NAMES.contains(&host.as_str()) {
        return Err(Refusal::MetadataName(host));
    }
    let named = || allow.iter().any(|rule| rule.name.as_deref() == Some(host.as_str()));
    if literal.is_none() && !host.contains('.') && host != "localhost" && !named() {
        return Err(Refusal::LocalName(host));
    }
    Ok(Target { https, host, port, literal })
}

/// Judges every address of a target; one blocked address refuses all of them.
pub fn judge(target: &Target, addresses: &[IpAddr], allow: &[AllowRule]) -> Result<(), Refusal> {
    if addresses.len() > ADDRESSES_MAX {
        return Err(Refusal::TooManyAddresses { host: target.host.clone() });
    }
    for address in addresses {
        judge_one(target, unwrapped(*address), allow)?;
    }
    Ok(())
}

fn judge_one(target: &Target, address: IpAddr, allow: &[AllowRule]) -> Result<(), Refusal> {
    let kind = blocked(address);
    let refused = |kind| Refusal::Address { host: target.host.clone(), address, kind };
    if kind == Some(Blocked::Metadata) {
        return Err(refused(Blocked::Metadata));
    }
    let mut reachable = kind.is_none();
    let mut port_open = reachable && WEB_PORTS.contains(&target.port);
    for rule in allow.iter().filter(|rule| rule.covers(&target.host, address)) {
        reachable = true;
        port_open |= match rule.port {
            Some(port) => port == target.port,
            None => !SERVICE_PORTS.contains(&target.port),
        };
    }
    match kind {
        Some(kind) if !reachable => Err(refused(kind)),
        _ if !port_open => Err(Refusal::Port(target.port)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
