//! Sessions of browsers: a cookie that stands for an access token, so that no script on a page ever holds one.
//!
//! Kept in memory on purpose: a restart asks people to sign in again, and nothing that could be stolen from a disk
//! exists. A session never outlives its token, because every request looks for the token again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

/// Sessions at the same time; the oldest gives way.
const SESSIONS_MAX: usize = 1_000;
/// Sessions of one token; its own oldest gives way, so that one token cannot push the others out.
const OF_ONE_TOKEN_MAX: usize = 20;

#[derive(Clone, Debug)]
pub struct Session {
    /// Digest of the access token that it stands for.
    pub token: String,
    pub expires_at: DateTime<Utc>,
}

/// By the digest of their cookie.
#[derive(Default)]
pub struct Sessions(Mutex<HashMap<String, Session>>);

impl Sessions {
    pub fn begin(&self, cookie: &str, session: Session, now: DateTime<Utc>) {
        let mut live = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        live.retain(|_, session| session.expires_at > now);
        let own = live.values().filter(|other| other.token == session.token).count();
        let among_own = own >= OF_ONE_TOKEN_MAX;
        if among_own || live.len() >= SESSIONS_MAX {
            let candidates = live.iter().filter(|(_, other)| !among_own || other.token == session.token);
            let oldest = candidates.min_by_key(|(_, other)| other.expires_at).map(|(key, _)| key.clone());
            oldest.map(|key| live.remove(&key));
        }
        live.insert(digest(cookie), session);
    }

    /// The session of a cookie's digest.
    pub fn find(&self, digest: &str, now: DateTime<Utc>) -> Option<Session> {
        let live = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        live.get(digest).filter(|session| session.expires_at > now).cloned()
    }

    pub fn end(&self, digest: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(digest);
    }
}

/// What is kept of a cookie.
pub fn digest(cookie: &str) -> String {
    engine::hash::hex(cookie.as_bytes())
}

/// What a page must send beside the cookie to change anything. Whoever has the cookie can compute it, and nobody who
/// only knows it can compute the cookie.
pub fn csrf(cookie: &str) -> String {
    engine::hash::id(&["csrf", cookie])
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn session(token: &str, second: usize) -> Session {
        let expires_at = DateTime::UNIX_EPOCH + TimeDelta::seconds(i64::try_from(second).unwrap() + 1);
        Session { token: token.to_owned(), expires_at }
    }

    #[test]
    fn their_number_is_bounded_for_each_token_and_for_all() {
        let now = DateTime::UNIX_EPOCH;
        let sessions = Sessions::default();
        sessions.begin("other", session("other", 0), now);
        for n in 0..=OF_ONE_TOKEN_MAX {
            sessions.begin(&n.to_string(), session("greedy", n), now);
        }
        let live = |cookie: &str| sessions.find(&digest(cookie), now).is_some();
        assert!(live("other") && !live("0") && live("1"), "only its own oldest gives way");
        for n in 0..SESSIONS_MAX {
            sessions.begin(&format!("t{n}"), session(&format!("t{n}"), n + 100), now);
        }
        assert!(!live("other") && live("t0") && live(&format!("t{}", SESSIONS_MAX - 1)));
        assert_eq!(sessions.0.lock().unwrap().len(), SESSIONS_MAX);
    }

    #[test]
    fn a_session_ends_with_its_time() {
        let now = DateTime::UNIX_EPOCH;
        let sessions = Sessions::default();
        sessions.begin("a", session("a", 9), now);
        assert!(sessions.find(&digest("a"), now + TimeDelta::seconds(9)).is_some());
        assert!(sessions.find(&digest("a"), now + TimeDelta::seconds(10)).is_none());
        assert_ne!(csrf("a"), csrf("b"));
    }
}
