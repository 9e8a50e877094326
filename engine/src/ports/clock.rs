//! Time and chance, so that tests own both.

use chrono::{DateTime, Utc};

use crate::envelope::EventId;

pub trait Clock: Send + Sync {
    /// Wall-clock time. May jump; never used to order events.
    fn now(&self) -> DateTime<Utc>;
}

pub trait Ids: Send + Sync {
    fn event_id(&self) -> EventId;

    /// `bytes` of chance, fit for secrets.
    fn random(&self, bytes: usize) -> Vec<u8>;

    /// The part of an id after its prefix: 16 lower-case letters and digits, about 80 bits.
    fn short(&self) -> String {
        const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        self.random(16).iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
    }
}
