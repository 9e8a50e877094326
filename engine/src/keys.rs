//! What every vault encrypts with: the ring of key-encryption keys, the wrapping of keys under it, and the places that
//! ciphertexts are bound to. All vaults share it, so that their rows move from one to the other as they are.

mod error;
pub mod places;
mod ring;
mod wrap;

pub use error::{KeyError, UnwrapError};
pub use ring::KeyRing;
pub use wrap::{fresh_key, open, seal};

/// Hexadecimal digits of a secret's fingerprint.
const FINGERPRINT_DIGITS: usize = 16;
/// Hexadecimal digits of an identity's hash: 128 bits.
const IDENTITY_DIGITS: usize = 32;

/// Tells two secrets apart and nothing else.
pub fn fingerprint(key: &[u8; 32], secret: &str) -> String {
    blake3::keyed_hash(key, secret.as_bytes()).to_hex()[..FINGERPRINT_DIGITS].to_owned()
}

/// The keyed hash of an identity: the same for ever in its vault and useless outside of it.
pub fn identity_hash(key: &[u8; 32], identity: &str) -> String {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(b"identity\0").update(identity.as_bytes());
    hasher.finalize().to_hex()[..IDENTITY_DIGITS].to_owned()
}
