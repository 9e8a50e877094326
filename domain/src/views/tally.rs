//! Numbers for the overview: what was imported in which hour, and how it went in all.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ViewSpec;

/// Key: [`hour_key`].
pub const HOURS: ViewSpec = ViewSpec { name: "hours", version: 1, columns: &[] };

/// One document under [`TOTALS_KEY`].
pub const TOTALS: ViewSpec = ViewSpec { name: "totals", version: 1, columns: &[] };
pub const TOTALS_KEY: &str = "all";

/// Hours kept: thirty-two days.
pub const HOURS_MAX: i64 = 32 * 24;
const HOUR_SECONDS: i64 = 3_600;

/// Records that came to an end in one hour, outside of dry runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourView {
    /// Its beginning.
    pub at: DateTime<Utc>,
    /// Created or updated.
    pub imported: u64,
    /// Were as they should be already.
    pub unchanged: u64,
    pub failed: u64,
}

/// Since the beginning of this installation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TotalsView {
    /// Connections that people made; the built-in Portal is not one.
    pub connections_established: u64,
    pub scenarios_created: u64,
    pub records_imported: u64,
    pub records_unchanged: u64,
    pub records_failed: u64,
    pub satisfied: u64,
    pub dissatisfied: u64,
}

impl HourView {
    /// Share of what came to an end that did not fail; absent when nothing did.
    pub fn success_rate(&self) -> Option<f64> {
        share(self.imported + self.unchanged, self.failed)
    }
}

impl TotalsView {
    /// Share of what came to an end that failed; absent when nothing came to an end.
    pub fn error_rate(&self) -> Option<f64> {
        share(self.records_failed, self.records_imported + self.records_unchanged)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share needs no more than 52 bits")]
fn share(part: u64, rest: u64) -> Option<f64> {
    let all = part + rest;
    (all > 0).then(|| part as f64 / all as f64)
}

/// The beginning of an hour.
pub fn hour_of(at: DateTime<Utc>) -> DateTime<Utc> {
    let seconds = at.timestamp().div_euclid(HOUR_SECONDS) * HOUR_SECONDS;
    DateTime::from_timestamp_secs(seconds).unwrap_or_default()
}

/// Hours share [`HOURS_MAX`] keys in turn, so there are never more: an hour overwrites the one of 32 days before.
pub fn hour_key(at: DateTime<Utc>) -> String {
    format!("{:03}", at.timestamp().div_euclid(HOUR_SECONDS).rem_euclid(HOURS_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_take_turns_with_their_keys() {
        let at = DateTime::from_timestamp_secs(1_780_315_201).unwrap();
        assert_eq!(hour_of(at).timestamp(), 1_780_315_200);
        assert_eq!(hour_key(at), hour_key(hour_of(at)));
        let mut keys: Vec<_> = (0..HOURS_MAX).map(|n| hour_key(at + chrono::TimeDelta::hours(n))).collect();
        assert_eq!(hour_key(at + chrono::TimeDelta::hours(HOURS_MAX)), keys[0]);
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 768);
        assert_eq!(HourView::default().success_rate(), None);
        let hour = HourView { imported: 2, unchanged: 1, failed: 1, ..HourView::default() };
        assert_eq!(hour.success_rate(), Some(0.75));
    }
}
