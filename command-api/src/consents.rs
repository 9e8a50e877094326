//! Consents that are under way: a browser was sent to a remote system's page and will come back once.
//!
//! Kept in memory on purpose. A restart loses them, and then the person authorises again; nothing that could be stolen
//! from a disk exists. The nonce is 256 bits, is good for one return within ten minutes, and only its digest is kept.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::ConnectionId;
use engine::Meta;

/// How long a person may take on the remote system's page.
pub const LIFE: TimeDelta = TimeDelta::minutes(10);
/// Consents under way at the same time; the oldest gives way.
const CONSENTS_MAX: usize = 1_000;

/// What a returning browser is expected to bring a credential for.
#[derive(Clone)]
pub struct Consent {
    pub connection: ConnectionId,
    /// Digest of the cookie that the returning browser must show. Absent when the consent was not begun by a browser,
    /// as a command line has no cookies: the nonce alone then proves who comes back.
    pub cookie: Option<String>,
    /// Who began it.
    pub meta: Meta,
    pub expires_at: DateTime<Utc>,
}

#[derive(Default)]
pub struct Consents(Mutex<HashMap<String, Consent>>);

impl Consents {
    pub fn begin(&self, nonce: &str, consent: Consent, now: DateTime<Utc>) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, consent| consent.expires_at > now);
        if open.len() >= CONSENTS_MAX
            && let Some(oldest) = open.iter().min_by_key(|(_, c)| c.expires_at).map(|(key, _)| key.clone())
        {
            open.remove(&oldest);
        }
        open.insert(digest(nonce), consent);
    }

    /// Takes a consent out: whoever comes second finds nothing.
    pub fn take(&self, nonce: &str, now: DateTime<Utc>) -> Option<Consent> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.remove(&digest(nonce)).filter(|consent| consent.expires_at > now)
    }
}

/// What is kept of a nonce or a cookie.
pub fn digest(secret: &str) -> String {
    engine::hash::hex(secret.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consent(now: DateTime<Utc>) -> Consent {
        Consent {
            connection: ConnectionId::new("a"),
            cookie: None,
            meta: Meta::by("test"),
            expires_at: now + LIFE,
        }
    }

    #[test]
    fn bad_input_143_a_nonce_is_good_once_for_ten_minutes() {
        let now = DateTime::UNIX_EPOCH;
        let consents = Consents::default();
        consents.begin("one", consent(now), now);
        assert!(consents.take("other", now).is_none());
        assert!(consents.take("one", now).is_some());
        assert!(consents.take("one", now).is_none());
        consents.begin("late", consent(now), now);
        assert!(consents.take("late", now + LIFE).is_none());
    }

    #[test]
    fn their_number_is_bounded() {
        let now = DateTime::UNIX_EPOCH;
        let consents = Consents::default();
        for n in 0..=CONSENTS_MAX {
            let at = now + TimeDelta::milliseconds(i64::try_from(n).unwrap());
            consents.begin(&n.to_string(), consent(at), now);
        }
        assert!(consents.take("0", now).is_none());
        assert!(consents.take("1", now).is_some());
    }
}
