//! The one thread that writes the log. It takes what is waiting, writes it in one transaction, syncs once and answers
//! everybody: a sync costs a thousand times more than an event.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use engine::Position;
use engine::chain::Hash;
use engine::ports::append_rules::event_bytes;
use engine::ports::{AppendError, Appended, Clock, StreamAppend};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};

use super::LOG;
use super::append::Group;
use super::links;
use super::names::Known;
use crate::commits::{Checkpoints, Severity, severity};
use crate::copier::Copier;
use crate::database::closed;

/// Appends in one transaction.
const GROUP_MAX: usize = 512;
/// Content after which a group is full, in bytes.
const GROUP_BYTES_MAX: usize = 8 << 20;
/// Appends that may wait.
const QUEUE_MAX: usize = 1_024;
/// Content that may wait, in KiB; a larger append waits until nothing else does.
const QUEUE_KIB_MAX: u32 = 64 << 10;

/// Size of the write-ahead log from which on it is copied, beside the writer.
const COPY_BYTES_MIN: usize = 16 << 20;

/// Longest that a group waits for those who were in the last one, and how often it looks.
const GATHER_WAIT_MAX: Duration = Duration::from_millis(1);
const GATHER_STEP: Duration = Duration::from_micros(50);

type Answer = Result<Appended, AppendError>;

struct Request {
    appends: Vec<StreamAppend>,
    bytes: usize,
    answer: oneshot::Sender<Answer>,
    _room: OwnedSemaphorePermit,
}

pub(super) struct Writer {
    queue: Option<mpsc::Sender<Request>>,
    room: Arc<Semaphore>,
    end: watch::Receiver<Position>,
    fatal: watch::Receiver<Option<String>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub fn start(
        mut connection: Connection,
        file: &Path,
        clock: Arc<dyn Clock>,
        pages_max: Option<u32>,
    ) -> rusqlite::Result<Self> {
        if let Some(pages) = pages_max {
            connection.query_row(&format!("PRAGMA max_page_count={pages}"), [], |_| Ok(()))?;
        }
        let end: Position =
            connection.query_row("SELECT coalesce(max(position), 0) FROM events", [], |row| row.get(0))?;
        let chain = links::last(&connection, end)?;
        let copier = Copier::start(file, LOG.durability)?;
        let checkpoints = Checkpoints::watch(&mut connection, LOG.page_bytes, COPY_BYTES_MIN)?.beside(copier);
        let (queue, requests) = mpsc::channel(QUEUE_MAX);
        let (end_sender, end_receiver) = watch::channel(end);
        let (fatal_sender, fatal) = watch::channel(None);
        let thread = Thread {
            connection,
            checkpoints,
            clock,
            known: Known::new(),
            chain,
            requests,
            end: end_sender,
            fatal: fatal_sender,
            last: LastGroup::default(),
        };
        let thread = std::thread::Builder::new()
            .name("log-writer".to_owned())
            .spawn(move || thread.run())
            .map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
        let room = Arc::new(Semaphore::new(QUEUE_KIB_MAX as usize));
        Ok(Self { queue: Some(queue), room, end: end_receiver, fatal, thread: Some(thread) })
    }

    pub async fn append(&self, appends: Vec<StreamAppend>) -> Answer {
        let unavailable = || AppendError::Unavailable(closed());
        let bytes = appends.iter().flat_map(|append| &append.events).map(event_bytes).sum::<usize>();
        let kib = u32::try_from(bytes >> 10).unwrap_or(u32::MAX).saturating_add(1).min(QUEUE_KIB_MAX);
        let room = self.room.clone().acquire_many_owned(kib).await.map_err(|_| unavailable())?;
        let (answer, answered) = oneshot::channel();
        let request = Request { appends, bytes, answer, _room: room };
        let queue = self.queue.as_ref().ok_or_else(unavailable)?;
        queue.send(request).await.map_err(|_| unavailable())?;
        // The thread took the append and is gone without an answer: nobody knows how far it came.
        answered.await.unwrap_or_else(|lost| Err(AppendError::Unknown(lost.into())))
    }

    pub fn end(&self) -> watch::Receiver<Position> {
        self.end.clone()
    }

    pub fn fatal(&self) -> watch::Receiver<Option<String>> {
        self.fatal.clone()
    }
}

impl Drop for Writer {
    /// Waits for the last commit, so that whoever opens the directory next finds it closed.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the log's writer had ended with a panic");
        }
    }
}

