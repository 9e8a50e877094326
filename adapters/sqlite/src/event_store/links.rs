//! The stored values of the chain: one for each commit, written with it.

use engine::Position;
use engine::chain::{self, Content, Hash};
use rusqlite::{Connection, OptionalExtension, Result};

use super::rows::{COLUMNS, Names, damaged};
use crate::readers::Reader;

/// Events between two links of an upgraded log.
const UPGRADE_EVERY: u64 = 1_000;

/// Where a log stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub position: Position,
    pub chain: Hash,
    /// Names the log.
    pub origin: String,
}

pub(super) fn put(connection: &Connection, position: Position, chain: &Hash) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO chain (position, hash) VALUES (?, ?)")?
        .execute((position, chain))
        .map(|_| ())
}

/// The chain after the last event. A log whose chain ends elsewhere was not left like this by its writer.
pub(super) fn last(connection: &Connection, end: Position) -> Result<Hash> {
    let found: Option<(Position, Hash)> = connection
        .query_row("SELECT position, hash FROM chain ORDER BY position DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    match found {
        None if end == 0 => Ok(chain::genesis()),
        Some((position, hash)) if position == end => Ok(hash),
        other => {
            let at = other.map_or(0, |(position, _)| position);
            Err(damaged(
                0,
                &format!(
                    "the log ends at {end} and its chain at {at}; `portal-integrations verify` says where"
                ),
            ))
        }
    }
}

pub(super) fn head(reader: &mut Reader<Names>) -> Result<Option<Head>> {
    let Reader { connection, cache: names } = reader;
    let last: Option<(Position, Hash)> = connection
        .prepare_cached("SELECT position, hash FROM chain ORDER BY position DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((position, chain)) = last else { return Ok(None) };
    Ok(Some(Head { position, chain, origin: origin(connection, names)? }))
}

fn origin(connection: &Connection, names: &mut Names) -> Result<String> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM events WHERE position = 1"))?;
    let mut rows = statement.query([])?;
    let row = rows.next()?.ok_or_else(|| damaged(0, "event 1 is missing"))?;
    Ok(chain::origin(&Content::from(&names.event(connection, row)?).leaf()))
}

/// Gives a log of a release before the chain its chain: computed from what it holds, and from nothing else.
pub(super) fn upgrade(connection: &Connection) -> Result<()> {
    let mut names = Names::default();
    let (mut chain, mut linked, mut at) = (chain::genesis(), 0, 0);
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM events ORDER BY position"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let event = names.event(connection, row)?;
        at += 1;
        if event.position != at {
            return Err(damaged(0, &format!("event {at} is missing")));
        }
        chain = chain::step(&chain, &Content::from(&event).leaf());
        if at % UPGRADE_EVERY == 0 {
            put(connection, at, &chain)?;
            linked = at;
        }
    }
    if linked < at { put(connection, at, &chain) } else { Ok(()) }
}
