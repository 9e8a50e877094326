//! Signatures of messages: Standard Webhooks (<https://www.standardwebhooks.com>), and MACs over a body alone, as
//! WooCommerce and many others send them. The destination signs with it, the ingest verifies.

mod body;
mod entities;
mod standard;

pub use body::{BodyKey, capability_fits};
pub use entities::decode_entities;
pub use standard::{
    SIGNATURES_MAX, SignedHeaders, SignedRequest, SigningKey, TOLERANCE_SECONDS, VerifyingKey, verify,
};

use domain::ids::ConnectionId;
use engine::ports::SecretSlot;

/// Least and most bytes of a secret that somebody brings along.
pub const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=256;

/// Webhook secrets are never sent anywhere, so their place in the vault is bound to no real origin.
pub const WEBHOOK_ORIGIN: &str = "hooks:";

/// Where the vault keeps one secret of a connection's endpoint.
pub fn webhook_slot(connection: &ConnectionId, slot: &str) -> SecretSlot {
    SecretSlot {
        owner: connection.to_string(),
        purpose: format!("webhook.{slot}"),
        origin: WEBHOOK_ORIGIN.to_owned(),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the secret does not fit its use")]
    Secret,
    #[error("a signature header is missing")]
    Missing,
    #[error("a signature header is doubled, too long, or has an id with a dot")]
    Headers,
    #[error("the timestamp is not a number of seconds")]
    Timestamp,
    /// Signed rightly, but too long ago or in the future. The number of the key that fits.
    #[error("the timestamp is more than five minutes away from now")]
    Stale(usize),
    #[error("no signature fits")]
    Mismatch,
}

#[cfg(test)]
mod tests;
