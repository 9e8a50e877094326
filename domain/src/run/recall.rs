//! Runs that do not ask the source: their records come from what was recorded.

use serde::{Deserialize, Serialize};

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
    /// Records that changed, or are gone, since the run of this kind before it. Which ones, `run.items-chosen` says.
    Changes {
        /// All changes of the log up to this position are taken care of.
        until: u64,
    },
}

impl Recall {
    /// The word for it, as people read it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Retry { .. } => "retry",
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
