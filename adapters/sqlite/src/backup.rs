//! Copies of a data directory's databases while a server works in it, by SQLite's own backup.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use crate::database::{self, open_reader};
use crate::open_error::OpenError;

/// In this order the copies fit together: views never show more than the log has, and the vault has every key that the
/// log needs.
pub const DATABASES: [&str; 3] = ["views.db", "log.db", "vault.db"];
const CACHE_KIB: u32 = 4 << 10;
const PAUSE: Duration = Duration::from_millis(5);

/// Copies one database as it is at one moment. The copy is one file, synced, without a write-ahead log.
pub fn copy_database(from: &Path, to: &Path) -> Result<(), OpenError> {
    database::check_library()?;
    let explain = database::explain(from);
    let source = open_reader(from, CACHE_KIB).map_err(&explain)?;
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let there = database::explain(to);
    let mut target = Connection::open_with_flags(to, flags).map_err(&there)?;
    {
        // One read transaction for all pages: commits meanwhile go on and are not in the copy.
        let backup = Backup::new(&source, &mut target).map_err(&there)?;
        loop {
            match backup.step(-1).map_err(&there)? {
                StepResult::Done => break,
                _ => std::thread::sleep(PAUSE),
            }
        }
    }
    target.query_row("PRAGMA journal_mode=DELETE", [], |_| Ok(())).map_err(&there)?;
    if let Some(complaint) = database::integrity(&target).map_err(&there)? {
        return Err(OpenError::Damaged { file: from.to_owned(), detail: complaint });
    }
    drop(target);
    database::private(to)?;
    File::open(to)
        .and_then(|file| file.sync_all())
        .map_err(|source| OpenError::Io { file: PathBuf::from(to), source })
}
