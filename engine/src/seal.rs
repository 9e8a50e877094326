//! Event bodies: packed, and sealed with a subject's key where they speak of a person.
//!
//! Layout: `0` packed | `1` subject length (1 byte) subject nonce (24 bytes) ciphertext | `2` digest (32 bytes) of a
//! body that was taken away. The stream's name is bound into the seal, so a body moved to another stream does not
//! open. XChaCha20-Poly1305: its nonces may be random.

use bytes::Bytes;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::codec;
use crate::ports::vault::SubjectKey;

const OPEN: u8 = 0;
const SEALED: u8 = 1;
const REMOVED: u8 = 2;
const NONCE_BYTES: usize = 24;

/// Why a body cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    #[error("the body is damaged: {0}")]
    Damaged(String),
    /// The subject's key was destroyed or the body was taken away: the person was erased.
    #[error("the personal data of this body was erased")]
    Erased,
}

/// Packs a body that speaks of no person.
pub fn pack(plain: &[u8]) -> Bytes {
    let packed = codec::pack(plain);
    let mut body = Vec::with_capacity(packed.len() + 1);
    body.push(OPEN);
    body.extend_from_slice(&packed);
    body.into()
}

/// Packs and seals a body for one subject. `nonce` comes from the `Ids` port and is never used twice.
pub fn seal(plain: &[u8], stream: &str, subject: &str, key: &SubjectKey, nonce: &[u8; NONCE_BYTES]) -> Bytes {
    let packed = codec::pack(plain);
    let cipher = XChaCha20Poly1305::new((&key.0).into());
    let ciphertext = cipher
        .encrypt(&XNonce::from(*nonce), Payload { msg: &packed, aad: stream.as_bytes() })
        .expect("sealing fails only above 256 GiB");
    let length = u8::try_from(subject.len()).expect("subjects are made of bounded ids");
    let mut body = Vec::with_capacity(2 + subject.len() + NONCE_BYTES + ciphertext.len());
    body.extend_from_slice(&[SEALED, length]);
    body.extend_from_slice(subject.as_bytes());
    body.extend_from_slice(nonce);
    body.extend_from_slice(&ciphertext);
    body.into()
}

/// Whose key opens the body; `None` when it is not sealed.
pub fn subject(body: &[u8]) -> Option<&str> {
    let rest = body.strip_prefix(&[SEALED])?;
    let (&length, rest) = rest.split_first()?;
    std::str::from_utf8(rest.get(..usize::from(length))?).ok()
}

/// What is left of a body that was taken away: its digest, so that the chain over the log still holds.
pub fn removed(body: &[u8]) -> Bytes {
    let mut left = Vec::with_capacity(33);
    left.push(REMOVED);
    left.extend_from_slice(&digest(body));
    left.into()
}

pub fn is_removed(body: &[u8]) -> bool {
    body.len() == 33 && body.first() == Some(&REMOVED)
}

/// The digest of a body as it was written, also when only that is left of it.
pub fn digest(body: &[u8]) -> [u8; 32] {
    match body.split_first_chunk::<1>() {
        Some((&[REMOVED], rest)) if rest.len() == 32 => std::array::from_fn(|at| rest[at]),
        _ => *blake3::hash(body).as_bytes(),
    }
}

/// Opens a body. `key` is the key of `subject(body)`, or `None` if it is gone.
pub fn open(body: &[u8], stream: &str, key: Option<&SubjectKey>) -> Result<Bytes, UnsealError> {
    let damaged = |why: &str| UnsealError::Damaged(why.to_owned());
    match body.split_first() {
        Some((&OPEN, packed)) => codec::unpack(packed).map_err(UnsealError::Damaged),
        Some((&REMOVED, _)) if is_removed(body) => Err(UnsealError::Erased),
        Some((&SEALED, rest)) => {
            let (&length, rest) = rest.split_first().ok_or_else(|| damaged("truncated"))?;
            let rest = rest.get(usize::from(length)..).ok_or_else(|| damaged("truncated"))?;
            let (nonce, ciphertext) =
                rest.split_first_chunk::<NONCE_BYTES>().ok_or_else(|| damaged("truncated"))?;
            let key = key.ok_or(UnsealError::Erased)?;
            let packed = XChaCha20Poly1305::new((&key.0).into())
                .decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad: stream.as_bytes() })
                .map_err(|_| damaged("the seal is broken"))?;
            codec::unpack(&packed).map_err(UnsealError::Damaged)
        }
        _ => Err(damaged("unknown form")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_body_opens_only_with_its_key_and_in_its_stream() {
        let key = SubjectKey([7; 32]);
        let body = seal(b"Ada Lovelace", "record-1", "cn_a.users.1", &key, &[1; 24]);
        assert_eq!(subject(&body), Some("cn_a.users.1"));
        assert_eq!(open(&body, "record-1", Some(&key)).unwrap(), "Ada Lovelace");
        assert_eq!(open(&body, "record-1", None), Err(UnsealError::Erased));
        assert!(matches!(open(&body, "record-2", Some(&key)), Err(UnsealError::Damaged(_))));
        assert!(matches!(open(&body, "record-1", Some(&SubjectKey([8; 32]))), Err(UnsealError::Damaged(_))));
        assert!(!body.windows(3).any(|w| w == b"Ada"));
    }

    #[test]
    fn of_a_removed_body_only_the_digest_is_left() {
        let body = pack(b"Ada Lovelace");
        let left = removed(&body);
        assert!(is_removed(&left) && !is_removed(&body));
        assert_eq!((digest(&left), removed(&left)), (digest(&body), left.clone()));
        assert_eq!(open(&left, "record-1", None), Err(UnsealError::Erased));
        assert_eq!(subject(&left), None);
    }

    #[test]
    fn bad_input_157_truncated_bodies_are_errors() {
        let key = SubjectKey([7; 32]);
        let body = seal(b"Ada Lovelace", "s-1", "p", &key, &[1; 24]);
        for cut in 0..body.len() {
            assert!(open(&body[..cut], "s-1", Some(&key)).is_err());
        }
    }
}
