//! Starts the followers of this process, and stops them.

use std::sync::Arc;
use std::time::Duration;

use chrono::Days;
use engine::follow::{self, Follower};
use engine::ports::Bus;
use engine::project::Projector;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::parts::Parts;
use crate::projections;
use crate::reactors::erase_deliveries::EraseDeliveries;
use crate::reactors::keep_in_step::{KeepInStep, WatchPace};
use crate::reactors::read_deliveries::{PULL_EVERY, ReadDeliveries};
use crate::reactors::start_change_runs::StartChangeRuns;
use crate::reactors::start_runs::StartRuns;
use crate::reactors::start_scheduled_runs::StartScheduledRuns;
use crate::share::{Keeper, Share, Sharing};

/// How long runs may take to come to a safe point when the process is asked to end. Not reaching one loses nothing.
const DRAIN: Duration = Duration::from_secs(10);
/// How long hints about records are gathered before a site is asked.
const GATHER: Duration = Duration::from_secs(2);

/// The followers at work. Dropping it stops them.
pub struct Running {
    tasks: TaskTracker,
    stop: CancellationToken,
    /// Cancelled before `stop` when the process ends in order: what it holds of what is shared is let go.
    leave: CancellationToken,
    share: Share,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Starts the folding of views and the execution of runs, and whatever followers apps bring.
pub fn start(parts: &Parts, others: Vec<Box<dyn Follower>>) -> Running {
    start_at(parts, others, WatchPace::default())
}

/// The same, looking at what is watched as often as told.
pub fn start_at(parts: &Parts, others: Vec<Box<dyn Follower>>, pace: WatchPace) -> Running {
    let running = Running::new(Share::alone());
    running.start(parts, others, pace);
    running
}

/// The leases of followers that run in one process at a time, besides those apps bring.
const VIEWS: &str = "views";
const CHANGE_RUNS: &str = "start-change-runs";
const SCHEDULED_RUNS: &str = "start-scheduled-runs";

/// The same as one of several processes: `others` are followed by one of them at a time, `everywhere` by each.
pub fn start_sharing(
    parts: &Parts,
    others: Vec<Box<dyn Follower>>,
    everywhere: Vec<Box<dyn Follower>>,
    pace: WatchPace,
    sharing: Sharing,
) -> Running {
    let mut whole = vec![VIEWS, CHANGE_RUNS, SCHEDULED_RUNS];
    whole.extend(others.iter().map(|follower| follower.name()));
    let keeper = Keeper::new(sharing, whole);
    let running = Running::new(keeper.share());
    running.tasks.spawn(keeper.run(running.stop.clone(), running.leave.clone()));
    for follower in everywhere {
        running.until_stopped(follow_always(parts.bus.clone(), follower));
    }
    running.start(parts, others, pace);
    running
}

impl Running {
    /// Has the bytes of deliveries erased when they have been kept long enough.
    pub fn erase_deliveries(&self, parts: &Parts, keep: Days) {
        self.tasks.spawn(EraseDeliveries::new(parts.clone(), keep).run(self.stop.clone()));
    }

    fn new(share: Share) -> Self {
        let (stop, leave) = (CancellationToken::new(), CancellationToken::new());
        Self { tasks: TaskTracker::new(), stop, leave, share }
    }

    fn start(&self, parts: &Parts, others: Vec<Box<dyn Follower>>, pace: WatchPace) {
        let (tasks, stop, share) = (&self.tasks, &self.stop, &self.share);
        let projector = Projector::new(VIEWS, projections::all(), parts.reads.clone(), parts.vault.clone());
        self.follow_in_turn(&parts.bus, Box::new(projector));
        let runs = StartRuns::new(parts.clone(), share.clone(), tasks.clone(), stop.clone());
        self.follow_own(&parts.bus, Box::new(runs));
        self.follow_in_turn(&parts.bus, Box::new(StartChangeRuns::new(parts.clone())));
        self.schedule(parts);
        let watch = KeepInStep::new(parts.clone(), share.clone(), pace, tasks.clone(), stop.clone());
        tasks.spawn(watch.run());
        let deliveries =
            ReadDeliveries::new(parts.clone(), share.clone(), GATHER, tasks.clone(), stop.clone())
                .pulling(pace.ask.unwrap_or(PULL_EVERY));
        self.follow_own(&parts.bus, Box::new(deliveries));
        for follower in others {
            self.follow_in_turn(&parts.bus, follower);
        }
    }

    /// One process at a time. Each turn begins by asking the follower where it left off, because others followed
    /// meanwhile.
    fn follow_in_turn(&self, bus: &Arc<dyn Bus>, mut follower: Box<dyn Follower>) {
        let (share, bus) = (self.share.clone(), bus.clone());
        self.until_stopped(async move {
            loop {
                let turn = share.wait_for(follower.name()).await;
                turn.during(follow::run(&*bus, &mut *follower)).await;
            }
        });
    }

    /// In every process, each for its own partitions; begins again when they change.
    fn follow_own(&self, bus: &Arc<dyn Bus>, mut follower: Box<dyn Follower>) {
        let (mut changes, bus) = (self.share.changes(), bus.clone());
        self.until_stopped(async move {
            loop {
                tokio::select! {
                    biased;
                    () = changes.next() => {}
                    () = follow::run(&*bus, &mut *follower) => {}
                }
            }
        });
    }

    fn schedule(&self, parts: &Parts) {
        let (share, parts, stop) = (self.share.clone(), parts.clone(), self.stop.clone());
        self.until_stopped(async move {
            loop {
                let turn = share.wait_for(SCHEDULED_RUNS).await;
                let stopped = turn.during(StartScheduledRuns::new(parts.clone()).run(stop.clone())).await;
                if stopped.is_some() {
                    return;
                }
            }
        });
    }

    fn until_stopped(&self, work: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                () = work => {}
            }
        });
    }

    /// Asks everything to stop and waits for it, within a bound.
    pub async fn stop(self) {
        self.leave.cancel();
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(DRAIN, self.tasks.wait()).await.is_err() {
            tracing::warn!(
                "some followers did not stop in time; they go on from their checkpoints next time"
            );
        }
    }
}

async fn follow_always(bus: Arc<dyn Bus>, mut follower: Box<dyn Follower>) {
    follow::run(&*bus, &mut *follower).await;
}
