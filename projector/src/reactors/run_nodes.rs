//! Executes one run from where its stream says it is, to its end or until somebody stops it. Killed at any point, it
//! is executed again: pages that were not settled are fetched again, and what was written already is recognised.

mod ahead;
mod careful;
pub(super) mod fetch;
mod give_up;
mod given;
pub mod observe;
mod plan;
pub(super) mod prepare;
mod process;
mod recall;
mod reimport;
mod route;
mod undo;
mod waits;
mod write;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use app_sdk::App;
use domain::run::{
    FetchFinished, Problem, Recall, RunCommand, RunMode, RunPhase, RunStarted, Runs, needs_approval,
};
use domain::views::{LINKS, RECORDS};
use engine::Meta;
use engine::execute::ExecuteError;
use engine::hold::Hold;
use engine::ports::Cause;
use engine::retry::ATTEMPTS_MAX;
use tokio::sync::{Notify, Semaphore};

use self::fetch::{Ended, Execution};
use self::plan::Fetch;
use self::prepare::{Prepared, prepare};
use self::recall::recall;
use self::route::Unique;
use self::waits::Waits;
use crate::parts::Parts;

/// How long views may take to show what happened before the run.
const VIEW_PATIENCE: Duration = Duration::from_mins(10);
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_mins(1);
/// Records tried again in one chunk.
const AGAIN_MAX: usize = 100;

/// Executes a run. A store that fails is waited for; only the run's own events end it. What cannot be got past is
/// parked after a bounded number of attempts: the run ends with the reason, and makes room for others. `places` are those
/// of the runs that are executed at a time.
pub async fn execute(parts: &Parts, run: &str, bell: &Notify, places: Arc<Semaphore>) {
    let waits = Waits::new(places);
    let mut failures = 0u32;
    let mut fruitless = give_up::Fruitless::default();
    loop {
        let error = match attempt(parts, run, bell, &waits).await {
            Ok(After::Rest) => return,
            Ok(After::GoOn) => continue,
            Err(error) => error,
        };
        if let Some(ExecuteError::Overtaken { .. }) = error.downcast_ref() {
            tracing::info!(run, "another process goes on with the run; looking again");
            metrics::counter!("portal_runs_overtaken_total").increment(1);
            tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
            continue;
        }
        failures = failures.saturating_add(1);
        let why = engine::follow::chain(&*error);
        if fruitless.count(parts, run).await >= ATTEMPTS_MAX
            && give_up::give_up(parts, run, why.clone()).await.is_ok()
        {
            return;
        }
        let pause = PAUSE_AFTER_FAILURE.saturating_mul(1 << failures.min(6)).min(PAUSE_MAX);
        tracing::error!(run, failures, error = why, "run interrupted; going on later");
        metrics::counter!("portal_run_interruptions_total").increment(1);
        tokio::time::sleep(pause).await;
    }
}

/// What is to be done after an attempt that did not fail.
enum After {
    /// Nothing, at present.
    Rest,
    /// The run was resumed or approved before it had come to rest.
    GoOn,
}

async fn attempt(parts: &Parts, run: &str, bell: &Notify, waits: &Waits) -> Result<After, Cause> {
    waits.begin().await;
    let meta = Meta::by(format!("run:{run}")).of(run.to_owned());
    let hold = Hold::<Runs>::open(parts.executor.clone(), run, meta).await?.alone(|run| run.steps);
    let Some(started) = hold.state().started.clone() else { return Ok(After::Rest) };
    if rests(hold.state().phase) {
        return Ok(After::Rest);
    }
    let position = hold.position();
    for view in [&RECORDS, &LINKS] {
        engine::wait::shown(&*parts.reads, view, position, VIEW_PATIENCE).await?;
    }
    if let Some(Recall::Undo { of }) = &started.recall {
        undo::undo(parts, run, hold, &started, of).await?;
        return Ok(After::Rest);
    }
    let prepared = prepare(parts, &started).await?;
    let (plan, refusal) = match prepared {
        Ok(plan) => (plan, None),
        Err(problem) => (Prepared::default(), Some(problem)),
    };
    let mut execution = Execution {
        parts,
        run,
        dry: started.mode == RunMode::DryRun,
        limit: started.limit,
        destinations: &plan.destinations,
        bell,
        waits,
        hold,
        unique: Unique::default(),
        after: None,
        deferred: vec![],
    };
    if let Some(problem) = refusal {
        refuse(&mut execution, problem).await?;
    } else if go(&mut execution, &plan, &started).await? == Ended::Stopped {
        execution.hold.refresh().await?;
        match execution.hold.state().phase {
            RunPhase::Running => return Ok(After::GoOn),
            phase if rests(phase) => return Ok(After::Rest),
            _ => {}
        }
    }
    execution.hold.command(RunCommand::Complete, vec![]).await?;
    Ok(After::Rest)
}

