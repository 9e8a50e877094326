//! What can happen to the address at which a connection's messages come in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::events;

/// How senders prove who they are. There is no mode without a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Mode {
    /// `webhook-id`, `webhook-timestamp`, `webhook-signature`: <https://www.standardwebhooks.com>.
    StandardWebhooks {},
    /// `x-wc-webhook-signature` over the body alone.
    #[serde(rename = "woocommerce")]
    WooCommerce {
        #[serde(default)]
        algorithm: Algorithm,
    },
    /// A MAC over the body alone, in a header that the sender names.
    HmacBody {
        header: String,
        #[serde(default)]
        algorithm: Algorithm,
        #[serde(default)]
        encoding: Encoding,
        /// What stands before the MAC: `sha256=`.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        prefix: String,
    },
    /// The secret is in the address. Nothing that is sent there is believed; it only says when to look.
    CapabilityUrl {},
}

impl Mode {
    pub fn word(&self) -> &'static str {
        match self {
            Self::StandardWebhooks {} => "standard-webhooks",
            Self::WooCommerce { .. } => "woocommerce",
            Self::HmacBody { .. } => "hmac-body",
            Self::CapabilityUrl {} => "capability-url",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    #[default]
    Sha256,
    Sha512,
    /// Only for shops that a filter has set to it.
    Sha1,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    #[default]
    Base64,
    Hex,
}

/// A secret as far as it may be seen. The secret itself is in the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretLine {
    /// Counted from 1, never used again.
    pub number: u64,
    pub fingerprint: String,
    /// Its place in the vault.
    pub slot: String,
    /// Until when it is accepted; absent for the newest one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointOpened {
    pub mode: Mode,
    /// The first secret.
    pub secret: SecretLine,
}

/// A new secret; the one before it is accepted until the overlap ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretRotated {
    pub secret: SecretLine,
    pub overlap_until: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretRevoked {
    pub number: u64,
    pub reason: String,
}

/// The sender will introduce itself: with a ping or a challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandshakeAwaited {}

/// A first authentic delivery came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointConfirmed {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointClosed {
    pub reason: String,
}

events! {
    /// Facts about the endpoint of one connection; stream `endpoint-{connection}`.
    EndpointEvent {
        "endpoint.opened" => Opened(EndpointOpened),
        "endpoint.secret-rotated" => SecretRotated(SecretRotated),
        "endpoint.secret-revoked" => SecretRevoked(SecretRevoked),
        "endpoint.handshake-awaited" => HandshakeAwaited(HandshakeAwaited),
        "endpoint.confirmed" => Confirmed(EndpointConfirmed),
        "endpoint.closed" => Closed(EndpointClosed),
    }
}