struct Thread {
    /// Dropped before the connection, which has to be the last one open.
    checkpoints: Checkpoints,
    connection: Connection,
    clock: Arc<dyn Clock>,
    known: Known,
    /// The chain after the last commit.
    chain: Hash,
    requests: mpsc::Receiver<Request>,
    end: watch::Sender<Position>,
    fatal: watch::Sender<Option<String>>,
    last: LastGroup,
}

/// How the last group went: who was answered together asks again together, and a short wait saves a whole sync.
#[derive(Default)]
struct LastGroup {
    requests: usize,
    took: Duration,
}

impl Thread {
    fn run(mut self) {
        while let Some(first) = self.requests.blocking_recv() {
            let group = self.gather(first);
            if self.fatal.borrow().is_some() {
                refuse(group, || {
                    AppendError::Unavailable("the log's disk failed; the process must end".into())
                });
                continue;
            }
            let (requests, start) = (group.len(), Instant::now());
            self.commit(group);
            self.last = LastGroup { requests, took: start.elapsed() };
        }
    }

    fn gather(&mut self, first: Request) -> Vec<Request> {
        let start = Instant::now();
        // A quarter of what a commit takes, so that a fast disk is not slowed.
        let patience = (self.last.took / 4).min(GATHER_WAIT_MAX);
        let mut bytes = first.bytes;
        let mut group = vec![first];
        while group.len() < GROUP_MAX && bytes < GROUP_BYTES_MAX {
            match self.requests.try_recv() {
                Ok(next) => {
                    bytes += next.bytes;
                    group.push(next);
                }
                Err(_) if group.len() < self.last.requests && start.elapsed() < patience => {
                    std::thread::sleep(GATHER_STEP);
                }
                Err(_) => break,
            }
        }
        group
    }

    fn commit(&mut self, group: Vec<Request>) {
        let (end, chain, answers) = match self.write(&group) {
            Ok(written) => written,
            Err(error) => {
                self.roll_back();
                self.judge(&error);
                let cause = error.to_string();
                return refuse(group, || AppendError::Unavailable(cause.clone().into()));
            }
        };
        if let Err(error) = self.connection.execute_batch("COMMIT") {
            self.roll_back();
            let cause = error.to_string();
            return match self.judge(&error) {
                Severity::Passing => refuse(group, || AppendError::Unavailable(cause.clone().into())),
                Severity::Fatal => refuse(group, || AppendError::Unknown(cause.clone().into())),
            };
        }
        self.chain = chain;
        // Before the answers: who has one finds the bell where it says.
        self.end.send_if_modified(|seen| std::mem::replace(seen, end) != end);
        for (request, answer) in group.into_iter().zip(answers) {
            // Whoever no longer waits will find the events by their ids.
            let _gone = request.answer.send(answer);
        }
        if let Err(error) = self.checkpoints.after_commit(&self.connection) {
            self.judge(&error);
        }
    }

    fn write(&mut self, group: &[Request]) -> rusqlite::Result<(Position, Hash, Vec<Answer>)> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let mut transaction = Group {
            connection: &self.connection,
            known: &mut self.known,
            end: *self.end.borrow(),
            chain: self.chain,
            recorded_at: self.clock.now().timestamp_micros(),
        };
        let answers: rusqlite::Result<Vec<Answer>> =
            group.iter().map(|request| transaction.append(&request.appends)).collect();
        let (end, chain, answers) = (transaction.end, transaction.chain, answers?);
        if end > *self.end.borrow() {
            links::put(&self.connection, end, &chain)?;
        }
        Ok((end, chain, answers))
    }

    fn roll_back(&mut self) {
        self.known.forget();
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            self.judge(&error);
        }
    }

    /// Ends all appending after an error that puts the disk in doubt: SQLite itself would go on after a failed sync.
    fn judge(&self, error: &rusqlite::Error) -> Severity {
        let severity = severity(error);
        match severity {
            Severity::Passing => {
                tracing::warn!(%error, "the log could not be written; the next append may succeed");
            }
            Severity::Fatal => {
                tracing::error!(%error, "the log's disk failed; no more is appended");
                self.fatal.send_replace(Some(error.to_string()));
                // Nor is anything copied when the connection closes.
                let left = self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
                tracing::debug!(?left, "the write-ahead log is left as it is");
            }
        }
        severity
    }
}

fn refuse(group: Vec<Request>, why: impl Fn() -> AppendError) {
    for request in group {
        let _gone = request.answer.send(Err(why()));
    }
}
