//! An endpoint: the address at which a connection's messages come in, and the secrets that make them authentic.

mod events;

pub use events::*;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::decider::Decider;
use crate::problem::Rejection;

/// Longest time that two secrets are accepted at once.
pub const OVERLAP_HOURS_MAX: i64 = 7 * 24;
/// Longest name of a header.
const HEADER_BYTES_MAX: usize = 64;
const PREFIX_BYTES_MAX: usize = 32;
/// Headers that say what a body is, or that others set on the way; a MAC in one of them would never be the sender's.
const NOT_FOR_MACS: [&str; 6] =
    ["content-type", "content-length", "host", "authorization", "transfer-encoding", "x-forwarded-for"];

#[derive(Clone, Debug)]
pub enum EndpointCommand {
    Open { mode: Mode, secret: NewSecret },
    Rotate { secret: NewSecret, now: DateTime<Utc>, overlap: TimeDelta },
    Revoke { number: u64, reason: String },
    AwaitHandshake,
    Confirm,
    Close { reason: String },
}

/// A secret that the vault already has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSecret {
    pub fingerprint: String,
    pub slot: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndpointPhase {
    #[default]
    Absent,
    /// Nothing authentic came yet; pings and challenges are answered.
    Pending,
    Live,
    Closed,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointState {
    pub phase: EndpointPhase,
    pub mode: Option<Mode>,
    /// Newest last.
    pub secrets: Vec<SecretLine>,
    /// How many secrets there ever were.
    pub numbered: u64,
}

impl EndpointState {
    pub fn is_open(&self) -> bool {
        matches!(self.phase, EndpointPhase::Pending | EndpointPhase::Live)
    }

    /// Secrets that are accepted at a time.
    pub fn live(&self, now: DateTime<Utc>) -> impl Iterator<Item = &SecretLine> {
        self.secrets.iter().filter(move |secret| secret.until.is_none_or(|until| now < until))
    }

    fn numbered(&self, secret: NewSecret) -> SecretLine {
        let NewSecret { fingerprint, slot } = secret;
        SecretLine { number: self.numbered + 1, fingerprint, slot, until: None }
    }
}

pub struct Endpoints;

impl Decider for Endpoints {
    const CATEGORY: &'static str = "endpoint";
    type State = EndpointState;
    type Command = EndpointCommand;
    type Event = EndpointEvent;

    fn decide(state: &EndpointState, command: EndpointCommand) -> Result<Vec<EndpointEvent>, Rejection> {
        use EndpointCommand as C;
        use EndpointEvent as E;
        Ok(match command {
            C::Open { .. } if state.is_open() => return Err(already_open()),
            C::Open { mode, secret } => {
                check_mode(&mode)?;
                vec![E::Opened(EndpointOpened { mode, secret: state.numbered(secret) })]
            }
            C::Close { .. } if state.phase == EndpointPhase::Closed => vec![],
            _ if !state.is_open() => return Err(not_open()),
            C::Rotate { secret, now, overlap } => vec![rotate(state, secret, now, overlap)?],
            C::Revoke { number, reason } => revoke(state, number, reason)?,
            C::AwaitHandshake if state.phase == EndpointPhase::Pending => vec![],
            C::AwaitHandshake => vec![E::HandshakeAwaited(HandshakeAwaited {})],
            C::Confirm if state.phase == EndpointPhase::Live => vec![],
            C::Confirm => vec![E::Confirmed(EndpointConfirmed {})],
            C::Close { reason } => vec![E::Closed(EndpointClosed { reason })],
        })
    }

    fn evolve(state: &mut EndpointState, event: &EndpointEvent) {
        use EndpointEvent as E;
        match event {
            E::Opened(opened) => {
                state.phase = EndpointPhase::Pending;
                state.mode = Some(opened.mode.clone());
                state.secrets = vec![opened.secret.clone()];
                state.numbered = opened.secret.number;
            }
            E::SecretRotated(rotated) => {
                // Whatever was older than the last one ends now: two at a time, never three.
                if let Some(last) = state.secrets.pop() {
                    let last = SecretLine { until: Some(rotated.overlap_until), ..last };
                    state.secrets = vec![last];
                }
                state.secrets.push(rotated.secret.clone());
                state.numbered = rotated.secret.number;
            }
            E::SecretRevoked(revoked) => state.secrets.retain(|secret| secret.number != revoked.number),
            E::HandshakeAwaited(_) => state.phase = EndpointPhase::Pending,
            E::Confirmed(_) => state.phase = EndpointPhase::Live,
            E::Closed(_) => {
                state.phase = EndpointPhase::Closed;
                state.secrets.clear();
            }
        }
    }
}

fn rotate(
    state: &EndpointState,
    secret: NewSecret,
    now: DateTime<Utc>,
    overlap: TimeDelta,
) -> Result<EndpointEvent, Rejection> {
    if overlap < TimeDelta::zero() || overlap > TimeDelta::hours(OVERLAP_HOURS_MAX) {
        return Err(Rejection::new(
            "INVALID_OVERLAP",
            format!("two secrets are accepted together for 0 to {OVERLAP_HOURS_MAX} hours"),
            "choose a shorter overlap",
        )
        .at("overlap_hours"));
    }
    if state.live(now).count() > 1 {
        return Err(Rejection::new(
            "ROTATION_UNDER_WAY",
            "the last rotation's overlap is not over, and a third secret would end the first one early",
            "wait until the overlap is over, or revoke the older secret first",
        ));
    }
    let overlap_until = now + overlap;
    Ok(EndpointEvent::SecretRotated(SecretRotated { secret: state.numbered(secret), overlap_until }))
}

fn revoke(state: &EndpointState, number: u64, reason: String) -> Result<Vec<EndpointEvent>, Rejection> {
    let Some(secret) = state.secrets.iter().find(|secret| secret.number == number) else {
        // It was revoked before, or never was: either way it opens nothing.
        return if number <= state.numbered && number > 0 { Ok(vec![]) } else { Err(no_secret(number)) };
    };
    if secret.until.is_none() {
        return Err(Rejection::new(
            "LAST_SECRET",
            "this is the newest secret; without it nothing could come in",
            "rotate first with an overlap of 0, or close the endpoint",
        )
        .at("number"));
    }
    Ok(vec![EndpointEvent::SecretRevoked(SecretRevoked { number, reason })])
}

/// A mode must be able to refuse something.
fn check_mode(mode: &Mode) -> Result<(), Rejection> {
    let Mode::HmacBody { header, prefix, .. } = mode else { return Ok(()) };
    let token = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    let named = (1..=HEADER_BYTES_MAX).contains(&header.len()) && header.bytes().all(token);
    if !named || NOT_FOR_MACS.contains(&header.as_str()) {
        return Err(Rejection::new(
            "INVALID_HEADER",
            "the header that holds the MAC is named in lower case, with letters, digits and dashes",
            "write it as the sender's documentation does, such as x-hub-signature-256",
        )
        .at("mode.header"));
    }
    if prefix.len() > PREFIX_BYTES_MAX || !prefix.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Rejection::new(
            "INVALID_PREFIX",
            format!("a prefix has at most {PREFIX_BYTES_MAX} visible ASCII characters"),
            "leave it out, or write what stands before the MAC, such as sha256=",
        )
        .at("mode.prefix"));
    }
    Ok(())
}

fn already_open() -> Rejection {
    Rejection::new(
        "ALREADY_OPEN",
        "this connection has an endpoint already",
        "rotate its secret, or close it before you open another",
    )
}

fn not_open() -> Rejection {
    Rejection::new("NOT_FOUND", "this connection has no open endpoint", "open one first")
}

fn no_secret(number: u64) -> Rejection {
    Rejection::new(
        "NOT_FOUND",
        format!("there is no secret number {number}"),
        "look at the endpoint for the numbers of its secrets",
    )
}

#[cfg(test)]
mod tests;
