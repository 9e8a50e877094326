//! What fails at present: each item once, and its failures in groups of the same reason.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ViewSpec, integer, text};
use crate::failure::FailureState;

/// Keys: a failure's id holds a [`FailureView`]; [`failing_key`] and [`failing_fetch_key`] a [`FailingItem`];
/// [`failing_run_key`] a [`FailingRun`]. Only failures have columns, so lists of them see nothing else. `last` is
/// microseconds since 1970.
pub const FAILURES: ViewSpec =
    ViewSpec { name: "failures", version: 1, columns: &[text("state"), text("scenario"), integer("last")] };

/// An item of a scenario at a destination.
pub fn failing_key(scenario: &str, destination: &str, record_path: &str) -> String {
    format!("{}{destination}|{record_path}", failing_prefix(scenario))
}

/// A fetch node of a scenario.
pub fn failing_fetch_key(scenario: &str, node: &str) -> String {
    format!("fetch/{scenario}|{node}")
}

/// What the keys of a scenario's failing items begin with.
pub fn failing_prefix(scenario: &str) -> String {
    format!("item/{scenario}|")
}

/// A run that is under way.
pub fn failing_run_key(run: &str) -> String {
    format!("run/{run}")
}

/// What all failing items' keys begin with.
pub const FAILING_PREFIX: &str = "item/";

/// Which scenario a run belongs to; kept while it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailingRun {
    #[serde(rename = "s")]
    pub scenario: String,
}

/// Something that failed when it was last tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailingItem {
    /// The failures it belongs to.
    #[serde(rename = "g")]
    pub groups: Vec<String>,
    #[serde(rename = "s")]
    pub scenario: String,
    /// The run it failed in last, and its id there.
    #[serde(rename = "u")]
    pub run: String,
    #[serde(rename = "i")]
    pub item: String,
    /// The fetch node it came from.
    #[serde(rename = "n")]
    pub node: String,
    /// `RecordKey::path`; absent when a fetch failed.
    #[serde(default, rename = "x", skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Absent when the record could not be read.
    #[serde(default, rename = "v", skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    #[serde(rename = "t")]
    pub at: DateTime<Utc>,
}

/// All items of a scenario that fail for the same reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailureView {
    pub id: String,
    pub scenario: String,
    pub code: String,
    /// The node where it happens.
    pub step: String,
    #[serde(default)]
    pub field: Option<String>,
    /// Of the newest example.
    pub message: String,
    #[serde(default)]
    pub remedy: Option<String>,
    /// The fetch itself fails, not single records.
    pub fetch: bool,
    pub state: FailureState,
    /// Items that fail for this at present.
    pub count: u64,
    /// Times it has happened.
    pub total: u64,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    /// When the state was last changed, and by whom: a person, or a run.
    pub moved_at: DateTime<Utc>,
    pub moved_by: String,
    #[serde(default)]
    pub note: String,
    /// It was resolved once and came back.
    pub came_back: bool,
    /// The newest example: run and item.
    pub run: String,
    pub item: String,
}
