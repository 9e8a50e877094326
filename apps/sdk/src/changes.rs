//! Hearing what changed in a remote system without reading all of it.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::error::AppError;
use crate::session::Session;

/// How often a resource is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// Asking what changed: cheap for the remote system.
    pub ask: Duration,
    /// Reading everything: finds what no question finds, and proves what is gone.
    pub sweep: Duration,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct HintsRequest {
    pub resource: String,
    /// Where the last answer ended. Only ever a value that the same app gave.
    pub cursor: Value,
    pub now: DateTime<Utc>,
}

/// A record that is worth looking at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    pub id: String,
    /// The source's own version. A record known in this version need not be looked at.
    pub version: Option<String>,
    /// Look at it whatever is known: its version does not tell the change.
    pub surely: bool,
}

/// An answer: what may have changed since the cursor.
#[derive(Clone, Debug)]
pub struct Hints {
    pub hints: Vec<Hint>,
    /// Where to go on. To be kept together with what the hints led to.
    pub cursor: Value,
    /// There is more to be asked for at once.
    pub more: bool,
}

/// Whether a record is still there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    Here,
    /// The source says that there is no such record; what it said.
    Gone(String),
    /// The source does not tell this account; why.
    Hidden(String),
}

#[async_trait]
pub trait Changes: Send + Sync {
    fn rhythm(&self, session: &Session, resource: &str) -> Rhythm;

    /// The cursor of somebody who has read, or is about to read, everything as of `now`.
    fn cursor(&self, session: &Session, resource: &str, now: DateTime<Utc>) -> Value;

    /// What may have changed since the cursor. Bounded: a long answer comes in parts.
    async fn hints(&self, session: &Session, request: &HintsRequest) -> Result<Hints, AppError>;

    /// Whether records that nobody saw any more are gone. One answer for each id, in their order.
    async fn presence(
        &self,
        session: &Session,
        resource: &str,
        ids: &[String],
    ) -> Result<Vec<Presence>, AppError>;
}
