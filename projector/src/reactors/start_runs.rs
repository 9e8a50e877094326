//! Sees to it that every run that is not over is being executed. It carries no data from event to action: on every
//! ring of the bell it looks at the runs view and starts what nobody executes, so the way after a crash and the way
//! in normal running are the same.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use domain::decider::Decider;
use domain::ids::ConnectionId;
use domain::run::{RunStarted, Runs};
use domain::scenario::graph::{Graph, NodeKind};
use domain::views::{RUNS, RunView};
use engine::follow::Follower;
use engine::ports::{Cause, Filter, Query, Slice};
use engine::{Position, StreamName};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::run_nodes;
use crate::parts::Parts;
use crate::share::{Share, Turn, part_of};

/// Runs executed at the same time; more wait for their turn.
pub const RUNS_AT_ONCE_MAX: usize = 4;
/// How long the view may take to show an event we have seen.
const VIEW_PATIENCE: Duration = Duration::from_secs(30);
/// Runs of one phase looked at; more than that are taken up as the first ones end.
const OPEN_RUNS_MAX: usize = 500;

/// A run that is being executed.
#[derive(Default)]
struct Executing {
    /// It has news.
    bell: Notify,
    /// It was resumed or approved, and may have come to rest just before.
    again: AtomicBool,
}

pub struct StartRuns {
    parts: Parts,
    share: Share,
    /// The part that a run belongs to, by its id.
    part_of: HashMap<String, String>,
    executing: Arc<Mutex<HashMap<String, Arc<Executing>>>>,
    turns: Arc<Semaphore>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl StartRuns {
    pub fn new(parts: Parts, share: Share, tasks: TaskTracker, stop: CancellationToken) -> Self {
        Self {
            parts,
            share,
            part_of: HashMap::new(),
            executing: Arc::default(),
            turns: Arc::new(Semaphore::new(RUNS_AT_ONCE_MAX)),
            tasks,
            stop,
        }
    }

    /// Starts what should be executed and is not; tells running ones to look at their stream.
    async fn look(&mut self) -> Result<(), Cause> {
        let mut open = HashMap::new();
        for phase in ["running", "cancelling"] {
            let query =
                Query { equals: vec![("phase", phase.into())], limit: OPEN_RUNS_MAX, ..Query::default() };
            for row in self.parts.reads.list(&RUNS, &query).await?.rows {
                let run: RunView = serde_json::from_slice(&row.doc)?;
                let part = self.part(&run.id).await?;
                open.insert(run.id.clone(), part.clone());
                if let Some(turn) = self.share.turn(&part) {
                    self.start(run.id, part, turn);
                }
            }
        }
        self.part_of = open;
        Ok(())
    }

    /// A run belongs to the first connection that it reads from; one without any, to itself.
    async fn part(&self, run: &str) -> Result<String, Cause> {
        if let Some(known) = self.part_of.get(run) {
            return Ok(known.clone());
        }
        if self.share.is_alone() {
            return Ok(String::new());
        }
        let store = &*self.parts.executor.store;
        let started = store.read_stream(&StreamName::new(Runs::CATEGORY, run), 0, 1).await?;
        let graph = match started.first().map(|event| (&*event.event_type, &event.data)) {
            Some(("run.started", data)) => serde_json::from_slice::<RunStarted>(data).ok(),
            _ => None,
        };
        let graph = graph.and_then(|started| Graph::parse(&started.graph).ok());
        let connection = graph.iter().flat_map(|graph| &graph.nodes).find_map(|node| match &node.kind {
            NodeKind::Fetch(fetch) => fetch.connection.as_ref(),
            _ => None,
        });
        Ok(part_of(connection.map_or(run, ConnectionId::as_str)))
    }

    fn start(&self, id: String, part: String, turn: Turn) {
        let this = {
            let mut executing = self.executing.lock().unwrap_or_else(PoisonError::into_inner);
            if executing.contains_key(&id) {
                return;
            }
            let this = Arc::new(Executing::default());
            executing.insert(id.clone(), this.clone());
            this
        };
        let (parts, turns, stop) = (self.parts.clone(), self.turns.clone(), self.stop.clone());
        let (executing, share) = (self.executing.clone(), self.share.clone());
        self.tasks.spawn(async move {
            let work = async {
                loop {
                    this.again.store(false, Ordering::SeqCst);
                    run_nodes::execute(&parts, &id, &this.bell, turns.clone()).await;
                    let mut executing = executing.lock().unwrap_or_else(PoisonError::into_inner);
                    if !this.again.load(Ordering::SeqCst) {
                        executing.remove(&id);
                        return;
                    }
                }
            };
            let done = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                done = turn.during(work) => done,
            };
            if done.is_none() {
                executing.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
                // Lost and gained again before this run had stopped: whoever looked then took it for executed.
                if share.turn(&part).is_some() {
                    share.look_again();
                }
            }
        });
    }

    fn ring(&self, run: &str) {
        let executing = self.executing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = executing.get(run) {
            run.bell.notify_one();
        }
    }

    /// Whoever executes the run looks at it once more before leaving it.
    fn keep(&self, run: &str) {
        let executing = self.executing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = executing.get(run) {
            run.again.store(true, Ordering::SeqCst);
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
        engine::wait::shown(&*self.parts.reads, &RUNS, end, VIEW_PATIENCE).await?;
        self.look().await?;
        Ok(end)
    }

    async fn take(&mut self, slice: Slice) -> Result<(), Cause> {
        let mut news = None;
        for event in &slice.events {
            match &*event.event_type {
                "run.started" => news = Some(event.position),
                "run.resumed" | "run.approved" => {
                    news = Some(event.position);
                    self.keep(event.stream.id());
                }
                "run.paused" | "run.cancel-requested" => {
                    news = Some(event.position);
                    self.ring(event.stream.id());
                }
                _ => {}
            }
        }
        let Some(position) = news else { return Ok(()) };
        engine::wait::shown(&*self.parts.reads, &RUNS, position, VIEW_PATIENCE).await?;
        self.look().await
    }
}