/// Nothing is to be done for it at present.
fn rests(phase: RunPhase) -> bool {
    matches!(phase, RunPhase::Done | RunPhase::Paused | RunPhase::Waiting | RunPhase::Absent)
}

/// A run that cannot even begin says why, and has failed.
async fn refuse(execution: &mut Execution<'_>, problem: Problem) -> Result<(), Cause> {
    let finished = FetchFinished {
        node: "start".to_owned(),
        complete: false,
        total: None,
        hidden: 0,
        problem: Some(problem),
    };
    execution.hold.command(RunCommand::FinishFetch(finished), vec![]).await?;
    Ok(())
}

async fn go(execution: &mut Execution<'_>, plan: &Prepared, started: &RunStarted) -> Result<Ended, Cause> {
    if let Some(Recall::Reimport(scope)) = &started.recall
        && may_need_approval(execution)
    {
        let counts = execution.weigh(plan, scope).await?;
        if needs_approval(&counts) {
            execution.hold.command(RunCommand::RequestApproval(counts), vec![]).await?;
            return Ok(Ended::Stopped);
        }
    }
    for (fetch, app) in &plan.fetches {
        let done = execution.hold.state().fetches.get(&fetch.node).is_some_and(|p| p.finished.is_some());
        if done {
            continue;
        }
        let ended = match (&started.recall, app) {
            (Some(Recall::Retry { .. } | Recall::Changes { .. }), _) => execution.retry(fetch).await?,
            (Some(Recall::Reimport(scope)), _) => execution.reimport(fetch, scope).await?,
            (Some(Recall::Undo { .. }), _) => return Err("an undo has no fetches".into()),
            (None, Some(app)) => from_source(execution, fetch, app).await?,
            (None, None) => return Err("a run that asks the source was prepared without its app".into()),
        };
        if ended == Ended::Stopped {
            return Ok(Ended::Stopped);
        }
    }
    again(execution, plan).await?;
    Ok(if execution.must_stop() { Ended::Stopped } else { Ended::Finished })
}

/// A run that writes and has neither begun nor been approved.
fn may_need_approval(execution: &Execution<'_>) -> bool {
    let state = execution.hold.state();
    !execution.dry && !state.approved && state.chunks == 0 && state.phase == RunPhase::Running
}

async fn from_source(execution: &mut Execution<'_>, fetch: &Fetch, app: &App) -> Result<Ended, Cause> {
    let refused = match execution.parts.open(&fetch.connection).await {
        Ok((_, session)) => return execution.fetch(fetch, app, &session).await,
        Err(refused) => fetch::not_usable(refused)?,
    };
    let finished = FetchFinished {
        node: fetch.node.clone(),
        complete: false,
        total: None,
        hidden: 0,
        problem: Some(refused),
    };
    execution.hold.command(RunCommand::FinishFetch(finished), vec![]).await?;
    Ok(Ended::Finished)
}

/// Tries what had to wait for other records once more, now that all have come.
async fn again(execution: &mut Execution<'_>, plan: &Prepared) -> Result<(), Cause> {
    let deferred = std::mem::take(&mut execution.deferred);
    for (fetch, _) in &plan.fetches {
        // A retry stays with the revisions that it was asked to work on.
        let chosen: HashMap<&str, u64> =
            execution.hold.state().chosen.get(&fetch.node).map_or_else(HashMap::new, |chosen| {
                chosen.iter().map(|item| (item.record.as_str(), item.revision)).collect()
            });
        let mine = deferred.iter().filter(|waiting| waiting.fetch == fetch.node);
        let waited: HashSet<(String, u8)> =
            mine.clone().map(|waiting| (waiting.record.clone(), waiting.target)).collect();
        let mut seen = HashSet::new();
        let wanted: Vec<(String, Option<u64>)> = mine
            .map(|waiting| &waiting.record)
            .filter(|record| seen.insert(*record))
            .map(|record| (record.clone(), chosen.get(record.as_str()).copied()))
            .collect();
        for wanted in wanted.chunks(AGAIN_MAX) {
            let observed = recall(execution.parts, &fetch.place(), wanted).await?;
            execution.again(fetch, &observed, &waited).await?;
        }
    }
    Ok(())
}
