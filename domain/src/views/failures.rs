//! What fails at present: each item once, and its failures in groups of the same reason.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{ViewSpec, integer, text};
use crate::failure::FailureState;
use crate::run::OUTCOME_UNKNOWN;

/// Keys: a failure's id holds a [`FailureView`]; [`failing_key`] and [`failing_fetch_key`] a [`FailingItem`];
/// [`failing_run_key`] a [`FailingRun`]. Only failures have columns, so lists of them see nothing else. `last` is
/// microseconds since 1970.
pub const FAILURES: ViewSpec =
    ViewSpec { name: "failures", version: 3, columns: &[text("state"), text("scenario"), integer("last")] };

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

/// Days that a failure counts one by one.
pub const FAILURE_DAYS_MAX: usize = 14;

/// How often something failed on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureDay {
    #[serde(rename = "d")]
    pub date: NaiveDate,
    #[serde(rename = "n")]
    pub count: u64,
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
    /// How often on the newest days on which it happened, the oldest first; at most [`FAILURE_DAYS_MAX`]. Days are UTC's.
    #[serde(default)]
    pub days: Vec<FailureDay>,
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

impl FailureView {
    /// Nobody can tell whether its items arrived: they wait for a person, and no run sends them.
    pub fn is_doubted(&self) -> bool {
        self.code == OUTCOME_UNKNOWN
    }

    /// Counts one more at this time.
    pub fn happened(&mut self, at: DateTime<Utc>) {
        self.total += 1;
        self.last_at = at;
        let date = at.date_naive();
        match self.days.last_mut() {
            // Two machines' clocks may disagree about midnight: what comes late counts on the day that has begun.
            Some(day) if day.date >= date => day.count += 1,
            _ => self.days.push(FailureDay { date, count: 1 }),
        }
        let over = self.days.len().saturating_sub(FAILURE_DAYS_MAX);
        self.days.drain(..over);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> FailureView {
        serde_json::from_value(serde_json::json!({
            "id": "fl_1", "scenario": "sc_1", "code": "REQUIRED", "step": "map", "message": "", "fetch": false,
            "state": "open", "count": 0, "total": 0, "first_at": "2026-03-01T00:00:00Z",
            "last_at": "2026-03-01T00:00:00Z", "moved_at": "2026-03-01T00:00:00Z", "moved_by": "run:rn_1",
            "came_back": false, "run": "", "item": "",
        }))
        .unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn counts_by_day_and_keeps_the_newest_days() {
        let mut view = view();
        view.happened(at("2026-03-01T23:59:00Z"));
        view.happened(at("2026-03-02T00:01:00Z"));
        view.happened(at("2026-03-01T23:59:59Z"));
        let counts: Vec<u64> = view.days.iter().map(|day| day.count).collect();
        assert_eq!((view.total, counts), (3, vec![1, 2]), "what comes late counts on the day that has begun");
        for day in 3..=20 {
            view.happened(at(&format!("2026-03-{day:02}T12:00:00Z")));
        }
        assert_eq!(view.days.len(), FAILURE_DAYS_MAX);
        assert_eq!(view.days[0].date.to_string(), "2026-03-07");
    }
}
