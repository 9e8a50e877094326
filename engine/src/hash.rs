//! Digests: BLAKE3, in the lengths we store.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// 256 bits as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// The same of everything that can be read.
pub fn of_reader(reader: impl std::io::Read) -> std::io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(reader)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// 128 bits, 22 characters: enough to tell contents apart for ever, short enough to be stored a million times.
pub fn short(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(&blake3::hash(bytes).as_bytes()[..16])
}

/// Digest of several parts, each with its length, so that no two lists of parts run together. As the random part of
/// an id: letters and digits only, 130 bits.
pub fn id(parts: &[&str]) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher
        .finalize()
        .as_bytes()
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
        .take(26)
        .collect()
}

/// 64 bits of a digest of several parts: for telling values of one run apart, never for anything that is stored.
pub fn number(parts: &[&str]) -> u64 {
    let digest = of_parts(parts);
    u64::from_le_bytes(std::array::from_fn(|index| digest[index]))
}

fn of_parts(parts: &[&str]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    *hasher.finalize().as_bytes()
}

/// A seal: only who has the key can make it. Not compared byte by byte with what a stranger sent, see [`is_seal`].
pub fn seal(key: &[u8; 32], text: &str) -> String {
    blake3::keyed_hash(key, text.as_bytes()).to_hex().to_string()
}

/// Whether `given` seals the text. The time it takes says nothing about how much of it is right.
pub fn is_seal(key: &[u8; 32], text: &str, given: &str) -> bool {
    blake3::Hash::from_hex(given).is_ok_and(|given| given == blake3::keyed_hash(key, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(id(&["ab", "c"]), id(&["a", "bc"]));
        assert_eq!(id(&["a"]).len(), 26);
    }
}
