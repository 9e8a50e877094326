//! Who is calling. Forwarding headers count only when a configured proxy sent them (bad input 18).

use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

/// Most hops looked at in X-Forwarded-For.
const HOPS_MAX: usize = 16;

/// The caller's address, as far as it can be known; an extension of every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client(pub IpAddr);

pub fn is_trusted(proxies: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    proxies.iter().any(|net| net.contains(&address))
}

/// The last address in X-Forwarded-For that is not one of our proxies; the peer itself where nobody may speak for it.
pub fn client(proxies: &[IpNet], peer: IpAddr, headers: &HeaderMap) -> Client {
    let peer = peer.to_canonical();
    if !is_trusted(proxies, peer) {
        return Client(peer);
    }
    let lines: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    let mut known = peer;
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')).take(HOPS_MAX) {
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        known = address.to_canonical();
        if !is_trusted(proxies, known) {
            break;
        }
    }
    Client(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::values::networks;

    fn seen(proxies: &str, peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        client(&networks(proxies).unwrap(), peer.parse().unwrap(), &headers).0.to_string()
    }

    #[test]
    fn bad_input_018_only_a_configured_proxy_may_name_the_client() {
        assert_eq!(seen("", "192.0.2.1", &["198.51.100.9"]), "192.0.2.1");
        assert_eq!(seen("127.0.0.0/8", "127.0.0.1", &["198.51.100.9"]), "198.51.100.9");
        assert_eq!(seen("127.0.0.0/8", "127.0.0.1", &["1.1.1.1, 198.51.100.9"]), "198.51.100.9");
        assert_eq!(seen("127.0.0.0/8", "127.0.0.1", &["1.1.1.1", "198.51.100.9, 127.0.0.2"]), "198.51.100.9");
        assert_eq!(seen("127.0.0.0/8", "127.0.0.1", &["garbage"]), "127.0.0.1");
        assert_eq!(seen("127.0.0.0/8", "::ffff:127.0.0.1", &["198.51.100.9"]), "198.51.100.9");
    }
}
