//! A digest of a whole view, the same in every adapter: two folds of one log must agree to the byte.

use super::read_store::IndexValue;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewDigest {
    pub rows: u64,
    /// Hexadecimal.
    pub hash: String,
}

/// Takes rows in the order of their keys.
#[derive(Default)]
pub struct ViewHasher {
    hasher: blake3::Hasher,
    rows: u64,
}

impl ViewHasher {
    pub fn row(&mut self, key: &str, doc: &[u8], columns: &[Option<IndexValue>]) {
        self.rows += 1;
        self.part(key.as_bytes());
        self.part(doc);
        for column in columns {
            match column {
                None => self.part(b"-"),
                Some(IndexValue::Text(text)) => {
                    self.part(b"t");
                    self.part(text.as_bytes());
                }
                Some(IndexValue::Integer(number)) => {
                    self.part(b"i");
                    self.part(&number.to_le_bytes());
                }
            }
        }
    }

    pub fn finish(&self) -> ViewDigest {
        ViewDigest { rows: self.rows, hash: self.hasher.finalize().to_hex().to_string() }
    }

    fn part(&mut self, bytes: &[u8]) {
        self.hasher.update(&(bytes.len() as u64).to_le_bytes());
        self.hasher.update(bytes);
    }
}
