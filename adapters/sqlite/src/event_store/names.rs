//! Numbers for names, as the writer gives them.

use std::collections::HashMap;

use engine::{Meta, StreamName};
use rusqlite::{Connection, OptionalExtension, Result};

use crate::recent::Recent;

const HEADS_HALF: usize = 1_024;
const METAS_HALF: usize = 512;
const STREAMS_HALF: usize = 4_096;

/// What the writer remembers so as not to ask the database. All of it must be forgotten when a transaction is rolled
/// back.
pub(super) struct Known {
    heads: Recent<String, i64>,
    /// Bounded by the event types of this program.
    kinds: HashMap<(String, &'static str), i64>,
    metas: Recent<(String, Option<String>), i64>,
    /// The last revision of streams.
    pub revisions: Recent<StreamName, u64>,
}

impl Known {
    pub fn new() -> Self {
        Self {
            heads: Recent::new(HEADS_HALF),
            kinds: HashMap::new(),
            metas: Recent::new(METAS_HALF),
            revisions: Recent::new(STREAMS_HALF),
        }
    }

    pub fn forget(&mut self) {
        self.heads.clear();
        self.kinds.clear();
        self.metas.clear();
        self.revisions.clear();
    }

    /// The number of a head, if it has one.
    pub fn head(&mut self, connection: &Connection, head: &str) -> Result<Option<i64>> {
        if let Some(id) = self.heads.get(head) {
            return Ok(Some(id));
        }
        let found = find_head(connection, head)?;
        if let Some(id) = found {
            self.heads.put(head.to_owned(), id);
        }
        Ok(found)
    }

    pub fn head_or_new(&mut self, connection: &Connection, head: &str) -> Result<i64> {
        if let Some(id) = self.head(connection, head)? {
            return Ok(id);
        }
        let id = connection.prepare_cached("INSERT INTO heads (text) VALUES (?)")?.insert([head])?;
        self.heads.put(head.to_owned(), id);
        Ok(id)
    }

    pub fn kind_or_new(
        &mut self,
        connection: &Connection,
        category: &str,
        event_type: &'static str,
    ) -> Result<i64> {
        let key = (category.to_owned(), event_type);
        if let Some(&id) = self.kinds.get(&key) {
            return Ok(id);
        }
        let found: Option<i64> = connection
            .prepare_cached("SELECT id FROM kinds WHERE category = ? AND event_type = ?")?
            .query_row((category, event_type), |row| row.get(0))
            .optional()?;
        let id = match found {
            Some(id) => id,
            None => connection
                .prepare_cached("INSERT INTO kinds (category, event_type) VALUES (?, ?)")?
                .insert((category, event_type))?,
        };
        self.kinds.insert(key, id);
        Ok(id)
    }

    pub fn meta_or_new(&mut self, connection: &Connection, meta: &Meta) -> Result<i64> {
        let key = (meta.actor.0.clone(), meta.correlation.clone());
        if let Some(id) = self.metas.get(&key) {
            return Ok(id);
        }
        let id = connection
            .prepare_cached("INSERT INTO metas (actor, correlation) VALUES (?, ?)")?
            .insert((&key.0, &key.1))?;
        self.metas.put(key, id);
        Ok(id)
    }
}

pub(super) fn find_head(connection: &Connection, head: &str) -> Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM heads WHERE text = ?")?
        .query_row([head], |row| row.get(0))
        .optional()
}
