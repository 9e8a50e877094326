//! Runs as people see them: one line each, their items in chunks, and a log.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ViewSpec, integer, text};
use crate::run::{Counts, Level, Outcome, Problem, Recall, RunMode, RunStatus, SettledItem, Target};

/// Key: run id. `phase` is one of [`RunPhaseView`]; `started` is microseconds since 1970.
pub const RUNS: ViewSpec = ViewSpec {
    name: "runs",
    version: 3,
    columns: &[text("scenario").then("started"), text("phase").then("started"), integer("started")],
};

/// Key: [`chunk_key`]. `failed` counts failed items, and is absent where there are none, so that the failures of a
/// large run are found without reading the rest.
pub const RUN_CHUNKS: ViewSpec = ViewSpec { name: "run_chunks", version: 1, columns: &[integer("failed")] };

/// Key: [`log_key`].
pub const RUN_LOG: ViewSpec = ViewSpec { name: "run_log", version: 1, columns: &[] };

/// Keys sort as the chunks happened.
pub fn chunk_key(run: &str, chunk: u64) -> String {
    format!("{run}/{chunk:08}")
}

/// Keys sort as the lines happened.
pub fn log_key(run: &str, position: u64) -> String {
    format!("{run}/{position:012}")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunPhaseView {
    Running,
    Paused,
    /// It waits for a person to approve what it is about to do.
    AwaitingApproval,
    Cancelling,
    Succeeded,
    PartlyFailed,
    Failed,
    Cancelled,
}

impl RunPhaseView {
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Running | Self::Paused | Self::AwaitingApproval | Self::Cancelling)
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::AwaitingApproval => "awaiting-approval",
            Self::Cancelling => "cancelling",
            Self::Succeeded => "succeeded",
            Self::PartlyFailed => "partly-failed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl From<RunStatus> for RunPhaseView {
    fn from(status: RunStatus) -> Self {
        match status {
            RunStatus::Succeeded => Self::Succeeded,
            RunStatus::PartlyFailed => Self::PartlyFailed,
            RunStatus::Failed => Self::Failed,
            RunStatus::Cancelled => Self::Cancelled,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunView {
    pub id: String,
    pub scenario: String,
    pub version: u64,
    pub mode: RunMode,
    pub phase: RunPhaseView,
    pub counts: Counts,
    /// By fetch node.
    pub fetches: BTreeMap<String, FetchView>,
    pub started_at: DateTime<Utc>,
    #[serde(default)]
    pub ended_at: Option<DateTime<Utc>>,
    pub actor: String,
    /// How many chunks of items there are.
    pub chunks: u64,
    #[serde(default)]
    pub limit: Option<u64>,
    /// Present when its records came from what was recorded.
    #[serde(default)]
    pub recall: Option<Recall>,
    /// By node of the graph: what came to an end there.
    #[serde(default)]
    pub nodes: BTreeMap<String, Counts>,
    /// What a person said of it.
    #[serde(default)]
    pub rating: Option<Rating>,
    /// What it asked approval for.
    #[serde(default)]
    pub intended: Option<Counts>,
    /// By Portal field: items that would change there. Only of dry runs.
    #[serde(default)]
    pub fields: BTreeMap<String, u64>,
    /// Why items failed or were skipped; at most [`REASONS_MAX`] reasons.
    #[serde(default)]
    pub reasons: Vec<RunReason>,
}

/// Reasons that a run's line keeps; more are only counted with their items.
pub const REASONS_MAX: usize = 100;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunReason {
    pub outcome: Outcome,
    pub code: String,
    pub step: String,
    #[serde(default)]
    pub field: Option<String>,
    pub count: u64,
    /// The first one's id within the run, and what it said.
    pub item: String,
    pub message: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rating {
    pub satisfied: bool,
    #[serde(default)]
    pub note: Option<String>,
    pub at: DateTime<Utc>,
    pub actor: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FetchView {
    pub resource: String,
    pub pages: u64,
    pub total: Option<u64>,
    /// Records the site counted but did not show.
    pub hidden: u64,
    /// Absent while it is not over.
    pub complete: Option<bool>,
    pub problem: Option<Problem>,
}

/// One page of settled items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunChunkView {
    pub node: String,
    pub at: DateTime<Utc>,
    pub source: String,
    pub resource: String,
    pub targets: Vec<Target>,
    pub items: Vec<SettledItem>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unchanged: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunLogView {
    pub at: DateTime<Utc>,
    pub position: u64,
    pub level: Level,
    pub code: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
}
