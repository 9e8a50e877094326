//! Reads what came in, in its order for each connection. A delivery is only a reason to look: the records it names are
//! fetched again, and what differs is recorded. How far it came is in the inbox's stream, written after the records,
//! so a crash means that some deliveries are read again, which changes nothing.

mod batch;
mod places;
mod pull;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app_sdk::AppError;
use async_trait::async_trait;
use domain::delivery::connection_of;
use domain::ids::ConnectionId;
use domain::inbox::Inboxes;
use domain::views::{DELIVERIES, ENDPOINTS};
use engine::Position;
use engine::follow::{Follower, chain};
use engine::hold::Hold;
use engine::ports::{Cause, Filter, Query, Slice};
use engine::retry::{self, Failure};
use tokio::sync::{Notify, Semaphore};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::batch::{Progress, open_inbox, read_batch};
use self::pull::{Pulled, pull};
use super::look_again::LookError;
use crate::parts::Parts;
use crate::share::{Share, part_of};

/// Connections read at the same time; each has its own pace at its own site.
const CONNECTIONS_MAX: usize = 16;
/// Wait after the last attempt of a row of attempts.
const PARKED: Duration = Duration::from_mins(5);
/// How often a companion is asked what waits, when it sends nothing.
pub const PULL_EVERY: Duration = Duration::from_mins(1);
/// The same where nobody answers.
const PULL_NOBODY_EVERY: Duration = Duration::from_mins(15);
const VIEW_PATIENCE: Duration = Duration::from_secs(30);
const PAGE: usize = 500;
/// What about a connection makes another look worthwhile.
const WAKING: [&str; 4] = [
    "connection.resumed",
    "connection.credentials-stored",
    "connection.tested",
    "connection.identity-confirmed",
];

pub struct ReadDeliveries {
    parts: Parts,
    share: Share,
    reading: Arc<Mutex<HashMap<ConnectionId, Reading>>>,
    turns: Arc<Semaphore>,
    /// How long hints are gathered before the site is asked, so that a burst about one record is one question.
    gather: Duration,
    pull_every: Duration,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// A connection that somebody reads.
struct Reading {
    bell: Arc<Notify>,
    /// The newest event that rang for it.
    news: Position,
}

impl ReadDeliveries {
    pub fn new(
        parts: Parts,
        share: Share,
        gather: Duration,
        tasks: TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        let turns = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let pull_every = PULL_EVERY;
        Self { parts, share, reading: Arc::default(), turns, gather, pull_every, tasks, stop }
    }

    /// Asks companions this often what waits.
    #[must_use]
    pub fn pulling(self, every: Duration) -> Self {
        Self { pull_every: every, ..self }
    }

    fn ring(&self, connection: ConnectionId, position: Position) {
        let part = part_of(connection.as_str());
        // Whoever holds it hears the same.
        let Some(turn) = self.share.turn(&part) else { return };
        let mut reading = lock(&self.reading);
        if let Some(known) = reading.get_mut(&connection) {
            known.news = known.news.max(position);
            known.bell.notify_one();
            return;
        }
        let bell = Arc::new(Notify::new());
        reading.insert(connection.clone(), Reading { bell: bell.clone(), news: position });
        drop(reading);
        let reader = Reader {
            parts: self.parts.clone(),
            connection,
            bell,
            reading: self.reading.clone(),
            gather: self.gather,
            pull_every: self.pull_every,
        };
        let (turns, stop, share) = (self.turns.clone(), self.stop.clone(), self.share.clone());
        self.tasks.spawn(async move {
            let connection = reader.connection.clone();
            let shared = reader.reading.clone();
            let done = tokio::select! {
                biased;
                () = stop.cancelled() => None,
                done = turn.during(reader.read(&turns)) => done,
            };
            if done.is_none() {
                lock(&shared).remove(&connection);
                // Lost and gained again meanwhile: whoever rang then was heard by this reader only.
                if share.turn(&part).is_some() {
                    share.look_again();
                }
            }
        });
    }
}

#[async_trait]
impl Follower for ReadDeliveries {
    fn name(&self) -> &'static str {
        "read-deliveries"
    }

    fn filter(&self) -> Filter {
        Filter::categories(["delivery", "connection"])
    }

    /// Nothing is skipped by beginning at the end: what was not read stands behind the inbox's mark.
    async fn checkpoint(&mut self) -> Result<Position, Cause> {
        let end = *self.parts.executor.store.end().borrow();
        // Else an endpoint that it does not show yet would be read only when it is told of something new.
        engine::wait::shown(&*self.parts.reads, &ENDPOINTS, end, VIEW_PATIENCE).await?;
        let mut query = Query { limit: PAGE, ..Query::default() };
        loop {
            let page = self.parts.reads.list(&ENDPOINTS, &query).await?;
            for row in page.rows {
                if let Ok(connection) = ConnectionId::parse(&row.key) {
                    self.ring(connection, end);
                }
            }
            query.after = page.next;
            if query.after.is_none() {
                return Ok(end);
            }
        }
    }

