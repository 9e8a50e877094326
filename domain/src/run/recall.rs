//! Runs that do not ask the source: their records come from what was recorded.

use serde::{Deserialize, Serialize};

use super::events::Counts;
use crate::ids::RunId;

/// Most items of one retry; more are retried in several.
pub const CHOSEN_MAX: usize = 100_000;
/// Most items in one event.
pub const CHOSEN_TOGETHER_MAX: usize = 1_000;

/// Where a run's records come from, when it does not ask the source for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Recall {
    /// Items that failed before, at exactly the revisions that failed. Which ones, `run.items-chosen` says.
    Retry {
        /// The run they failed in; absent when they failed in several.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<RunId>,
    },
    /// Everything that was recorded, as it stood at a position of the log.
    Reimport(Scope),
    /// What another run wrote is taken back.
    Undo { of: RunId },
    /// Records that changed, or are gone, since the run of this kind before it. Which ones, `run.items-chosen` says.
    Changes {
        /// All changes of the log up to this position are taken care of.
        until: u64,
    },
}

/// Which records a re-import works on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Records as they stood here. What has changed since is left to the next run.
    pub until: u64,
    /// Only of this resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Only these, by their ids in the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
    /// The preview that this run carries out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<RunId>,
}

/// Changes that a person need not approve, however few records there are.
pub const UNAPPROVED_MAX: u64 = 50;
/// Changes that a person need not approve, as one in so many of the records looked at.
pub const UNAPPROVED_SHARE: u64 = 50;

/// What a run is about to do, before it does anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRequested {
    pub counts: Counts,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunApproved {}

/// A change set that is large enough to be looked at by a person first: more than [`UNAPPROVED_MAX`] changes, and more
/// than one in [`UNAPPROVED_SHARE`] of the records.
pub fn needs_approval(counts: &Counts) -> bool {
    let changes = counts.changes();
    changes > UNAPPROVED_MAX && changes.saturating_mul(UNAPPROVED_SHARE) > counts.settled()
}

impl Recall {
    /// The word for it, as people read it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Retry { .. } => "retry",
            Self::Reimport(_) => "reimport",
            Self::Undo { .. } => "undo",
            Self::Changes { .. } => "changes",
        }
    }
}

/// One record that such a run works on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenItem {
    /// The record's id in its source.
    #[serde(rename = "r")]
    pub record: String,
    /// The revision that is worked on.
    #[serde(rename = "v")]
    pub revision: u64,
}

/// Items that such a run works on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemsChosen {
    /// The fetch node that they go on from.
    pub node: String,
    pub items: Vec<ChosenItem>,
}
