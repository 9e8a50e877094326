//! Which IP addresses belong to the public Internet. Decided on numbers, after every IPv4-in-IPv6 form is unwrapped.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address is not public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocked {
    ThisNetwork,
    Loopback,
    Private,
    /// Carrier-grade NAT, 100.64.0.0/10.
    Shared,
    LinkLocal,
    /// Where clouds hand out credentials. No allow rule opens it.
    Metadata,
    Documentation,
    Benchmark,
    Multicast,
    Broadcast,
    Reserved,
    /// 6to4, Teredo and local NAT64: the packet's real target cannot be judged from here.
    Tunnel,
}

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ThisNetwork => "an address without a host (0.0.0.0/8)",
            Self::Loopback => "this machine itself (loopback)",
            Self::Private => "a private network",
            Self::Shared => "a provider's internal network (100.64.0.0/10)",
            Self::LinkLocal => "a link-local address",
            Self::Metadata => "a cloud's metadata service",
            Self::Documentation => "a range for documentation",
            Self::Benchmark => "a range for benchmarks",
            Self::Multicast => "a multicast address",
            Self::Broadcast => "the broadcast address",
            Self::Reserved => "a reserved range",
            Self::Tunnel => "a tunnel (6to4, Teredo or local NAT64)",
        })
    }
}

/// The address a packet ends at: IPv4 wrapped into IPv6 (mapped, compatible, translated, NAT64) becomes IPv4.
pub fn unwrapped(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    match v6.segments() {
        // `::` and `::1` are addresses of their own, not IPv4 ones.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => address,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            IpAddr::V4(Ipv4Addr::new(a, b, c, d))
        }
        _ => address,
    }
}

/// `None` for a public address. Expects an unwrapped one.
pub fn blocked(address: IpAddr) -> Option<Blocked> {
    match address {
        IpAddr::V4(v4) => blocked_v4(v4),
        IpAddr::V6(v6) => blocked_v6(v6),
    }
}

fn blocked_v4(address: Ipv4Addr) -> Option<Blocked> {
    Some(match address.octets() {
        [169, 254, 169, 254] | [100, 100, 100, 200] | [192, 0, 0, 192] => Blocked::Metadata,
        [0, ..] => Blocked::ThisNetwork,
        [127, ..] => Blocked::Loopback,
        [10, ..] | [192, 168, ..] | [172, 16..=31, ..] => Blocked::Private,
        [100, 64..=127, ..] => Blocked::Shared,
        [169, 254, ..] => Blocked::LinkLocal,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Blocked::Documentation,
        [198, 18 | 19, ..] => Blocked::Benchmark,
        [192, 88, 99, _] => Blocked::Tunnel,
        [255, 255, 255, 255] => Blocked::Broadcast,
        [224..=239, ..] => Blocked::Multicast,
        [192, 0, 0, _] | [240..=255, ..] => Blocked::Reserved,
        _ => return None,
    })
}

fn blocked_v6(address: Ipv6Addr) -> Option<Blocked> {
    Some(match address.segments() {
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] => Blocked::Metadata,
        [0, 0, 0, 0, 0, 0, 0, 0] => Blocked::ThisNetwork,
        [0, 0, 0, 0, 0, 0, 0, 1] => Blocked::Loopback,
        [0xfc00..=0xfdff, ..] => Blocked::Private,
        [0xfe80..=0xfebf, ..] => Blocked::LinkLocal,
        [0xff00..=0xffff, ..] => Blocked::Multicast,
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Blocked::Documentation,
        [0x2001, 2, 0, ..] => Blocked::Benchmark,
        [0x2002, ..] | [0x2001, 0, ..] | [0x64, 0xff9b, 1, ..] => Blocked::Tunnel,
        [0x2001, 1..=0x1ff, ..] => Blocked::Reserved,
        [0x2000..=0x3fff, ..] => return None,
        _ => Blocked::Reserved,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> Option<Blocked> {
        blocked(unwrapped(text.parse().unwrap()))
    }

    #[test]
    fn bad_input_082_ipv4_in_ipv6_is_unwrapped_before_it_is_judged() {
        for text in ["::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "0:0:0:0:0:ffff:7f00:0001"] {
            assert_eq!(verdict(text), Some(Blocked::Loopback), "{text}");
        }
        assert_eq!(verdict("::"), Some(Blocked::ThisNetwork));
        assert_eq!(verdict("::ffff:0:10.0.0.1"), Some(Blocked::Private));
    }

    #[test]
    fn bad_input_083_tunnels_and_special_ranges_are_blocked_but_nat64_of_a_public_address_works() {
        for (text, kind) in [
            ("64:ff9b::7f00:1", Blocked::Loopback),
            ("64:ff9b:1::808:808", Blocked::Tunnel),
            ("2002:7f00:1::", Blocked::Tunnel),
            ("2001:0:4136:e378::1", Blocked::Tunnel),
            ("fc00::1", Blocked::Private),
            ("fdff::1", Blocked::Private),
            ("fe80::1", Blocked::LinkLocal),
            ("febf::1", Blocked::LinkLocal),
            ("fec0::1", Blocked::Reserved),
            ("ff02::1", Blocked::Multicast),
            ("224.0.0.1", Blocked::Multicast),
            ("2001:db8::1", Blocked::Documentation),
            ("3fff::1", Blocked::Documentation),
            ("192.0.2.1", Blocked::Documentation),
            ("198.51.100.7", Blocked::Documentation),
            ("203.0.113.7", Blocked::Documentation),
            ("198.18.0.1", Blocked::Benchmark),
            ("255.255.255.255", Blocked::Broadcast),
            ("240.0.0.1", Blocked::Reserved),
        ] {
            assert_eq!(verdict(text), Some(kind), "{text}");
        }
        for text in ["64:ff9b::808:808", "8.8.8.8", "2606:4700::1111", "172.32.0.1", "100.128.0.1"] {
            assert_eq!(verdict(text), None, "{text}");
        }
    }

    #[test]
    fn bad_input_084_metadata_and_shared_addresses_are_blocked() {
        for text in ["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "::ffff:169.254.169.254"] {
            assert_eq!(verdict(text), Some(Blocked::Metadata), "{text}");
        }
        assert_eq!(verdict("100.64.0.1"), Some(Blocked::Shared));
        assert_eq!(verdict("169.254.1.1"), Some(Blocked::LinkLocal));
    }
}
