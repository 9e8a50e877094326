//! Sees to it that every run that is not over is being executed. It carries no data from event to action: on every
//! ring of the bell it looks at the runs view and starts what nobody executes, so the way after a crash and the way
//! in normal running are the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use domain::views::{RUNS, RunView};
use engine::Position;
use engine::follow::Follower;
use engine::ports::{Cause, Filter, Query, Slice};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::run_nodes;
use crate::parts::Parts;

/// Runs executed at the same time; more wait for their turn.
pub const RUNS_AT_ONCE_MAX: usize = 4;
/// How long the view may take to show an event we have seen.
const VIEW_PATIENCE: Duration = Duration::from_secs(30);
/// Runs of one phase looked at; more than that are taken up as the first ones end.
const OPEN_RUNS_MAX: usize = 500;

pub struct StartRuns {
    parts: Parts,
    executing: Arc<Mutex<HashMap<String, Arc<Notify>>>>,
    turns: Arc<Semaphore>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl StartRuns {
    pub fn new(parts: Parts, tasks: TaskTracker, stop: CancellationToken) -> Self {
        Self {
            parts,
            executing: Arc::default(),
            turns: Arc::new(Semaphore::new(RUNS_AT_ONCE_MAX)),
            tasks,
            stop,
        }
    }

    /// Starts what should be executed and is not; tells running ones to look at their stream.
    async fn look(&self) -> Result<(), Cause> {
        for phase in ["running", "cancelling"] {
            let query =
                Query { equals: vec![("phase", phase.into())], limit: OPEN_RUNS_MAX, ..Query::default() };
            for row in self.parts.reads.list(&RUNS, &query).await?.rows {
                let run: RunView = serde_json::from_slice(&row.doc)?;
                self.start(run.id);
            }
        }
        Ok(())
    }

    fn start(&self, id: String) {
        let bell = {
            let mut executing = self.executing.lock().unwrap_or_else(PoisonError::into_inner);
            if executing.contains_key(&id) {
                return;
            }
            let bell = Arc::new(Notify::new());
            executing.insert(id.clone(), bell.clone());
            bell
        };
        let (parts, turns, stop) = (self.parts.clone(), self.turns.clone(), self.stop.clone());
        let executing = self.executing.clone();
        self.tasks.spawn(async move {
            let work = async {
                let Ok(_turn) = turns.acquire().await else { return };
                run_nodes::execute(&parts, &id, &bell).await;
            };
            tokio::select! {
                () = work => {}
                () = stop.cancelled() => {}
            }
            executing.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        });
    }

    fn ring(&self, run: &str) {
        let executing = self.executing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = executing.get(run) {
            bell.notify_one();
        }
    }
}

#[async_trait]
impl Follower for StartRuns {
    fn name(&self) -> &'static str {
        "start-runs"
    }

    fn filter(&self) -> Filter {
        Filter::categories(["run"])
    }

    /// Nothing is skipped by beginning at the end: open runs are found in the view, not in the events.
    async fn checkpoint(&mut self) -> Result<Position, Cause> {
        let end = *self.parts.executor.store.end().borrow();
        engine::wait::until(&*self.parts.reads, &RUNS, end, VIEW_PATIENCE).await?;
        self.look().await?;
        Ok(end)
    }

    async fn take(&mut self, slice: Slice) -> Result<(), Cause> {
        let mut news = None;
        for event in &slice.events {
            match &*event.event_type {
                "run.started" | "run.resumed" | "run.approved" => news = Some(event.position),
                "run.paused" | "run.cancel-requested" => {
                    news = Some(event.position);
                    self.ring(event.stream.id());
                }
                _ => {}
            }
        }
        let Some(position) = news else { return Ok(()) };
        engine::wait::until(&*self.parts.reads, &RUNS, position, VIEW_PATIENCE).await?;
        self.look().await
    }
}
