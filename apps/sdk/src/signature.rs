//! Standard Webhooks v1: HMAC-SHA256 over `id.timestamp.body`. The destination signs with it, the ingest verifies.
//! <https://www.standardwebhooks.com>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use engine::ports::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Seconds that a timestamp may be off, in both directions.
pub const TOLERANCE_SECONDS: i64 = 300;
/// Longest list of signatures.
pub const SIGNATURES_MAX: usize = 16;
const HEADER_BYTES_MAX: usize = 1 << 10;
const SIGNATURE_BYTES_MAX: usize = 4 << 10;
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the signing secret is not `whsec_` and 24 to 64 bytes of base64")]
    Secret,
    #[error("a signature header is missing, doubled, or too long")]
    Headers,
    #[error("the timestamp is not a number of seconds")]
    Timestamp,
    /// Signed rightly, but too long ago or in the future.
    #[error("the timestamp is more than five minutes away from now")]
    Stale,
    #[error("no signature fits")]
    Mismatch,
}

/// A key, opened for use and wiped afterwards.
pub struct SigningKey(Zeroizing<Vec<u8>>);

impl SigningKey {
    /// Reads `whsec_…`; the prefix may be missing.
    pub fn parse(secret: &Secret) -> Result<Self, SignatureError> {
        let text = secret.expose().trim();
        let key = STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text));
        let key = Zeroizing::new(key.map_err(|_| SignatureError::Secret)?);
        if KEY_BYTES.contains(&key.len()) { Ok(Self(key)) } else { Err(SignatureError::Secret) }
    }

    /// The value of `webhook-signature`. `id` has no dot; `timestamp` is in seconds, of this very attempt.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mac = self.mac(id.as_bytes(), timestamp.to_string().as_bytes(), body).finalize().into_bytes();
        format!("v1,{}", STANDARD.encode(mac))
    }

    fn mac(&self, id: &[u8], timestamp: &[u8], body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        for part in [id, b".", timestamp, b".", body] {
            mac.update(part);
        }
        mac
    }
}

/// The three headers as they came, each with all its values.
#[derive(Clone, Copy, Debug)]
pub struct SignedHeaders<'a> {
    pub id: &'a [&'a [u8]],
    pub timestamp: &'a [&'a [u8]],
    pub signature: &'a [&'a [u8]],
}

/// Verifies a delivery against every live key. `now` is in unix seconds. A stale but rightly signed delivery is told
/// apart, because an operator may release it.
pub fn verify(
    keys: &[SigningKey],
    headers: &SignedHeaders<'_>,
    body: &[u8],
    now: i64,
) -> Result<(), SignatureError> {
    let ([id], [timestamp], [signature]) = (headers.id, headers.timestamp, headers.signature) else {
        return Err(SignatureError::Headers);
    };
    let sized = |value: &[u8], max| !value.is_empty() && value.len() <= max;
    if !sized(id, HEADER_BYTES_MAX)
        || !sized(timestamp, HEADER_BYTES_MAX)
        || !sized(signature, SIGNATURE_BYTES_MAX)
    {
        return Err(SignatureError::Headers);
    }
    let seconds = seconds(timestamp).ok_or(SignatureError::Timestamp)?;
    let items: Vec<&[u8]> = signature
        .split(|byte| *byte == b' ')
        .filter(|item| !item.is_empty())
        .take(SIGNATURES_MAX + 1)
        .collect();
    if items.len() > SIGNATURES_MAX {
        return Err(SignatureError::Headers);
    }
    let mut fits = false;
    for item in items {
        let Some(given) = item.strip_prefix(b"v1,").and_then(|text| STANDARD.decode(text).ok()) else {
            continue;
        };
        for key in keys {
            // Constant time, and no early end: which key fitted stays unknown.
            fits |= key.mac(id, timestamp, body).verify_slice(&given).is_ok();
        }
    }
    if !fits {
        return Err(SignatureError::Mismatch);
    }
    if now.saturating_sub(seconds).abs() > TOLERANCE_SECONDS { Err(SignatureError::Stale) } else { Ok(()) }
}

fn seconds(text: &[u8]) -> Option<i64> {
    let digits = (1..=12).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    if digits { std::str::from_utf8(text).ok()?.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;
