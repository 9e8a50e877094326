//! Takes bodies away. Rare, and apart from the writer's work: a connection of its own, which waits its turn.

use engine::{Position, seal};
use rusqlite::{Connection, OptionalExtension, Result};

use super::LOG;
use crate::commits::scrub;
use crate::data_dir::DataDir;
use crate::database;
use crate::open_error::OpenError;

/// Bodies of one commit: other appends get their turn between.
const COMMIT_BODIES: usize = 500;
const CACHE_KIB: u32 = 1 << 10;

/// What is removed is overwritten in the file (`secure_delete`), and the write-ahead log is emptied behind it.
pub(super) fn bodies(dir: &DataDir, positions: &[Position]) -> std::result::Result<u64, OpenError> {
    let connection = database::open_writer(dir, &LOG, CACHE_KIB)?;
    let explain = database::explain(&dir.path().join(LOG.file));
    let mut removed = 0;
    for some in positions.chunks(COMMIT_BODIES) {
        removed += remove(&connection, some).map_err(&explain)?;
    }
    // Also when nothing was left to do: an attempt before may have been killed here.
    scrub(&connection).map_err(explain)?;
    Ok(removed)
}

fn remove(connection: &Connection, positions: &[Position]) -> Result<u64> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let removed = overwrite(connection, positions);
    connection.execute_batch(if removed.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    removed
}

fn overwrite(connection: &Connection, positions: &[Position]) -> Result<u64> {
    let mut find = connection.prepare_cached("SELECT body FROM events WHERE position = ?")?;
    let mut put = connection.prepare_cached("UPDATE events SET body = ? WHERE position = ?")?;
    let mut removed = 0;
    for position in positions {
        let body: Option<Option<Vec<u8>>> = find.query_row([position], |row| row.get(0)).optional()?;
        if let Some(body) = body.flatten().filter(|body| !seal::is_removed(body)) {
            put.execute((&seal::removed(&body)[..], position))?;
            removed += 1;
        }
    }
    Ok(removed)
}
