//! What the operator decides about outgoing calls, in the configuration file and never through the API.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use ipnet::IpNet;

/// Longest list of allow rules.
const RULES_MAX: usize = 256;

/// Opens one range of inner addresses, perhaps only under one name, perhaps only one port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowRule {
    /// Without a name the rule holds for every host that resolves into the range.
    pub name: Option<String>,
    pub cidr: IpNet,
    /// Without a port any but the ones that never speak HTTP.
    pub port: Option<u16>,
}

impl AllowRule {
    /// Does the rule open this host at this address? `address` is unwrapped; `::1` counts as 127.0.0.1, because
    /// `localhost` is both.
    pub fn covers(&self, host: &str, address: IpAddr) -> bool {
        let address = match address {
            IpAddr::V6(v6) if v6.is_loopback() && matches!(self.cidr, IpNet::V4(_)) => {
                IpAddr::V4(Ipv4Addr::LOCALHOST)
            }
            other => other,
        };
        self.names(host) && self.cidr.contains(&address)
    }

    pub fn names(&self, host: &str) -> bool {
        self.name.as_deref().is_none_or(|name| name == host)
    }
}

#[derive(Clone, Debug)]
pub struct EgressConfig {
    pub allow: Vec<AllowRule>,
    /// Names the product and where to ask about it.
    pub user_agent: String,
    /// Largest decoded answer, in bytes.
    pub body_max: usize,
    pub lookup_timeout: Duration,
    pub connect_timeout: Duration,
    /// Longest silence in the middle of an answer.
    pub idle_timeout: Duration,
    /// From the first byte asked to the last one read.
    pub total_timeout: Duration,
    /// Certificate authorities to trust besides the system's, DER.
    pub extra_roots: Vec<Vec<u8>>,
}

impl Default for EgressConfig {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            user_agent: concat!("Portal-Integrations/", env!("CARGO_PKG_VERSION")).to_owned(),
            body_max: 32 << 20,
            lookup_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(20),
            total_timeout: Duration::from_mins(1),
            extra_roots: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "allow rule `{rule}`: {reason}; write `10.1.0.0/16`, `10.1.0.0/16:8443` or `intranet.example=10.1.0.0/16`"
)]
pub struct AllowRuleError {
    pub rule: String,
    pub reason: &'static str,
}

impl EgressConfig {
    /// Reads rules like `127.0.0.0/8,10.1.0.0/16:8443,intranet.example=10.2.0.0/16,[fd00::/8]:8443`.
    pub fn parse_allow(text: &str) -> Result<Vec<AllowRule>, AllowRuleError> {
        let rules: Vec<&str> = text.split(',').map(str::trim).filter(|rule| !rule.is_empty()).collect();
        if rules.len() > RULES_MAX {
            return Err(AllowRuleError { rule: format!("{} rules", rules.len()), reason: "at most 256" });
        }
        rules.into_iter().map(parse_rule).collect()
    }
}

fn parse_rule(text: &str) -> Result<AllowRule, AllowRuleError> {
    let refuse = |reason| AllowRuleError { rule: text.to_owned(), reason };
    let (name, range) = match text.split_once('=') {
        Some((name, range)) => (Some(name.trim().trim_end_matches('.').to_lowercase()), range.trim()),
        None => (None, text),
    };
    if name.as_deref().is_some_and(|name| name.is_empty() || name.contains(['*', '/', ':', ' '])) {
        return Err(refuse("the name must be one exact host name"));
    }
    let (range, port) = split_port(range).ok_or_else(|| refuse("the port must be 1 to 65535"))?;
    let cidr = match range.parse::<IpNet>() {
        Ok(cidr) => cidr,
        Err(_) => range
            .parse::<IpAddr>()
            .map(IpNet::from)
            .map_err(|_| refuse("the range must be an address or a CIDR"))?,
    };
    let widest = if matches!(cidr, IpNet::V4(_)) { 8 } else { 7 };
    if cidr.prefix_len() < widest {
        return Err(refuse("the range is too wide: it would open the whole network"));
    }
    Ok(AllowRule { name, cidr, port })
}

/// `10.0.0.0/8:443` and `[fd00::/8]:443`; a bare IPv6 range has colons of its own.
fn split_port(range: &str) -> Option<(&str, Option<u16>)> {
    let port = |text: &str| text.parse::<u16>().ok().filter(|port| *port != 0);
    if let Some(rest) = range.strip_prefix('[') {
        return match rest.split_once(']')? {
            (range, "") => Some((range, None)),
            (range, tail) => Some((range, Some(port(tail.strip_prefix(':')?)?))),
        };
    }
    match range.split_once(':') {
        Some((before, after)) if before.contains('.') => Some((before, Some(port(after)?))),
        _ => Some((range, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_with_names_ports_and_ipv6() {
        let rules = EgressConfig::parse_allow(
            "127.0.0.0/8, 10.1.0.0/16:8443,Intranet.Example=10.2.0.0/16,[fd00::/8]:8443,fd01::/16,10.0.0.7",
        )
        .unwrap();
        assert_eq!(rules.len(), 6);
        assert_eq!(rules[1].port, Some(8443));
        assert_eq!(rules[2].name.as_deref(), Some("intranet.example"));
        assert_eq!(rules[3].port, Some(8443));
        assert_eq!(rules[4].port, None);
        assert_eq!(rules[5].cidr.prefix_len(), 32);
        assert!(EgressConfig::parse_allow(" ").unwrap().is_empty());
        assert!(rules[0].covers("localhost", "::1".parse().unwrap()));
    }

    #[test]
    fn bad_input_093_a_rule_for_everything_is_refused() {
        for bad in [
            "0.0.0.0/0",
            "::/0",
            "0.0.0.0/1",
            "*=10.0.0.0/8",
            "10.0.0.0/8:0",
            "10.0.0.0/8:65536",
            "10.0.0.0/33",
            "=10.0.0.0/8",
            "intranet",
        ] {
            assert!(EgressConfig::parse_allow(bad).is_err(), "{bad}");
        }
    }
}
