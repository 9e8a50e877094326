//! Encryption as the vault uses it: XChaCha20-Poly1305 with random nonces, everything about the place of a
//! ciphertext bound into it.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::ports::Ids;

const NONCE_BYTES: usize = 24;

/// A key of chance.
pub fn fresh_key(ids: &dyn Ids) -> Zeroizing<[u8; 32]> {
    let random = Zeroizing::new(ids.random(32));
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(&random);
    key
}

/// Nonce and ciphertext. `place` says where the ciphertext belongs; it opens nowhere else.
pub fn seal(key: &[u8; 32], place: &[&[u8]], plain: &[u8], ids: &dyn Ids) -> Vec<u8> {
    let mut nonce = [0; NONCE_BYTES];
    nonce.copy_from_slice(&ids.random(NONCE_BYTES));
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &bound(place) })
        .expect("sealing fails only above 256 GiB");
    [&nonce[..], &sealed].concat()
}

/// `None` when the key or the place is another one, or the ciphertext was changed.
pub fn open(key: &[u8; 32], place: &[&[u8]], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    XChaCha20Poly1305::new(key.into())
        .decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad: &bound(place) })
        .ok()
        .map(Zeroizing::new)
}

/// Each part with its length before it, so that no two places read the same.
fn bound(place: &[&[u8]]) -> Vec<u8> {
    let mut bound = Vec::with_capacity(place.iter().map(|part| part.len() + 8).sum());
    for part in place {
        bound.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bound.extend_from_slice(part);
    }
    bound
}
