//! Commits and checkpoints of a writing connection: which errors end a group, which end the process, and when the
//! write-ahead log is copied into the database.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};

use crate::copier::Copier;
use crate::database::BUSY_WAIT;

/// Size of the write-ahead log from which on readers are asked to wait until it is empty, in bytes.
const TRUNCATE_BYTES_MIN: usize = 64 << 20;
/// How long that may take before we go on and try again later.
const TRUNCATE_WAIT: Duration = Duration::from_millis(250);

/// How long emptying is tried where values must not stay, and how often.
const SCRUB_WAIT_MAX: Duration = Duration::from_secs(30);
const SCRUB_STEP: Duration = Duration::from_millis(20);

/// What an error of the writing connection means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    /// Nothing was written; the next transaction may succeed.
    Passing,
    /// The disk or the file cannot be trusted; whoever goes on may acknowledge what is lost.
    Fatal,
}

pub(crate) fn severity(error: &rusqlite::Error) -> Severity {
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DiskFull
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::OutOfMemory
            | ErrorCode::CannotOpen
            | ErrorCode::TooBig
            | ErrorCode::ConstraintViolation,
        ) => Severity::Passing,
        _ => Severity::Fatal,
    }
}

/// Watches the size of a connection's write-ahead log and keeps it small.
pub(crate) struct Checkpoints {
    pages: Arc<AtomicUsize>,
    page_bytes: usize,
    /// Pages in the write-ahead log from which on they are copied over.
    copy_min: usize,
    /// Pages at which the next attempt is made.
    due: usize,
    /// Who copies, where that is not the writer itself.
    copier: Option<Copier>,
}

impl Checkpoints {
    /// `copy_bytes_min` is the size of the write-ahead log from which on it is copied: pages that are written often are
    /// copied once for all of that, so a larger one saves work and costs room.
    pub fn watch(
        connection: &mut Connection,
        page_bytes: u32,
        copy_bytes_min: usize,
    ) -> rusqlite::Result<Self> {
        let pages = Arc::new(AtomicUsize::new(0));
        let seen = pages.clone();
        connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, now: std::ffi::c_int| {
            seen.store(usize::try_from(now).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }))?;
        let page_bytes = page_bytes as usize;
        let copy_min = copy_bytes_min / page_bytes;
        Ok(Self { pages, page_bytes, copy_min, due: copy_min, copier: None })
    }

    /// Leaves the copying to somebody beside the writer. The writer only ends what is left when the log has become
    /// large, which is little, because most was copied before.
    #[must_use]
    pub fn beside(self, copier: Copier) -> Self {
        Self { copier: Some(copier), ..self }
    }

    /// Call it after each commit, when its answer is out.
    pub fn after_commit(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if let Some(error) = self.copier.as_ref().and_then(Copier::failure) {
            return Err(error);
        }
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < self.copy_min {
            self.due = self.copy_min;
        }
        if pages < self.due {
            return Ok(());
        }
        // If no reader is in the way, the next commit starts the log anew, and the hook tells so; until then go on.
        self.due = pages + self.copy_min;
        match &self.copier {
            _ if pages * self.page_bytes >= TRUNCATE_BYTES_MIN => truncate(connection),
            Some(copier) => {
                copier.order();
                Ok(())
            }
            None => checkpoint(connection, "PASSIVE"),
        }
    }
}

/// Empties the write-ahead log, if no reader holds it for long.
fn truncate(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(TRUNCATE_WAIT)?;
    let done = checkpoint(connection, "TRUNCATE");
    connection.busy_timeout(BUSY_WAIT)?;
    done
}

/// Empties the write-ahead log and says so: an error while readers hold it for longer than anybody reads.
pub(crate) fn scrub(connection: &Connection) -> rusqlite::Result<()> {
    let begun = Instant::now();
    loop {
        connection.busy_timeout(TRUNCATE_WAIT)?;
        let busy: Result<i64, _> =
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        connection.busy_timeout(BUSY_WAIT)?;
        match busy {
            Ok(0) => return Ok(()),
            Err(error) if severity(&error) == Severity::Fatal => return Err(error),
            _ if begun.elapsed() >= SCRUB_WAIT_MAX => {
                let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
                let why = "a reader holds the write-ahead log, which still has erased values".to_owned();
                return Err(rusqlite::Error::SqliteFailure(code, Some(why)));
            }
            _ => std::thread::sleep(SCRUB_STEP),
        }
    }
}

/// Copies what no reader needs any longer. That a reader was in the way is no error.
pub(crate) fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(&format!("PRAGMA wal_checkpoint({mode})"))?.query_row([], |_| Ok(()))
}
