//! A delivery: one authentic message from outside, as its bytes came. Stream `delivery-{connection}.{digest}`.
//!
//! Where the sender signs an id, the digest is made of that id, so the stream's name alone keeps a second copy out for
//! ever. A sender that signs only a body may send the same bytes twice and mean it twice (a record deleted, restored
//! and deleted again); those get a digest of chance, and nothing is ever dropped.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::events;
use crate::ids::{ConnectionId, QuarantineId, ReceiptId};

/// Length of the part of a receipt that tells a connection's deliveries apart.
pub const DIGEST_CHARS: usize = 26;
/// Digits of a place in the quarantine.
const PLACE_DIGITS: usize = 10;

/// How far the content of a delivery may be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Signed with an id and a time: what it says counts.
    Signed,
    /// Only the body is signed; it may be a repeat. It says what to look at, no more.
    BodySigned,
    /// Whoever knows the address sent it. A hint to look, nothing of it is believed.
    Hint,
    /// Signed, but too old; a person let it in.
    Released,
}

impl Verdict {
    pub fn word(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::BodySigned => "body-signed",
            Self::Hint => "hint",
            Self::Released => "released",
        }
    }
}

/// What is known of a delivery beside its bytes, which are the event's sealed body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryReceived {
    /// The mode of the endpoint at that time.
    pub mode: String,
    pub verdict: Verdict,
    /// Digest of the bytes as they came.
    pub digest: String,
    pub bytes: u64,
    /// The headers that are worth keeping.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Number of the secret that fitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<u64>,
}

events! {
    /// Facts about one delivery.
    DeliveryEvent {
        "delivery.received" => Received(DeliveryReceived),
    }
}

/// Why a delivery was kept aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// No signature at all, or one that cannot be read. Never let in.
    Unsigned,
    /// No signature fits. Never let in.
    Mismatch,
    /// Rightly signed, but its time is too far from ours. An operator may let it in.
    Stale,
    /// Rightly signed, with the id of another delivery and other content. Never let in.
    OtherContent,
}

impl Reason {
    pub fn word(self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Mismatch => "mismatch",
            Self::Stale => "stale",
            Self::OtherContent => "other-content",
        }
    }
}

/// A delivery that was not let in. Its bytes, where they are kept, are the event's sealed body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineKept {
    pub reason: Reason,
    /// The receipt it would have had, where its id is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<ReceiptId>,
    pub mode: String,
    pub digest: String,
    pub bytes: u64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<u64>,
    /// Refusals since the last entry that were only counted, by reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counted: BTreeMap<String, u64>,
}

events! {
    /// What was kept out at one connection's door; stream `quarantine-{connection}`.
    QuarantineEvent {
        "quarantine.kept" => Kept(QuarantineKept),
    }
}

/// The id of a delivery's stream: `{connection}.{digest}`.
pub fn path(connection: &ConnectionId, digest: &str) -> String {
    format!("{connection}.{digest}")
}

/// The connection of a delivery's stream.
pub fn connection_of(path: &str) -> Option<ConnectionId> {
    ConnectionId::parse(path.split_once('.')?.0).ok()
}

/// The receipt of a delivery's stream.
pub fn receipt_of(path: &str) -> Option<ReceiptId> {
    let (connection, digest) = path.split_once('.')?;
    ReceiptId::parse(&format!("rc_{}{digest}", connection.strip_prefix("cn_")?)).ok()
}

/// The stream id behind a receipt.
pub fn path_of(receipt: &ReceiptId) -> Option<String> {
    let text = receipt.as_str().strip_prefix("rc_")?;
    let (connection, digest) = text.split_at_checked(text.len().checked_sub(DIGEST_CHARS)?)?;
    Some(path(&ConnectionId::parse(&format!("cn_{connection}")).ok()?, digest))
}

/// The id of an entry in a connection's quarantine.
pub fn quarantine_id(connection: &ConnectionId, place: u64) -> QuarantineId {
    let random = connection.as_str().trim_start_matches("cn_");
    QuarantineId::new(&format!("{random}{place:0PLACE_DIGITS$}"))
}

/// The connection and place behind the id of an entry.
pub fn quarantine_place(id: &QuarantineId) -> Option<(ConnectionId, u64)> {
    let text = id.as_str().strip_prefix("qn_")?;
    let (connection, place) = text.split_at_checked(text.len().checked_sub(PLACE_DIGITS)?)?;
    Some((ConnectionId::parse(&format!("cn_{connection}")).ok()?, place.parse().ok()?))
}

/// Whose key seals the bytes of deliveries. Nobody knows yet whom they speak of, so a connection's deliveries of one
/// day share a key; destroying it erases them all.
pub fn subject(connection: &ConnectionId, day: NaiveDate) -> String {
    format!("{}{day}", subject_prefix(connection))
}

/// What the keys of all days of a connection begin with.
pub fn subject_prefix(connection: &ConnectionId) -> String {
    format!("{connection}.deliveries.")
}

/// All keys that a day may have: a clock that was set back to a day whose key is destroyed gives it a second one.
pub fn subjects(connection: &ConnectionId, day: NaiveDate) -> [String; 2] {
    let first = subject(connection, day);
    let again = format!("{first}.again");
    [first, again]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_leads_back_to_its_stream() {
        let connection = ConnectionId::new("0abc");
        let path = path(&connection, &"z".repeat(DIGEST_CHARS));
        let receipt = receipt_of(&path).unwrap();
        assert_eq!(path_of(&receipt), Some(path.clone()));
        assert_eq!(connection_of(&path), Some(connection.clone()));
        for short in ["rc_0abc", "rc_zzzzzzzzzzzzzzzzzzzzzzzzzz"] {
            assert_eq!(path_of(&ReceiptId::parse(short).unwrap()), None);
        }
        let id = quarantine_id(&connection, 7);
        assert_eq!(quarantine_place(&id), Some((connection, 7)));
        assert_eq!(quarantine_place(&QuarantineId::parse("qn_1").unwrap()), None);
    }
}
