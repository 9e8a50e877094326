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

/// How long runs may take to come to a safe point when the process is asked to end. Not reaching one loses nothing.
const DRAIN: Duration = Duration::from_secs(10);
/// How long hints about records are gathered before a site is asked.
const GATHER: Duration = Duration::from_secs(2);

/// The followers at work. Dropping it stops them.
pub struct Running {
    tasks: TaskTracker,
    stop: CancellationToken,
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
    let running = Running { tasks: TaskTracker::new(), stop: CancellationToken::new() };
    let projector = Projector::new("views", projections::all(), parts.reads.clone(), parts.vault.clone());
    running.follow(parts.bus.clone(), Box::new(projector));
    let runs = StartRuns::new(parts.clone(), running.tasks.clone(), running.stop.clone());
    running.follow(parts.bus.clone(), Box::new(runs));
    running.follow(parts.bus.clone(), Box::new(StartChangeRuns::new(parts.clone())));
    running.tasks.spawn(StartScheduledRuns::new(parts.clone()).run(running.stop.clone()));
    let watch = KeepInStep::new(parts.clone(), pace, running.tasks.clone(), running.stop.clone());
    running.tasks.spawn(watch.run());
    let (tasks, stop) = (running.tasks.clone(), running.stop.clone());
    let deliveries =
        ReadDeliveries::new(parts.clone(), GATHER, tasks, stop).pulling(pace.ask.unwrap_or(PULL_EVERY));
    running.follow(parts.bus.clone(), Box::new(deliveries));
    for follower in others {
        running.follow(parts.bus.clone(), follower);
    }
    running
}

impl Running {
    /// Has the bytes of deliveries erased when they have been kept long enough.
    pub fn erase_deliveries(&self, parts: &Parts, keep: Days) {
        self.tasks.spawn(EraseDeliveries::new(parts.clone(), keep).run(self.stop.clone()));
    }

    fn follow(&self, bus: Arc<dyn Bus>, mut follower: Box<dyn Follower>) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = follow::run(&*bus, &mut *follower) => {}
                () = stop.cancelled() => {}
            }
        });
    }

    /// Asks everything to stop and waits for it, within a bound.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(DRAIN, self.tasks.wait()).await.is_err() {
            tracing::warn!(
                "some followers did not stop in time; they go on from their checkpoints next time"
            );
        }
    }
}
