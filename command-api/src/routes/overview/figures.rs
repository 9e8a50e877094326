//! The figures of a range.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::run::RunMode;
use domain::views::{HOURS, HourView, RunView, ScenarioView, hour_of};
use engine::ports::Query;

use super::Range;
use crate::context::Api;
use crate::endpoint::Problem;

/// Every hour of the range up to the present one, oldest first.
pub async fn hours(api: &Api, now: DateTime<Utc>, range: Range) -> Result<Vec<HourView>, Problem> {
    let count = match range {
        Range::Day => 24,
        Range::Week => 7 * 24,
        Range::Month => 30 * 24,
    };
    let known: Vec<HourView> = api.many(&HOURS, Query::default()).await?;
    let mut known: HashMap<DateTime<Utc>, HourView> = known.into_iter().map(|hour| (hour.at, hour)).collect();
    let present = hour_of(now);
    let hour = |back: i64| {
        let at = present - TimeDelta::hours(back);
        known.remove(&at).unwrap_or(HourView { at, ..HourView::default() })
    };
    Ok((0..count).rev().map(hour).collect())
}

pub fn sum(hours: &[HourView]) -> HourView {
    hours.iter().fold(HourView::default(), |sum, hour| HourView {
        at: sum.at,
        imported: sum.imported + hour.imported,
        unchanged: sum.unchanged + hour.unchanged,
        failed: sum.failed + hour.failed,
    })
}

/// The time that 95 of 100 runs did not exceed: nearest rank.
pub fn run_time_p95(runs: &[RunView], since: DateTime<Utc>) -> Option<u64> {
    let took = |run: &RunView| {
        let ended = run.ended_at.filter(|ended| *ended >= since && run.mode == RunMode::Apply)?;
        u64::try_from((ended - run.started_at).num_milliseconds()).ok()
    };
    let mut times: Vec<u64> = runs.iter().filter_map(took).collect();
    times.sort_unstable();
    let rank = (times.len() * 95).div_ceil(100);
    times.get(rank.checked_sub(1)?).copied()
}

/// The newest ended run that wrote, of each scenario that still exists. `runs` are newest first.
pub fn newest_of_each<'a>(runs: &'a [RunView], scenarios: &[ScenarioView]) -> HashMap<&'a str, &'a RunView> {
    let mut newest = HashMap::new();
    let exists = |run: &RunView| scenarios.iter().any(|scenario| scenario.id == run.scenario);
    let ended = runs.iter().filter(|run| run.mode == RunMode::Apply && run.phase.is_over());
    for run in ended.filter(|run| exists(run)) {
        newest.entry(run.scenario.as_str()).or_insert(run);
    }
    newest
}
