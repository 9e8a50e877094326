//! A MAC over the body alone: no id, no time. It proves who made the bytes, not that they are news.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::endpoint::{Algorithm, Encoding};
use engine::ports::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use super::SignatureError;

/// Longest value of the header that holds the MAC.
const SIGNATURE_BYTES_MAX: usize = 1 << 10;

/// The bytes of a shared secret, wiped after use.
pub struct BodyKey(Zeroizing<Vec<u8>>);

impl BodyKey {
    /// The secret's text is the key as it stands.
    pub fn new(secret: &Secret) -> Self {
        Self(Zeroizing::new(secret.expose().as_bytes().to_vec()))
    }

    /// Verifies the one value of the header. `prefix` stands before the MAC.
    pub fn verify(
        &self,
        values: &[&[u8]],
        (algorithm, encoding, prefix): (Algorithm, Encoding, &str),
        body: &[u8],
    ) -> Result<(), SignatureError> {
        let given = match values {
            [] | [[]] => return Err(SignatureError::Missing),
            [value] if value.len() <= SIGNATURE_BYTES_MAX => *value,
            _ => return Err(SignatureError::Headers),
        };
        let given = given.strip_prefix(prefix.as_bytes()).ok_or(SignatureError::Mismatch)?;
        let given = match encoding {
            Encoding::Base64 => STANDARD.decode(given).ok(),
            Encoding::Hex => unhex(given),
        };
        let given = given.ok_or(SignatureError::Mismatch)?;
        if self.fits(algorithm, body, &given) { Ok(()) } else { Err(SignatureError::Mismatch) }
    }

    /// What a sender with this key would put into the header.
    pub fn sign(&self, (algorithm, encoding, prefix): (Algorithm, Encoding, &str), body: &[u8]) -> String {
        let mac = match algorithm {
            Algorithm::Sha256 => self.sha256(body).finalize().into_bytes().to_vec(),
            Algorithm::Sha512 => self.sha512(body).finalize().into_bytes().to_vec(),
            Algorithm::Sha1 => ring::hmac::sign(&self.sha1(), body).as_ref().to_vec(),
        };
        let text = match encoding {
            Encoding::Base64 => STANDARD.encode(mac),
            Encoding::Hex => hex(&mac),
        };
        format!("{prefix}{text}")
    }

    /// Constant time in all three.
    fn fits(&self, algorithm: Algorithm, body: &[u8], given: &[u8]) -> bool {
        match algorithm {
            Algorithm::Sha256 => self.sha256(body).verify_slice(given).is_ok(),
            Algorithm::Sha512 => self.sha512(body).verify_slice(given).is_ok(),
            Algorithm::Sha1 => ring::hmac::verify(&self.sha1(), body, given).is_ok(),
        }
    }

    fn sha256(&self, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(body);
        mac
    }

    fn sha512(&self, body: &[u8]) -> Hmac<Sha512> {
        let mut mac = Hmac::<Sha512>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(body);
        mac
    }

    fn sha1(&self) -> ring::hmac::Key {
        ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0)
    }
}

/// Compares a secret that came in an address with the one that belongs there, in constant time whatever their lengths.
pub fn capability_fits(secret: &Secret, given: &str) -> bool {
    let of = |text: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"capability").expect("HMAC takes keys of any length");
        mac.update(text.as_bytes());
        mac
    };
    of(given).verify_slice(&of(secret.expose()).finalize().into_bytes()).is_ok()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|n| char::from_digit(n.into(), 16))
        .collect()
}

/// Lower-case only, as senders write it.
fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}
