//! Sessions of browsers: a cookie that stands for an access token, so that no script on a page ever holds one.
//!
//! The cookie says itself which token it stands for (by its digest) and until when, sealed with a key that the vault
//! keeps: it is as good after a restart as before, and for every process on the same vault. What is kept of sessions
//! are only those that were signed out before their time, so that none of them comes back. A session never outlives
//! its token, because every request looks for the token again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use engine::hash;
use engine::ports::{Secret, SecretSlot, VaultError};
use serde::{Deserialize, Serialize};

use crate::context::{Api, Context};
use crate::problem::Problem;

const KEY_BYTES: usize = 32;
const ID_BYTES: usize = 16;
/// Signed out before their time, of one token. With more of them, all its sessions of that moment end.
const ENDED_MAX: usize = 200;
/// Another process may write the same list at the same time: looked at again after each attempt.
const ATTEMPTS_MAX: usize = 5;
/// The longest cookie that is looked at.
const COOKIE_MAX: usize = 256;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Digest of the access token that it stands for.
    pub token: String,
    pub expires_at: DateTime<Utc>,
    id: String,
}

/// What the vault holds of one token's sessions that were signed out.
#[derive(Default, Serialize, Deserialize)]
struct Ended {
    /// All that expire until then, in milliseconds of Unix time.
    until: i64,
    /// By their id, with their expiry.
    ids: Vec<(String, i64)>,
}

impl Ended {
    fn has(&self, session: &Session) -> bool {
        session.expires_at.timestamp_millis() <= self.until
            || self.ids.iter().any(|(id, _)| *id == session.id)
    }

    fn add(&mut self, session: &Session, now: DateTime<Utc>, latest: DateTime<Utc>) {
        self.ids.retain(|(_, expires_at)| *expires_at > now.timestamp_millis());
        self.ids.push((session.id.clone(), session.expires_at.timestamp_millis()));
        if self.ids.len() > ENDED_MAX {
            self.until = latest.timestamp_millis();
            self.ids.clear();
        }
    }
}

impl Api {
    /// A new session of a token, by its digest: what the cookie says, and when it ends.
    pub async fn begin_session(&self, token: String) -> Result<(String, Session), Problem> {
        let context = &self.context;
        let expires_at = context.clock.now() + context.settings.session_life;
        let id = URL_SAFE_NO_PAD.encode(context.ids.random(ID_BYTES));
        let said = format!("{token}.{}.{id}", expires_at.timestamp_millis());
        let seal = hash::seal(&key(context).await?, &said);
        Ok((format!("{said}.{seal}"), Session { token, expires_at, id }))
    }

    /// The session of a cookie: sealed here, not over, not signed out.
    pub async fn session_of(&self, cookie: &str) -> Result<Option<Session>, Problem> {
        let Some((session, said, given)) = read(cookie) else { return Ok(None) };
        let is_ours = hash::is_seal(&key(&self.context).await?, said, given);
        Ok(if is_ours && self.goes_on(&session).await? { Some(session) } else { None })
    }

    pub async fn goes_on(&self, session: &Session) -> Result<bool, Problem> {
        let is_over = session.expires_at <= self.context.clock.now();
        Ok(!is_over && !ended(&self.context, &session.token).await?.has(session))
    }

    /// Signs out, for every process on this vault and for good.
    pub async fn end_session(&self, session: &Session) -> Result<(), Problem> {
        let context = &self.context;
        let _one_at_a_time = self.signing_out.lock().await;
        for _ in 0..ATTEMPTS_MAX {
            let mut ended = ended(context, &session.token).await?;
            if ended.has(session) {
                return Ok(());
            }
            let now = context.clock.now();
            ended.add(session, now, now + context.settings.session_life);
            let text = serde_json::to_string(&ended).map_err(|error| Problem::fault(&error))?;
            context.vault.store(&ended_slot(&session.token), &Secret::new(text)).await?;
            if self::ended(context, &session.token).await?.has(session) {
                return Ok(());
            }
        }
        Err(Problem::busy("BUSY", "others are signing out at the same time", "sign out again in a moment"))
    }
}

/// What a cookie says, unproven: its session, the sealed part, the seal.
fn read(cookie: &str) -> Option<(Session, &str, &str)> {
    if cookie.len() > COOKIE_MAX {
        return None;
    }
    let (said, seal) = cookie.rsplit_once('.')?;
    let mut parts = said.split('.');
    let (token, expires_at, id) = (parts.next()?, parts.next()?, parts.next()?);
    let expires_at = DateTime::from_timestamp_millis(expires_at.parse().ok()?)?;
    let session = Session { token: token.to_owned(), expires_at, id: id.to_owned() };
    parts.next().is_none().then_some((session, said, seal))
}

/// Made at the first sign-in. Of two processes that make one at the same time the later stays, and is the one read.
async fn key(context: &Context) -> Result<[u8; KEY_BYTES], Problem> {
    let slot = SecretSlot { owner: "sessions".to_owned(), purpose: "seal".to_owned(), origin: String::new() };
    let mut kept = context.vault.open(&slot).await?;
    if kept.is_none() {
        let fresh = Secret::new(URL_SAFE_NO_PAD.encode(context.ids.random(KEY_BYTES)));
        context.vault.store(&slot, &fresh).await?;
        kept = context.vault.open(&slot).await?;
    }
    let bytes = kept.and_then(|key| URL_SAFE_NO_PAD.decode(key.expose()).ok()?.try_into().ok());
    bytes.ok_or_else(|| VaultError::Corrupt("the key that seals sessions cannot be read".to_owned()).into())
}

fn ended_slot(token: &str) -> SecretSlot {
    SecretSlot { owner: format!("sessions-{token}"), purpose: "ended".to_owned(), origin: String::new() }
}

async fn ended(context: &Context, token: &str) -> Result<Ended, Problem> {
    let Some(text) = context.vault.open(&ended_slot(token)).await? else { return Ok(Ended::default()) };
    serde_json::from_str(text.expose()).map_err(|error| Problem::fault(&error))
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

    fn session(id: usize, minutes: i64) -> Session {
        let expires_at = DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        Session { token: "t".to_owned(), expires_at, id: id.to_string() }
    }

    #[test]
    fn a_cookie_is_read_only_when_it_is_whole() {
        let (read_back, said, seal) = read("t.60000.7.abc").unwrap();
        assert_eq!((read_back, said, seal), (session(7, 1), "t.60000.7", "abc"));
        let long = format!("t.60000.{}.abc", "7".repeat(COOKIE_MAX));
        for wrong in
            ["", "t", "t.60000.abc", "t.x.7.abc", "t.60000.7.8.abc", "t.99999999999999999999.7.abc", &long]
        {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn what_is_kept_of_ended_sessions_is_bounded_and_none_comes_back() {
        let now = DateTime::UNIX_EPOCH;
        let latest = now + TimeDelta::minutes(60);
        let mut ended = Ended::default();
        ended.add(&session(0, 1), now, latest);
        assert!(ended.has(&session(0, 1)) && !ended.has(&session(1, 1)));
        ended.add(&session(1, 30), now + TimeDelta::minutes(2), latest);
        assert_eq!(ended.ids.len(), 1, "what is over by itself is forgotten");
        for n in 0..ENDED_MAX {
            ended.add(&session(n + 2, 30), now, latest);
        }
        assert!(ended.ids.is_empty() && ended.has(&session(1, 30)) && ended.has(&session(9_999, 60)));
        assert!(!ended.has(&session(9_999, 61)), "a later one is not meant");
    }
}
