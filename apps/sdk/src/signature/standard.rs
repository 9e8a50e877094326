//! Standard Webhooks: `v1` is HMAC-SHA256, `v1a` is Ed25519, both over `id.timestamp.body`.

use std::borrow::Borrow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use engine::ports::Secret;
use hmac::{Hmac, KeyInit, Mac};
use ring::signature::{ED25519, UnparsedPublicKey};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::SignatureError;

/// Seconds that a timestamp may be off, in both directions.
pub const TOLERANCE_SECONDS: i64 = 300;
/// Longest list of signatures.
pub const SIGNATURES_MAX: usize = 16;
const HEADER_BYTES_MAX: usize = 1 << 10;
const SIGNATURE_BYTES_MAX: usize = 4 << 10;
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
const PUBLIC_KEY_BYTES: usize = 32;

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

    /// The text of a new secret; `chance` is 24 to 64 bytes.
    pub fn text(chance: &[u8]) -> Secret {
        Secret::new(format!("whsec_{}", STANDARD.encode(chance)))
    }

    /// The value of `webhook-signature`. `id` has no dot; `timestamp` is in seconds, of this very attempt.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mac = self.mac(id.as_bytes(), timestamp.to_string().as_bytes(), body).finalize().into_bytes();
        format!("v1,{}", STANDARD.encode(mac))
    }

    /// The signature of a request that we make of somebody who signs messages to us with this key. Its text begins
    /// otherwise than a message's, so that neither can be passed off as the other.
    pub fn sign_request(&self, request: &SignedRequest<'_>) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        let timestamp = request.timestamp.to_string();
        for line in ["portal-request", request.nonce, &timestamp, request.method, request.target] {
            mac.update(line.as_bytes());
            mac.update(b"\n");
        }
        mac.update(request.body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }

    fn mac(&self, id: &[u8], timestamp: &[u8], body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        for part in [id, b".", timestamp, b".", body] {
            mac.update(part);
        }
        mac
    }
}

/// What of a request is signed.
#[derive(Clone, Copy, Debug)]
pub struct SignedRequest<'a> {
    /// Never used before.
    pub nonce: &'a str,
    /// In seconds.
    pub timestamp: i64,
    pub method: &'a str,
    /// The route, and its parameters sorted by name, encoded as in RFC 3986.
    pub target: &'a str,
    pub body: &'a [u8],
}

/// What a message is verified with. A symmetric key never accepts a `v1a` signature, nor a public key a `v1` one.
pub enum VerifyingKey {
    Symmetric(SigningKey),
    Public([u8; PUBLIC_KEY_BYTES]),
}

impl From<SigningKey> for VerifyingKey {
    fn from(key: SigningKey) -> Self {
        Self::Symmetric(key)
    }
}

impl VerifyingKey {
    /// Reads `whsec_…` or `whpk_…`; without a prefix it is symmetric.
    pub fn parse(secret: &Secret) -> Result<Self, SignatureError> {
        let Some(text) = secret.expose().trim().strip_prefix("whpk_") else {
            return SigningKey::parse(secret).map(Self::Symmetric);
        };
        let key = STANDARD.decode(text).map_err(|_| SignatureError::Secret)?;
        key.try_into().map(Self::Public).map_err(|_| SignatureError::Secret)
    }
}

/// The three headers as they came, each with all its values.
#[derive(Clone, Copy, Debug)]
pub struct SignedHeaders<'a> {
    pub id: &'a [&'a [u8]],
    pub timestamp: &'a [&'a [u8]],
    pub signature: &'a [&'a [u8]],
}

/// Verifies a message against every live key and says which one fits. `now` is in unix seconds. A stale but rightly
/// signed message is told apart, because an operator may let it in.
pub fn verify(
    keys: &[impl Borrow<VerifyingKey>],
    headers: &SignedHeaders<'_>,
    body: &[u8],
    now: i64,
) -> Result<usize, SignatureError> {
    let id = single(headers.id, HEADER_BYTES_MAX)?;
    let timestamp = single(headers.timestamp, HEADER_BYTES_MAX)?;
    let signature = single(headers.signature, SIGNATURE_BYTES_MAX)?;
    // A dot in the id could be moved into the timestamp without changing the signed bytes.
    if !id.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'.') {
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
    let mut fits = None;
    for (number, key) in keys.iter().enumerate() {
        if key_fits(key.borrow(), (id, timestamp, body), &items) {
            fits = fits.or(Some(number));
        }
    }
    let fits = fits.ok_or(SignatureError::Mismatch)?;
    if now.saturating_sub(seconds).abs() > TOLERANCE_SECONDS {
        Err(SignatureError::Stale(fits))
    } else {
        Ok(fits)
    }
}

/// One pass over the body for each key, however many signatures are claimed.
fn key_fits(key: &VerifyingKey, (id, timestamp, body): (&[u8], &[u8], &[u8]), items: &[&[u8]]) -> bool {
    let mut fits = false;
    match key {
        VerifyingKey::Symmetric(key) => {
            let mac = key.mac(id, timestamp, body);
            for given in given(items, b"v1,") {
                // Constant time, and no early end.
                fits |= mac.clone().verify_slice(&given).is_ok();
            }
        }
        VerifyingKey::Public(key) => {
            let given: Vec<Vec<u8>> = given(items, b"v1a,").collect();
            if !given.is_empty() {
                let message = [id, timestamp, body].join(&b'.');
                let key = UnparsedPublicKey::new(&ED25519, key);
                fits = given.iter().any(|given| key.verify(&message, given).is_ok());
            }
        }
    }
    fits
}

fn given<'a>(items: &'a [&'a [u8]], version: &'a [u8]) -> impl Iterator<Item = Vec<u8>> + 'a {
    items.iter().filter_map(move |item| STANDARD.decode(item.strip_prefix(version)?).ok())
}

fn single<'a>(values: &'a [&'a [u8]], bytes_max: usize) -> Result<&'a [u8], SignatureError> {
    match values {
        [] | [[]] => Err(SignatureError::Missing),
        [value] if value.len() <= bytes_max => Ok(value),
        _ => Err(SignatureError::Headers),
    }
}

fn seconds(text: &[u8]) -> Option<i64> {
    let digits = (1..=12).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    if digits { std::str::from_utf8(text).ok()?.parse().ok() } else { None }
}
