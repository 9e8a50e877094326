//! Fills a new log with events of another one: same positions, ids and times, same chain.

use std::collections::HashMap;
use std::path::PathBuf;

use engine::chain::{self, Content, Hash};
use engine::{Position, Recorded};
use rusqlite::{Connection, Result};

use super::append::{Places, insert};
use super::names::Known;
use super::{LOG, LogOptions, links, rows};
use crate::data_dir::DataDir;
use crate::database;
use crate::open_error::OpenError;

/// Events of one commit.
const COMMIT_EVENTS: u64 = 5_000;

pub struct LogImport {
    file: PathBuf,
    connection: Connection,
    known: Known,
    kinds: HashMap<(String, String), i64>,
    at: Position,
    chain: Hash,
    linked: Position,
}

impl LogImport {
    /// Begins in a directory without a log; refuses one that has events.
    pub fn begin(dir: &DataDir) -> std::result::Result<Self, OpenError> {
        let connection = database::open_writer(dir, &LOG, LogOptions::default().writer_cache_kib)?;
        let file = dir.path().join(LOG.file);
        let explain = database::explain(&file);
        let events: Position =
            connection.query_row("SELECT count(*) FROM events", [], |row| row.get(0)).map_err(&explain)?;
        if events > 0 {
            return Err(OpenError::NotEmpty(dir.path().to_owned()));
        }
        connection.execute_batch("BEGIN IMMEDIATE").map_err(explain)?;
        Ok(Self {
            file,
            connection,
            known: Known::new(),
            kinds: HashMap::new(),
            at: 0,
            chain: chain::genesis(),
            linked: 0,
        })
    }

    /// Takes the next event in. Its place and its links are the caller's to verify.
    pub fn event(&mut self, event: &Recorded) -> std::result::Result<(), OpenError> {
        self.put(event).map_err(database::explain(&self.file))
    }

    /// Takes the chain's value after the last event in.
    pub fn link(&mut self) -> std::result::Result<(), OpenError> {
        self.linked = self.at;
        links::put(&self.connection, self.at, &self.chain).map_err(database::explain(&self.file))
    }

    pub fn end(mut self) -> std::result::Result<Position, OpenError> {
        if self.linked < self.at {
            self.link()?;
        }
        self.connection.execute_batch("COMMIT").map_err(database::explain(&self.file))?;
        Ok(self.at)
    }

    fn put(&mut self, event: &Recorded) -> Result<()> {
        let (head, tail) = rows::split(&event.stream);
        let head = self.known.head_or_new(&self.connection, head)?;
        let kind = self.kind(event)?;
        let meta = self.known.meta_or_new(&self.connection, &event.meta)?;
        let content = Content::from(event);
        let leaf = insert(&self.connection, &Places { head, tail: &tail, kind, meta }, &content)?;
        self.chain = chain::step(&self.chain, &leaf);
        self.at = event.position;
        if self.at.is_multiple_of(COMMIT_EVENTS) {
            self.connection.execute_batch("COMMIT; BEGIN IMMEDIATE")?;
        }
        Ok(())
    }

    fn kind(&mut self, event: &Recorded) -> Result<i64> {
        let key = (event.stream.category().to_owned(), event.event_type.to_string());
        if let Some(&id) = self.kinds.get(&key) {
            return Ok(id);
        }
        let id = self
            .connection
            .prepare_cached("INSERT INTO kinds (category, event_type) VALUES (?, ?)")?
            .insert((&key.0, &key.1))?;
        self.kinds.insert(key, id);
        Ok(id)
    }
}
