//! Finding a remote system, and testing a connection to it stage by stage.

use async_trait::async_trait;
use domain::connection::{Health, Identity, Stage};
use serde_json::Value;

use crate::error::AppError;
use crate::session::Session;

/// What is told while a test goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// A stage that takes a moment has begun.
    Begun {
        id: String,
        title: String,
    },
    Ended(Stage),
}

impl Progress {
    /// The stage, if this is the end of one.
    pub fn ended(self) -> Option<Stage> {
        match self {
            Self::Begun { .. } => None,
            Self::Ended(stage) => Some(stage),
        }
    }
}

/// Hears of each stage as it begins and ends, for people who watch.
pub type StageSink<'a> = &'a mut (dyn FnMut(Progress) + Send);

/// What was found at an address.
#[derive(Clone, Debug)]
pub struct Discovery {
    /// Normalised: `https://example.org/blog/`.
    pub address: String,
    /// Scheme, host and port that credentials will be bound to.
    pub origin: String,
    pub identity: Identity,
    /// What the app wants to keep (WordPress: API root, namespaces, where consent is given).
    pub details: Value,
}

#[async_trait]
pub trait Discover: Send + Sync {
    /// Finds the system behind what a person typed. Every stage goes to the sink, failed ones with a remedy.
    async fn discover(&self, typed: &str, stages: StageSink<'_>) -> Result<Discovery, AppError>;
}

pub struct CheckOutcome {
    pub health: Health,
    /// Present when the site was reached.
    pub identity: Option<Identity>,
    /// Replaces the session's details.
    pub details: Option<Value>,
}

#[async_trait]
pub trait Check: Send + Sync {
    /// Tests a connection. A failing stage is a result, not an error.
    async fn check(&self, session: &Session, stages: StageSink<'_>) -> CheckOutcome;
}
