//! A numbered list of changes that the app's companion keeps on the app's own side, for us to pull: what was sent and
//! never came, and what waits because nothing there sends.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::error::AppError;
use crate::hear::Mark;
use crate::session::Session;

/// What is asked of the list. Numbers begin at 1 and have no gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxQuestion {
    /// What was not taken yet.
    Waiting,
    /// All up to this number is written down here; what follows?
    Taken(u64),
    /// What follows this number, whether it was taken or not.
    After(u64),
}

/// One change in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedChange {
    pub number: u64,
    pub said: Said,
}

/// What a change says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Look at this record.
    Look(Mark),
    /// Changes may have been missed before this one: everything has to be read.
    LookAtAll,
    /// Nothing that concerns a record.
    Nothing,
    /// It cannot be read.
    Unreadable,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxPage {
    /// Names the list; numbers begin anew only under another name.
    pub outbox: String,
    /// In the order of their numbers.
    pub changes: Vec<NumberedChange>,
    /// The highest number that was ever given.
    pub last_given: u64,
    /// The highest number that the companion knows to be taken.
    pub taken: u64,
    /// What came after the number asked for and up to this one is kept no longer; 0 when nothing is missing.
    pub lost_up_to: u64,
}

#[async_trait]
pub trait Outbox: Send + Sync {
    /// `None`: nobody there keeps a list for this connection (any more).
    async fn ask(
        &self,
        session: &Session,
        question: OutboxQuestion,
        now: DateTime<Utc>,
    ) -> Result<Option<OutboxPage>, AppError>;
}
