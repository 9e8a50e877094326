//! What this process may do of what several share. Work on a site belongs to the partition of its connection, and some
//! followers to one process at a time; each such part is a lease (ADR 0015).
//!
//! A lease says who should act. A process that was paused beyond its lease notices by its own clock before it goes on,
//! and what slips through meets a revision in the log that it did not expect.

mod keep;

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use engine::hash;
use engine::ports::Leases;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use self::keep::Keeper;

/// Parts that the work on connections is divided into. All processes must agree on it.
pub const PARTITIONS: u64 = 16;
/// How long a lease lasts unless it is renewed; it is renewed three times as often.
pub const LEASE_TIME: Duration = Duration::from_secs(15);

/// Where the leases are, and who this process is among those that share the work.
#[derive(Clone)]
pub struct Sharing {
    pub leases: Arc<dyn Leases>,
    /// Unlike that of every other process.
    pub holder: String,
    pub time: Duration,
}

/// The lease under which everything is done that belongs to a connection, or to whatever else has this id.
pub fn part_of(id: &str) -> String {
    part_name(hash::number(&[id]) % PARTITIONS)
}

fn part_name(number: u64) -> String {
    format!("part-{number:02}")
}

/// What this process holds. A process that is alone holds everything, and asks nobody.
#[derive(Clone, Default)]
pub struct Share(Option<Arc<Held>>);

struct Held {
    /// By the name of the lease.
    turns: Mutex<BTreeMap<String, Turn>>,
    /// Grows whenever something was gained or lost.
    changes: watch::Sender<u64>,
}

/// A lease as its holder knows it.
#[derive(Clone, Default)]
pub struct Turn(Option<Arc<Term>>);

struct Term {
    until: Mutex<Instant>,
    token: u64,
    lost: CancellationToken,
    at_work: TaskTracker,
}

impl Share {
    /// Of a process that shares with nobody.
    pub fn alone() -> Self {
        Self(None)
    }

    pub fn is_alone(&self) -> bool {
        self.0.is_none()
    }

    /// The turn of a lease, if it is held now.
    pub fn turn(&self, name: &str) -> Option<Turn> {
        let Some(held) = &self.0 else { return Some(Turn(None)) };
        held.lock().get(name).filter(|turn| turn.is_on()).cloned()
    }

    /// Waits until a lease is held.
    pub async fn wait_for(&self, name: &str) -> Turn {
        let mut changes = self.changes();
        loop {
            if let Some(turn) = self.turn(name) {
                return turn;
            }
            changes.next().await;
        }
    }

    /// What is gained and lost from now on.
    pub fn changes(&self) -> Changes {
        Changes(self.0.as_ref().map(|held| held.changes.subscribe()))
    }

    /// Has everybody look again at what is held.
    pub fn look_again(&self) {
        if let Some(held) = &self.0 {
            held.changes.send_modify(|count| *count += 1);
        }
    }
}

impl Held {
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Turn>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells when something was gained or lost.
pub struct Changes(Option<watch::Receiver<u64>>);

impl Changes {
    /// Never, in a process that is alone.
    pub async fn next(&mut self) {
        let ended = match &mut self.0 {
            Some(changes) => changes.changed().await.is_err(),
            None => true,
        };
        if ended {
            std::future::pending::<()>().await;
        }
    }
}

impl Turn {
    fn new(until: Instant, token: u64) -> Self {
        let (lost, at_work) = (CancellationToken::new(), TaskTracker::new());
        Self(Some(Arc::new(Term { until: Mutex::new(until), token, lost, at_work })))
    }

    /// True while nobody else can hold the lease.
    pub fn is_on(&self) -> bool {
        let Some(term) = &self.0 else { return true };
        !term.lost.is_cancelled() && Instant::now() < term.until()
    }

    /// Works while it is this process's turn. Looks at the clock each time before it goes on, so that a process that
    /// was stopped beyond its lease does not take one more step. `None` when the turn was over first.
    pub async fn during<F: Future>(&self, work: F) -> Option<F::Output> {
        let Some(term) = &self.0 else { return Some(work.await) };
        let _at_work = term.at_work.token();
        let mut work = pin!(work);
        let mut over = pin!(term.over());
        poll_fn(|context| {
            if !self.is_on() || over.as_mut().poll(context).is_ready() {
                return Poll::Ready(None);
            }
            work.as_mut().poll(context).map(Some)
        })
        .await
    }
}

impl Term {
    fn until(&self) -> Instant {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn prolong(&self, until: Instant) {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }

    /// Ends when the lease was lost, or has run out by the clock of this process.
    async fn over(&self) {
        loop {
            let until = self.until();
            tokio::select! {
                () = self.lost.cancelled() => return,
                () = tokio::time::sleep_until(until) => {}
            }
            if self.until() <= until {
                return;
            }
        }
    }
}
