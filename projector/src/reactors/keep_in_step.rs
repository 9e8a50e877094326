//! Keeps what scenarios watch in step with its source: asks what changed, and reads everything now and then. What came
//! of it is recorded; acting on it is the business of the runs that changes start.
//!
//! When to look next is kept in memory, what is known in the log: after a crash the same questions are asked again, and
//! what was recorded already is recognised.

mod ask;
mod gone;
mod pass;
mod sweep;
pub mod watched;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::ids::ConnectionId;
use domain::watch::watch_key;
use engine::ports::Cause;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::pass::{Outcome, Pass};
use crate::parts::Parts;
use crate::share::{Share, Turn, part_of};

/// Resources looked at together; each connection's own budget holds besides.
const AT_ONCE_MAX: usize = 4;
/// Questions in a row that heard nothing, after which they are asked less often.
const QUIET_AFTER: u32 = 30;
/// Longest between two questions.
const ASK_EVERY_MAX: Duration = Duration::from_mins(15);
/// After a pass that failed; doubled with each failure up to the longest.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(30);
/// Reading everything may take at most this part of the time.
const SWEEP_PART: u32 = 20;

/// How often to look. What is absent, the app decides.
#[derive(Clone, Copy, Debug)]
pub struct WatchPace {
    /// How often to look whether something is due.
    pub tick: Duration,
    pub ask: Option<Duration>,
    pub sweep: Option<Duration>,
}

impl Default for WatchPace {
    fn default() -> Self {
        Self { tick: Duration::from_secs(1), ask: None, sweep: None }
    }
}

/// When a watch is due.
struct Next {
    at: Instant,
    /// Where to go on asking, newer than what is recorded: a question that heard nothing is not worth an event.
    cursor: Option<serde_json::Value>,
    quiet: u32,
    failures: u32,
    sweep_took: Duration,
    busy: bool,
}

pub struct KeepInStep {
    parts: Parts,
    share: Share,
    pace: WatchPace,
    turns: Arc<Semaphore>,
    next: Arc<Mutex<BTreeMap<String, Next>>>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl KeepInStep {
    pub fn new(
        parts: Parts,
        share: Share,
        pace: WatchPace,
        tasks: TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        let turns = Arc::new(Semaphore::new(AT_ONCE_MAX));
        Self { parts, share, pace, turns, next: Arc::default(), tasks, stop }
    }

    /// Looks for what is due, until the process ends.
    pub async fn run(self) {
        loop {
            if let Err(error) = self.look().await {
                tracing::warn!(error = %engine::follow::chain(&*error), "what is watched could not be looked up; trying again");
            }
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(self.pace.tick) => {}
            }
        }
    }

    async fn look(&self) -> Result<(), Cause> {
        let watched = watched::watched(&self.parts).await?;
        let requested = watched::requested(&self.parts).await?;
        let mine = |watched: watched::Watched| {
            let turn = self.share.turn(&part_of(watched.connection.as_str()))?;
            Some((watched, turn))
        };
        let watched: Vec<(watched::Watched, Turn)> = watched.into_iter().filter_map(mine).collect();
        let keys: BTreeSet<String> = watched.iter().map(|(watched, _)| watched.key()).collect();
        let mut due = vec![];
        {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            next.retain(|key, state| keys.contains(key) || state.busy);
            let now = Instant::now();
            for (watched, turn) in watched {
                let state = next.entry(watched.key()).or_insert_with(|| Next::new(now));
                if !state.busy && (state.at <= now || requested.contains(&watched.key())) {
                    state.busy = true;
                    due.push((watched, turn, state.cursor.clone(), state.sweep_took));
                }
            }
        }
        for (watched, turn, cursor, sweep_took) in due {
            self.start(watched, turn, cursor, sweep_took);
        }
        Ok(())
    }

    fn start(
        &self,
        watched: watched::Watched,
        turn: Turn,
        cursor: Option<serde_json::Value>,
        sweep_took: Duration,
    ) {
        let (parts, pace, turns, stop) =
            (self.parts.clone(), self.pace, self.turns.clone(), self.stop.clone());
        let next = self.next.clone();
        self.tasks.spawn(async move {
            let key = watched.key();
            let work = async {
                let Ok(_turn) = turns.acquire().await else { return Ok(Outcome::idle()) };
                let sweep_pause = sweep_took * SWEEP_PART;
                Pass::open(&parts, &watched, pace, cursor).await?.run(sweep_pause).await
            };
            let outcome = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                outcome = turn.during(work) => outcome,
            };
            let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
            match outcome {
                // Not this process's turn any more; whoever's it is begins with what is recorded.
                None => {
                    next.remove(&key);
                }
                Some(outcome) => {
                    if let Some(state) = next.get_mut(&key) {
                        state.settle(&key, outcome, pace);
                    }
                }
            }
        });
    }
}

impl Next {
    fn new(now: Instant) -> Self {
        Self { at: now, cursor: None, quiet: 0, failures: 0, sweep_took: Duration::ZERO, busy: false }
    }

    fn settle(&mut self, key: &str, outcome: Result<Outcome, Cause>, pace: WatchPace) {
        self.busy = false;
        let pause = match outcome {
            Ok(outcome) => {
                self.failures = 0;
                self.quiet = if outcome.changed > 0 { 0 } else { self.quiet.saturating_add(1) };
                if let Some(took) = outcome.swept {
                    self.sweep_took = took;
                }
                self.cursor = outcome.cursor;
                let less_often = (self.quiet / QUIET_AFTER).min(4);
                match pace.ask {
                    Some(ask) => ask,
                    None => (outcome.ask * (1 << less_often)).min(ASK_EVERY_MAX),
                }
            }
            Err(error) => {
                self.failures = self.failures.saturating_add(1);
                self.cursor = None;
                tracing::warn!(watch = key, failures = self.failures, error = %engine::follow::chain(&*error), "could not be looked at; trying again later");
                metrics::counter!("portal_watch_failures_total").increment(1);
                let pause = pace.ask.unwrap_or(PAUSE_AFTER_FAILURE);
                pause.saturating_mul(1 << self.failures.min(5)).min(ASK_EVERY_MAX)
            }
        };
        self.at = Instant::now() + pause;
    }
}

/// One resource of one connection.
fn key(connection: &ConnectionId, resource: &str) -> String {
    watch_key(connection, resource)
}
