//! Which subject an event is published on.

use std::fmt::Write as _;

use engine::{StreamName, hash};

/// `{prefix}.{partition}.{category}`.
pub fn subject(prefix: &str, partitions: u16, stream: &StreamName) -> String {
    format!("{prefix}.{}.{}", partition(partitions, stream), token(stream.category()))
}

/// Spread by what stands before the first dot of the stream's id: `delivery-cn_a.…` and `record-cn_a.posts.7` belong to
/// the connection `cn_a`, so everything that was heard from one site lies in one partition, in order.
pub fn partition(partitions: u16, stream: &StreamName) -> u16 {
    let owner = stream.id().split('.').next().unwrap_or_default();
    let place = hash::number(&[owner]) % u64::from(partitions.max(1));
    u16::try_from(place).unwrap_or_default()
}

/// A name as one token of a subject: what NATS gives a meaning to is written `=` and its hexadecimal number.
pub fn token(name: &str) -> String {
    let mut token = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' {
            token.push(char::from(byte));
        } else {
            let _ = write!(token, "={byte:02x}");
        }
    }
    if token.is_empty() { "=".to_owned() } else { token }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_a_connection_is_in_one_partition() {
        let of = |name: &str| partition(16, &StreamName::from_stored(name));
        assert_eq!(of("delivery-cn_a.0f"), of("record-cn_a.posts.7"));
        assert_eq!(of("delivery-cn_a.0f"), of("connection-cn_a"));
        let partitions: std::collections::BTreeSet<_> =
            (0..400).map(|number| of(&format!("run-rn_{number}"))).collect();
        assert_eq!(partitions.len(), 16, "all are used");
    }

    #[test]
    fn bad_input_162_no_name_breaks_out_of_its_token() {
        assert_eq!(token("record"), "record");
        assert_eq!(token("a.b*c>d e\r\nü"), "a=2eb=2ac=3ed=20e=0d=0a=c3=bc");
        assert_eq!(token(""), "=");
    }
}
