//! What each ciphertext of a vault is bound to. They are part of the stored form and never change.

use crate::ports::SecretSlot;

/// Proves that a key ring belongs to a vault.
pub const CANARY: [&[u8]; 1] = [b"canary"];

/// Of a data key's wrapping. `version` is the secret's, 8 bytes, little end first.
pub fn data_key<'s>(slot: &'s SecretSlot, version: &'s [u8]) -> [&'s [u8]; 5] {
    [b"data key", slot.owner.as_bytes(), slot.purpose.as_bytes(), slot.origin.as_bytes(), version]
}

/// Of a secret under its data key.
pub fn secret<'s>(slot: &'s SecretSlot, version: &'s [u8]) -> [&'s [u8]; 5] {
    [b"secret", slot.owner.as_bytes(), slot.purpose.as_bytes(), slot.origin.as_bytes(), version]
}

/// Of a subject key's wrapping.
pub fn subject(subject: &str) -> [&[u8]; 2] {
    [b"subject", subject.as_bytes()]
}
