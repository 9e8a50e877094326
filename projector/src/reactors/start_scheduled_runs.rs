//! Starts runs when their schedule is due.
//!
//! Nothing is remembered: a time that was missed, because nobody was running or the last run was not over yet, is made
//! up for once, however many were missed. The run's name follows from the scenario and the time, so however many
//! processes have the same thought, one run begins.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::decider::Decider;
use domain::ids::{RunId, ScenarioId};
use domain::run::{RunCommand, RunMode, RunStarted, Runs, Trigger};
use domain::scenario::schedule::Schedule;
use domain::views::{RUNS, RunView, SCENARIOS, ScenarioView};
use engine::ports::read_store::Order;
use engine::ports::{AppendError, Cause, Expected, Query, StreamAppend};
use engine::{Meta, NewEvent, Position, StreamName, hash};
use tokio_util::sync::CancellationToken;

use crate::parts::Parts;

/// How often to look at the clock.
const TICK: Duration = Duration::from_secs(1);
/// Ticks after which a log that has grown is worth another look at the scenarios.
const LOOK_EVERY: u32 = 3;
/// Scenarios looked at. More than that are no longer drawn by hand.
const SCENARIOS_MAX: usize = 1_000;
/// A scenario's newest runs, among which one that is under way is looked for.
const RUNS_LOOKED_AT: usize = 50;

/// Who starts its runs, in their events.
const ACTOR: &str = "schedule";

pub struct StartScheduledRuns {
    parts: Parts,
    scheduled: Vec<Scheduled>,
    /// How far the scenarios' view was when they were looked up.
    looked_at: Option<Position>,
    /// By scenario: the time taken care of last.
    reached: HashMap<String, DateTime<Utc>>,
}

struct Scheduled {
    scenario: ScenarioId,
    view: ScenarioView,
    schedule: Schedule,
}

/// How a scenario stands to a time at which it was due.
enum Standing {
    Due,
    /// A run that writes is not over, whoever started it.
    UnderWay,
    /// It was run at that time, or later.
    Done,
}

impl StartScheduledRuns {
    pub fn new(parts: Parts) -> Self {
        Self { parts, scheduled: vec![], looked_at: None, reached: HashMap::new() }
    }

    /// Starts what is due, until the process ends.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut ticks = 0u32;
        loop {
            if let Err(error) = self.tick(ticks).await {
                tracing::warn!(error = %engine::follow::chain(&*error), "scheduled runs could not be started; trying again");
            }
            ticks = ticks.wrapping_add(1);
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    async fn tick(&mut self, ticks: u32) -> Result<(), Cause> {
        let end = *self.parts.executor.store.end().borrow();
        if self.looked_at.is_none_or(|at| at < end && ticks.is_multiple_of(LOOK_EVERY)) {
            // How far the view is, not the log: what it does not show yet is looked at again.
            self.looked_at = Some(self.parts.reads.checkpoint(&SCENARIOS).await?);
            self.scheduled = scheduled(&self.parts).await?;
        }
        self.start_due(self.parts.clock.now()).await
    }

    async fn start_due(&mut self, now: DateTime<Utc>) -> Result<(), Cause> {
        for scheduled in &self.scheduled {
            let Some(due) = scheduled.due(now) else { continue };
            let reached = self.reached.get(&scheduled.view.id);
            if reached.is_some_and(|reached| *reached >= due) {
                continue;
            }
            match self.standing(scheduled, due).await? {
                Standing::UnderWay => continue,
                Standing::Done => {}
                Standing::Due => self.start(scheduled, due).await?,
            }
            self.reached.insert(scheduled.view.id.clone(), due);
        }
        Ok(())
    }

    async fn standing(&self, scheduled: &Scheduled, due: DateTime<Utc>) -> Result<Standing, Cause> {
        let query = Query {
            equals: vec![("scenario", scheduled.view.id.as_str().into())],
            order_by: Some("started"),
            order: Order::Descending,
            limit: RUNS_LOOKED_AT,
            ..Query::default()
        };
        for row in self.parts.reads.list(&RUNS, &query).await?.rows {
            let run: RunView = serde_json::from_slice(&row.doc)?;
            if run.mode == RunMode::Apply && !run.phase.is_over() {
                return Ok(Standing::UnderWay);
            }
            if run.actor == ACTOR && run.started_at >= due {
                return Ok(Standing::Done);
            }
        }
        Ok(Standing::Due)
    }

    async fn start(&self, scheduled: &Scheduled, due: DateTime<Utc>) -> Result<(), Cause> {
        let run = RunId::new(&hash::id(&[scheduled.scenario.as_str(), "schedule", &due.to_rfc3339()]));
        let started = RunStarted {
            scenario: scheduled.scenario.clone(),
            version: scheduled.view.version,
            graph: scheduled.view.version_graph.clone(),
            mode: RunMode::Apply,
            trigger: Trigger::Schedule,
            limit: None,
            recall: None,
        };
        let state = <Runs as Decider>::State::default();
        let decided = Runs::decide(&state, RunCommand::Start(started))?;
        let meta = Meta::by(ACTOR).of(run.to_string());
        let events = decided.iter().map(|event| NewEvent::of(event, self.parts.ids.event_id(), meta.clone()));
        let stream = StreamName::new(Runs::CATEGORY, &run);
        let append = StreamAppend { stream, expected: Expected::NoStream, events: events.collect() };
        match self.parts.executor.append(vec![append]).await {
            // Started before, by this process or another.
            Ok(_) | Err(AppendError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Scheduled {
    /// The newest time it was due, if that is after the scenario was last touched: whoever publishes or turns on a
    /// nightly scenario at noon does not mean last night.
    fn due(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.schedule.last(now).filter(|due| *due > self.view.changed_at)
    }
}

/// Every published scenario that is on and has a schedule.
async fn scheduled(parts: &Parts) -> Result<Vec<Scheduled>, Cause> {
    let query = Query { limit: SCENARIOS_MAX, ..Query::default() };
    let mut found = vec![];
    for row in parts.reads.list(&SCENARIOS, &query).await?.rows {
        let view: ScenarioView = serde_json::from_slice(&row.doc)?;
        let Some(schedule) = view.schedule() else { continue };
        let Ok(scenario) = ScenarioId::parse(&view.id) else { continue };
        found.push(Scheduled { scenario, view, schedule });
    }
    Ok(found)
}
