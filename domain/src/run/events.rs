//! What can happen in a run.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::events;
use crate::ids::{ConnectionId, ScenarioId};
use crate::portal::MappingStamp;
use crate::scenario::GraphDocument;

use super::recall::{ApprovalRequested, ItemsChosen, Recall, RunApproved};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunMode {
    Apply,
    /// Everything but the writing. The door to the outside is swapped, so it cannot write.
    DryRun,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    Manual,
    /// Records changed in the source, and were recorded.
    RecordChanged,
    /// A schedule was due.
    Schedule,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunStarted {
    pub scenario: ScenarioId,
    /// The published version; 0 for a dry run of a draft.
    pub version: u64,
    /// The graph it runs, so that later edits cannot touch a running run.
    pub graph: GraphDocument,
    pub mode: RunMode,
    pub trigger: Trigger,
    /// Stop after this many records per fetch node (samples, trials).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Present when the records come from what was recorded, and not from the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recall: Option<Recall>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunPaused {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunResumed {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CancelRequested {
    pub reason: String,
}

/// How many items came to which end. `read` counts records the source sent; the rest add up to the settled ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    pub read: u64,
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub skipped: u64,
    pub failed: u64,
    /// Only an undo removes.
    #[serde(skip_serializing_if = "is_zero")]
    pub removed: u64,
}

impl Counts {
    pub fn settled(&self) -> u64 {
        self.created + self.updated + self.unchanged + self.skipped + self.failed + self.removed
    }

    /// Items that were written, or would be.
    pub fn changes(&self) -> u64 {
        self.created + self.updated + self.removed
    }

    /// Adds a chunk, `again` of whose items had been counted as skipped before.
    pub fn settle(&mut self, chunk: &Self, again: u64) {
        self.add(chunk);
        self.skipped = self.skipped.saturating_sub(again);
    }

    pub fn add(&mut self, other: &Self) {
        self.read += other.read;
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.skipped += other.skipped;
        self.failed += other.failed;
        self.removed += other.removed;
    }

    pub fn count(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Created => &mut self.created,
            Outcome::Updated => &mut self.updated,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Skipped => &mut self.skipped,
            Outcome::Failed => &mut self.failed,
            Outcome::Removed => &mut self.removed,
        } += 1;
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Created,
    Updated,
    Unchanged,
    Skipped,
    Failed,
    /// Taken back, softly: its history stays.
    Removed,
}

/// One record's way through the run, ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettledItem {
    /// The record's id in its source.
    #[serde(rename = "r")]
    pub record: String,
    #[serde(rename = "o")]
    pub outcome: Outcome,
    /// The Portal record it became.
    #[serde(default, rename = "p", skip_serializing_if = "Option::is_none")]
    pub portal: Option<String>,
    /// Which of the chunk's targets it went to.
    #[serde(default, rename = "t", skip_serializing_if = "is_first")]
    pub target: u8,
    /// Revision of the record that was processed.
    #[serde(default, rename = "v", skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// Why it was skipped or failed, or what was only warned of.
    #[serde(default, rename = "n", skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<ItemNote>,
    #[serde(default, rename = "a", skip_serializing_if = "is_one")]
    pub attempts: Attempts,
    /// The Portal fields that would change, where a dry run could tell.
    #[serde(default, rename = "f", skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_first(target: &u8) -> bool {
    *target == 0
}

/// How often an item was sent; one unless something was retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attempts(pub u32);

impl Default for Attempts {
    fn default() -> Self {
        Self(1)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_one(attempts: &Attempts) -> bool {
    attempts.0 == 1
}

/// What happened to an item at one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemNote {
    /// The node where it happened.
    pub step: String,
    pub code: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// The value that was at fault, sealed with the record's subject key where there is one; base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

/// Pages of the source that were settled together: where they ended, and what the site said of the whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageFacts {
    #[serde(default = "one", skip_serializing_if = "is_one_page")]
    pub pages: u64,
    /// Where the next page begins; absent after the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Records the site counted on this page but did not show.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hidden: u64,
}

fn one() -> u64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_one_page(pages: &u64) -> bool {
    *pages == 1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// Where items of a chunk were written, and by which rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The write node.
    pub node: String,
    /// The destination's connection.
    pub to: ConnectionId,
    pub mapping: MappingStamp,
}

/// Items of one page came to an end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemsSettled {
    /// The fetch node the items came from.
    pub node: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageFacts>,
    /// Nothing was written; the outcomes are what would have been.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry: bool,
    /// The connection and resource the records are from.
    pub source: ConnectionId,
    pub resource: String,
    pub targets: Vec<Target>,
    /// That many of these items had been skipped earlier in this run, because a record they refer to was not there.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub again: u64,
    pub counts: Counts,
    /// Every item with an outcome other than unchanged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<SettledItem>,
    /// Source ids of the items that needed nothing at the first target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unchanged: Vec<String>,
}

/// A fetch node has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FetchFinished {
    pub node: String,
    /// Every page was read and the totals agree.
    pub complete: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    #[serde(default)]
    pub hidden: u64,
    /// Why it is not complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// A fault of the world that ended something, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub code: String,
    pub message: String,
    pub remedy: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    Info,
    Warning,
    Error,
}

/// A line of the run's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunNoted {
    pub level: Level,
    pub code: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
    Succeeded,
    PartlyFailed,
    Failed,
    Cancelled,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunCompleted {
    pub status: RunStatus,
    pub counts: Counts,
}

/// A person said how it went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRated {
    pub satisfied: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What was said before, if anything, so that whoever counts answers need not look back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<bool>,
}

events! {
    /// Facts about one run; stream `run-{id}`.
    RunEvent {
        "run.started" => Started(RunStarted),
        "run.items-chosen" => ItemsChosen(ItemsChosen),
        "run.approval-requested" => ApprovalRequested(ApprovalRequested),
        "run.approved" => Approved(RunApproved),
        "run.paused" => Paused(RunPaused),
        "run.resumed" => Resumed(RunResumed),
        "run.cancel-requested" => CancelRequested(CancelRequested),
        "run.items-settled" => ItemsSettled(ItemsSettled),
        "run.fetch-finished" => FetchFinished(FetchFinished),
        "run.noted" => Noted(RunNoted),
        "run.completed" => Completed(RunCompleted),
        "run.rated" => Rated(RunRated),
    }
}
