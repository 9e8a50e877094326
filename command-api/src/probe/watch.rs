//! Telling whoever watches how far a question to a remote system has come.

use app_sdk::Progress;
use domain::connection::{Stage, StageResult};
use serde::Serialize;
use tokio::sync::mpsc;
use utoipa::ToSchema;

/// Checks that may wait for a slow reader; there are fewer stages than this.
const WAITING_MAX: usize = 256;

/// One message of a test that is watched: a stage that begins or has ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Check {
    /// Stable: `address`, `root`, `credentials`, …
    pub stage: String,
    pub title: String,
    pub outcome: CheckOutcome,
    /// What was found.
    pub detail: Option<String>,
    /// What to do, where something is to be done.
    pub remedy: Option<String>,
    pub took_ms: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CheckOutcome {
    Running,
    Passed,
    /// Works, with a limit that the person should know.
    Warned,
    Failed,
    Skipped,
}

/// Whoever watches, if anybody does.
#[derive(Clone, Default)]
pub struct Watcher(Option<mpsc::Sender<Check>>);

impl Watcher {
    /// A watcher, and where it hears.
    pub fn new() -> (Self, mpsc::Receiver<Check>) {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        (Self(Some(sender)), receiver)
    }

    pub fn nobody() -> Self {
        Self::default()
    }

    /// Tells, without waiting: a watcher that does not listen misses something, and the test goes on.
    pub fn tell(&self, progress: &Progress) {
        if let Some(sender) = &self.0 {
            let _ = sender.try_send(check(progress));
        }
    }
}

fn check(progress: &Progress) -> Check {
    match progress {
        Progress::Begun { id, title } => Check {
            stage: id.clone(),
            title: title.clone(),
            outcome: CheckOutcome::Running,
            detail: None,
            remedy: None,
            took_ms: None,
        },
        Progress::Ended(Stage { id, title, result, finding, remedy, millis }) => Check {
            stage: id.clone(),
            title: title.clone(),
            outcome: match result {
                StageResult::Passed => CheckOutcome::Passed,
                StageResult::Warned => CheckOutcome::Warned,
                StageResult::Failed => CheckOutcome::Failed,
                StageResult::Skipped => CheckOutcome::Skipped,
            },
            detail: Some(finding.clone()),
            remedy: remedy.clone(),
            took_ms: Some(*millis),
        },
    }
}
