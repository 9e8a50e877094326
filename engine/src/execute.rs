//! Executes one command on one stream: load, decide, append. Conflicts are decided anew, a bounded number of times.

use std::sync::Arc;

use cqrs_es::{AggregateError, CqrsFramework};
use domain::decider::Decider;
use domain::problem::Rejection;
use tokio::sync::Mutex;

use crate::bridge::{Bridged, Failure, LogForCommand, Outcome};
use crate::envelope::{Meta, Position};
use crate::history::HistoryError;
use crate::ports::{AppendError, Appended, EventStore, Ids, StreamAppend};

/// Attempts when others append to the same stream at the same time.
pub const CONFLICTS_MAX: u32 = 8;
/// Repeats of an append whose outcome is unknown.
const UNKNOWN_OUTCOMES_MAX: u32 = 2;

/// What a command left in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Ask a view with this as `min_position` to see the effect.
    pub position: Position,
    /// The stream's last revision.
    pub revision: Option<u64>,
    /// False when it was already so.
    pub changed: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    #[error(transparent)]
    Rejected(Rejection),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error("too many others changed {stream} at the same time; try again")]
    Contended { stream: String },
    /// Nothing was appended. Read the stream again, and see whose turn it is.
    #[error("somebody else goes on with {stream}")]
    Overtaken { stream: String },
}

/// Whoever may turn commands into events.
#[derive(Clone)]
pub struct Executor {
    pub store: Arc<dyn EventStore>,
    pub ids: Arc<dyn Ids>,
}

impl Executor {
    pub fn new(store: Arc<dyn EventStore>, ids: Arc<dyn Ids>) -> Self {
        Self { store, ids }
    }

    /// Appends, and settles an unknown outcome by repeating: the event ids and expected revisions make the repeat
    /// harmless if the first try succeeded after all.
    pub async fn append(&self, appends: Vec<StreamAppend>) -> Result<Appended, AppendError> {
        for _ in 0..UNKNOWN_OUTCOMES_MAX {
            match self.store.append(appends.clone()).await {
                Err(AppendError::Unknown(cause)) => {
                    tracing::warn!(error = %cause, "an append had an unknown outcome; repeating it");
                }
                settled => return settled,
            }
        }
        self.store.append(appends).await
    }

    pub async fn execute<D: Decider>(
        &self,
        id: &str,
        command: D::Command,
        meta: Meta,
    ) -> Result<Committed, ExecuteError> {
        for _ in 0..CONFLICTS_MAX {
            let outcome = Arc::new(Mutex::new(Outcome::default()));
            let log = LogForCommand {
                store: self.store.clone(),
                ids: self.ids.clone(),
                meta: meta.clone(),
                outcome: outcome.clone(),
            };
            let framework = CqrsFramework::<Bridged<D>, _>::new(log, vec![], ());
            let result = framework.execute(id, command.clone()).await;
            let done = std::mem::take(&mut *outcome.lock().await);
            match (result, done.failure) {
                (Ok(()), _) => {
                    return Ok(Committed {
                        position: done.position,
                        revision: done.revision,
                        changed: done.changed,
                    });
                }
                (Err(AggregateError::UserError(rejection)), _) => {
                    return Err(ExecuteError::Rejected(rejection));
                }
                (Err(_), Some(Failure::Append(AppendError::Conflict { .. }))) => {}
                (Err(_), Some(Failure::Append(error))) => return Err(error.into()),
                (Err(_), Some(Failure::History(error))) => return Err(error.into()),
                (Err(other), None) => return Err(AppendError::Unavailable(other.to_string().into()).into()),
            }
        }
        Err(ExecuteError::Contended { stream: format!("{}-{id}", D::CATEGORY) })
    }
}
