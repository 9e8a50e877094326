//! What scenarios did lately: their last run and the last seven days.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::run::{Counts, RunMode};
use domain::views::{RUNS, RunPhaseView, RunView};
use engine::ports::{Order, Query};
use serde::Serialize;
use utoipa::ToSchema;

use super::Scenario;
use crate::context::Api;
use crate::endpoint::Problem;
use crate::schema;

const DAYS: u64 = 7;

/// A scenario's newest run that wrote.
#[derive(Serialize, ToSchema)]
pub struct LastRun {
    pub id: String,
    #[schema(value_type = schema::RunPhase)]
    pub phase: RunPhaseView,
    #[schema(value_type = schema::Counts)]
    pub counts: Counts,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

/// One day, UTC, of runs that wrote, by when they started.
#[derive(Clone, Serialize, ToSchema)]
pub struct ScenarioDay {
    #[schema(value_type = String, format = Date)]
    pub day: NaiveDate,
    pub runs: u64,
    /// Runs in which nothing failed.
    pub succeeded: u64,
    /// Records created or updated.
    pub imported: u64,
    pub failed: u64,
}

impl Api {
    /// Says of scenarios what they did, as far as the newest thousand runs tell.
    pub async fn tell_activity(&self, scenarios: &mut [Scenario]) -> Result<(), Problem> {
        let equals = match scenarios {
            [only] => vec![("scenario", only.id.as_str().into())],
            _ => vec![],
        };
        let query = Query { equals, order_by: Some("started"), order: Order::Descending, ..Query::default() };
        let runs: Vec<RunView> = self.many(&RUNS, query).await?;
        let mut of: BTreeMap<&str, Vec<&RunView>> = BTreeMap::new();
        for run in runs.iter().filter(|run| run.mode == RunMode::Apply) {
            of.entry(&run.scenario).or_default().push(run);
        }
        let today = self.context.clock.now().date_naive();
        for scenario in scenarios {
            let runs = of.remove(scenario.id.as_str()).unwrap_or_default();
            scenario.week = week(&runs, today);
            scenario.last_run = runs.first().map(|run| LastRun {
                id: run.id.clone(),
                phase: run.phase,
                counts: run.counts.clone(),
                started_at: run.started_at,
                ended_at: run.ended_at,
            });
        }
        Ok(())
    }
}

fn week(runs: &[&RunView], today: NaiveDate) -> Vec<ScenarioDay> {
    let empty = |back| ScenarioDay {
        day: today.checked_sub_days(Days::new(back)).unwrap_or(today),
        runs: 0,
        succeeded: 0,
        imported: 0,
        failed: 0,
    };
    let mut days: Vec<ScenarioDay> = (0..DAYS).rev().map(empty).collect();
    for run in runs {
        let started = run.started_at.date_naive();
        let Some(day) = days.iter_mut().find(|day| day.day == started) else { continue };
        day.runs += 1;
        day.succeeded += u64::from(run.phase == RunPhaseView::Succeeded);
        day.imported += run.counts.created + run.counts.updated;
        day.failed += run.counts.failed;
    }
    days
}