    async fn take(&mut self, slice: Slice) -> Result<(), Cause> {
        let mut rung: BTreeSet<(ConnectionId, Position)> = BTreeSet::new();
        for event in slice.events.iter().rev() {
            let id = event.stream.id();
            let connection = match event.stream.category() {
                "delivery" => connection_of(id),
                _ if WAKING.contains(&&*event.event_type) => ConnectionId::parse(id).ok(),
                _ => None,
            };
            let Some(connection) = connection else { continue };
            if !rung.iter().any(|(known, _)| *known == connection) {
                rung.insert((connection, event.position));
            }
        }
        for (connection, position) in rung {
            self.ring(connection, position);
        }
        Ok(())
    }
}

/// Reads one connection until there is nothing more.
struct Reader {
    parts: Parts,
    connection: ConnectionId,
    bell: Arc<Notify>,
    reading: Arc<Mutex<HashMap<ConnectionId, Reading>>>,
    gather: Duration,
    pull_every: Duration,
}

/// When a connection's outbox is pulled next; `None` where there never is one.
struct NextPull(Option<Instant>);

impl Reader {
    async fn read(&self, turns: &Semaphore) {
        let mut attempt = 0;
        let mut next_pull = NextPull(Some(Instant::now()));
        let mut inbox = None;
        loop {
            let news = lock(&self.reading).get(&self.connection).map_or(0, |reading| reading.news);
            let pause = {
                let Ok(_turn) = turns.acquire().await else { return };
                match self.work(news, &mut inbox, &mut next_pull).await {
                    Ok(true) => {
                        attempt = 0;
                        continue;
                    }
                    Ok(false) => None,
                    Err(error) => {
                        // What it holds may be what was wrong.
                        inbox = None;
                        attempt += 1;
                        Some(self.pause(&error, attempt))
                    }
                }
            };
            if let (None, Some(at)) = (&pause, next_pull.0) {
                tokio::select! {
                    biased;
                    () = self.bell.notified() => {}
                    () = tokio::time::sleep_until(at) => {}
                }
                continue;
            }
            match pause {
                // Nothing is left, or a person has to act; what they do rings.
                None | Some(None) if self.leave(news) => return,
                None | Some(None) => {}
                Some(Some((pause, is_last))) => {
                    if is_last {
                        attempt = 0;
                    }
                    tokio::select! {
                        biased;
                        () = self.bell.notified(), if is_last => {}
                        () = tokio::time::sleep(pause) => {}
                    }
                }
            }
        }
    }

    /// Reads what came, and pulls what did not. False when there is nothing left to do now.
    async fn work(
        &self,
        news: Position,
        inbox: &mut Option<Hold<Inboxes>>,
        next_pull: &mut NextPull,
    ) -> Result<bool, LookError> {
        match self.batch(news, inbox).await? {
            Progress::Read { is_missing } => {
                // A gap is not waited with.
                if is_missing {
                    next_pull.0 = Some(Instant::now());
                }
                return Ok(true);
            }
            Progress::Nothing => {}
        }
        if next_pull.0.is_none_or(|at| at > Instant::now()) {
            return Ok(false);
        }
        let pulled = pull(&self.parts, &self.connection).await?;
        let pause = match pulled {
            Pulled::Some => return Ok(true),
            Pulled::Nothing => Some(self.pull_every),
            Pulled::Nobody => Some(PULL_NOBODY_EVERY.max(self.pull_every)),
            Pulled::Never => None,
        };
        next_pull.0 = pause.map(|pause| Instant::now() + pause);
        Ok(false)
    }

    async fn batch(&self, news: Position, inbox: &mut Option<Hold<Inboxes>>) -> Result<Progress, LookError> {
        let reads = &*self.parts.reads;
        engine::wait::shown(reads, &DELIVERIES, news, VIEW_PATIENCE).await.map_err(LookError::Store)?;
        let inbox = match inbox {
            Some(inbox) => inbox,
            None => inbox.insert(open_inbox(&self.parts, &self.connection).await?),
        };
        read_batch(&self.parts, &self.connection, inbox, self.gather).await
    }

    /// True when nothing rang meanwhile, and nobody reads this connection any more.
    fn leave(&self, news: Position) -> bool {
        let mut reading = lock(&self.reading);
        if reading.get(&self.connection).is_some_and(|known| known.news > news) {
            return false;
        }
        reading.remove(&self.connection);
        true
    }

    /// How long to wait, and whether that was the last of a row of attempts; `None` when only a person can help.
    fn pause(&self, error: &LookError, attempt: u32) -> Option<(Duration, bool)> {
        let connection = &self.connection;
        let failure = match error {
            LookError::NotUsable(problem) => {
                tracing::info!(%connection, code = problem.code, "deliveries wait for their connection");
                return None;
            }
            LookError::Later(AppError::RateLimited { retry_after, .. }) => {
                Failure::RateLimited { retry_after: *retry_after }
            }
            LookError::Later(AppError::Unauthorized { .. }) => Failure::Permanent,
            LookError::Later(_) | LookError::Store(_) => Failure::Transient,
        };
        tracing::warn!(%connection, attempt, error = %chain(error), "deliveries could not be read; trying again later");
        metrics::counter!("portal_delivery_read_failures_total").increment(1);
        let chance = f64::from(self.parts.ids.random(1).first().copied().unwrap_or(0)) / 255.0;
        Some(retry::wait_before_next(attempt, failure, chance).map_or((PARKED, true), |pause| (pause, false)))
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
