//! A log file as it lies there: read without its writer, without a lock and without belief in what it says. For
//! verifying, exporting and copying; a server may be at work in it meanwhile.

use std::path::{Path, PathBuf};

use engine::chain::{Fault, FaultKind, Hash, Mark, Verified, Verifier};
use engine::{Position, Recorded};
use rusqlite::{Connection, OptionalExtension, Result};

use super::LOG;
use super::rows::{COLUMNS, Names};
use crate::database::{self, open_reader};
use crate::open_error::OpenError;

/// Rows of one read. Each read is a transaction of its own, so that a long look holds no write-ahead log.
const STEP_ROWS: usize = 1_000;
/// Bytes after which a step ends early.
const STEP_BYTES_MAX: usize = 16 << 20;
const CACHE_KIB: u32 = 4 << 10;

pub struct LogFile {
    file: PathBuf,
    connection: Connection,
    names: Names,
}

/// One event with what is stored about it.
pub struct Lying {
    pub event: Recorded,
    pub mark: Mark,
    /// The chain stored at its position, where a commit ended.
    pub link: Option<Hash>,
}

impl LogFile {
    /// Opens the log of a data directory or a backup.
    pub fn open(directory: &Path) -> std::result::Result<Self, OpenError> {
        database::check_library()?;
        let file = directory.join(LOG.file);
        if !file.exists() {
            let source = std::io::Error::new(std::io::ErrorKind::NotFound, "there is no log");
            return Err(OpenError::Io { file, source });
        }
        let connection = open_reader(&file, CACHE_KIB).map_err(database::explain(&file))?;
        database::check_kind(&connection, &LOG, &file)?;
        Ok(Self { file, connection, names: Names::default() })
    }

    /// The position of the last event.
    pub fn end(&self) -> std::result::Result<Position, OpenError> {
        self.connection
            .query_row("SELECT coalesce(max(position), 0) FROM events", [], |row| row.get(0))
            .map_err(database::explain(&self.file))
    }

    /// The next events after a position, up to another one.
    pub fn step(&mut self, after: Position, until: Position) -> std::result::Result<Vec<Lying>, OpenError> {
        self.read(after, until).map_err(database::explain(&self.file))
    }

    fn read(&mut self, after: Position, until: Position) -> Result<Vec<Lying>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT {STEP_ROWS}"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut link = self.connection.prepare_cached("SELECT hash FROM chain WHERE position = ?")?;
        let mut rows = statement.query((after, until))?;
        let (mut lying, mut bytes) = (Vec::with_capacity(STEP_ROWS), 0);
        while let Some(row) = rows.next()? {
            let (event, mark) = self.names.marked(&self.connection, row)?;
            let link = link.query_row([event.position], |row| row.get(0)).optional()?;
            bytes += event.data.len() + event.body.as_ref().map_or(0, bytes::Bytes::len);
            lying.push(Lying { event, mark, link });
            if bytes >= STEP_BYTES_MAX {
                break;
            }
        }
        Ok(lying)
    }

    /// The first stored value of the chain behind a position, if there is one: where no event should be missing.
    fn link_after(&self, position: Position) -> Result<Option<(Position, Hash)>> {
        self.connection
            .query_row(
                "SELECT position, hash FROM chain WHERE position > ? ORDER BY position DESC LIMIT 1",
                [position],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
    }

    /// Verifies everything up to the end that the file has now.
    pub fn verify(&mut self, mut verifier: Verifier) -> std::result::Result<Verified, Fault> {
        let unreadable = |at: Position, error: &dyn std::fmt::Display| {
            Fault::at(FaultKind::Unreadable, at, format!("event {at} cannot be read: {error}"))
        };
        let end = self.end().map_err(|error| unreadable(1, &error))?;
        while verifier.at() < end {
            let after = verifier.at();
            let lying = match self.read(after, end) {
                Ok(lying) => lying,
                Err(_) => self.one_by_one(after, end),
            };
            if lying.is_empty() {
                return Err(unreadable(after + 1, &"its row is damaged"));
            }
            for (place, one) in lying.iter().enumerate() {
                let seen = verifier.event(&one.event, one.mark).and_then(|()| match &one.link {
                    Some(hash) => verifier.link(one.event.position, hash),
                    None => Ok(()),
                });
                if let Err(fault) = seen {
                    let following: Vec<_> =
                        lying[place..].iter().map(|one| (one.event.clone(), one.mark)).collect();
                    return Err(self.place(Verifier::explain(fault, &following)));
                }
            }
        }
        if let Some((position, hash)) = self.link_after(end).map_err(|error| unreadable(end + 1, &error))? {
            // A server may have appended since; an event at that position says so.
            if self.end().map_err(|error| unreadable(end + 1, &error))? < position {
                verifier.link(position, &hash)?;
            }
        }
        verifier.end()
    }

    /// What does not fit and lies behind the end of the chain was added past the writer.
    fn place(&self, fault: Fault) -> Fault {
        let chained: Result<Position> =
            self.connection.query_row("SELECT coalesce(max(position), 0) FROM chain", [], |row| row.get(0));
        match chained {
            Ok(end) if fault.position > end => Fault { kind: FaultKind::Inserted, ..fault },
            _ => fault,
        }
    }

    /// Events up to the first that cannot be read.
    fn one_by_one(&mut self, after: Position, until: Position) -> Vec<Lying> {
        let upper = until.min(after + STEP_ROWS as u64);
        let mut lying = vec![];
        for position in after + 1..=upper {
            match self.read(position - 1, position) {
                Ok(mut one) => lying.append(&mut one),
                Err(_) => break,
            }
        }
        lying
    }
}
