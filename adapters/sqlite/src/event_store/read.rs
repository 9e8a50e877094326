//! Reads of the log. Each is one short transaction, so that no reader holds the write-ahead log.

use engine::ports::{Filter, Slice};
use engine::{Position, Recorded, StreamName};
use rusqlite::{Connection, Params, Result};

use super::names::find_head;
use super::rows::{COLUMNS, Names, damaged, split};
use crate::readers::Reader;

/// Positions that one filtered read looks at.
const SCANNED_MAX: u64 = 50_000;
/// Bytes after which a slice is full, so that large events do not fill the memory.
const SLICE_BYTES_MAX: usize = 32 << 20;

pub(super) fn stream(
    reader: &mut Reader<Names>,
    stream: &StreamName,
    from_revision: u64,
    limit: usize,
) -> Result<Vec<Recorded>> {
    stream_in(&reader.connection, &mut reader.cache, stream, from_revision, limit)
}

pub(super) fn stream_in(
    connection: &Connection,
    names: &mut Names,
    stream: &StreamName,
    from_revision: u64,
    limit: usize,
) -> Result<Vec<Recorded>> {
    let (head, tail) = split(stream);
    let Some(head) = find_head(connection, head)? else { return Ok(vec![]) };
    let from = i64::try_from(from_revision).unwrap_or(i64::MAX);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = format!(
        "SELECT {COLUMNS} FROM events WHERE head = ? AND tail = ? AND revision >= ? ORDER BY revision LIMIT ?"
    );
    events(connection, names, &sql, (head, tail, from, limit))
}

pub(super) fn last(reader: &mut Reader<Names>, streams: &[StreamName]) -> Result<Vec<Option<Recorded>>> {
    let Reader { connection, cache: names } = reader;
    let snapshot = connection.unchecked_transaction()?;
    let sql = format!(
        "SELECT {COLUMNS} FROM events WHERE head = (SELECT id FROM heads WHERE text = ?) AND tail = ?
         ORDER BY revision DESC LIMIT 1"
    );
    let mut found = Vec::with_capacity(streams.len());
    {
        let mut statement = snapshot.prepare_cached(&sql)?;
        for stream in streams {
            let mut rows = statement.query(split(stream))?;
            found.push(rows.next()?.map(|row| names.event(&snapshot, row)).transpose()?);
        }
    }
    snapshot.commit()?;
    Ok(found)
}

pub(super) fn all(
    reader: &mut Reader<Names>,
    after: Position,
    filter: &Filter,
    limit: usize,
) -> Result<Slice> {
    let Reader { connection, cache: names } = reader;
    let nothing = Slice { events: vec![], read_to: after };
    let Ok(from) = i64::try_from(after) else { return Ok(nothing) };
    let limit_rows = i64::try_from(limit).unwrap_or(i64::MAX);
    if filter.categories.is_empty() {
        let sql = format!("SELECT {COLUMNS} FROM events WHERE position > ? ORDER BY position LIMIT ?");
        let events = events(connection, names, &sql, (from, limit_rows))?;
        if let Some((gap, _)) =
            (after + 1..).zip(&events).find(|(position, event)| event.position != *position)
        {
            return Err(damaged(0, &format!("event {gap} is missing")));
        }
        return Ok(Slice { read_to: events.last().map_or(after, |last| last.position), events });
    }
    let snapshot = connection.unchecked_transaction()?;
    let end: u64 = snapshot
        .prepare_cached("SELECT coalesce(max(position), 0) FROM events")?
        .query_row([], |row| row.get(0))?;
    if end <= after {
        return Ok(nothing);
    }
    let until = end.min(after + SCANNED_MAX);
    let kinds = kinds(&snapshot, filter)?;
    let sql = format!(
        "SELECT {COLUMNS} FROM events WHERE position > ? AND position <= ? AND kind IN ({kinds})
         ORDER BY position LIMIT ?"
    );
    let events = events(&snapshot, names, &sql, (from, until, limit_rows))?;
    snapshot.commit()?;
    let full = events.len() >= limit || bytes(&events) >= SLICE_BYTES_MAX;
    let read_to = events.last().filter(|_| full).map_or(until, |last| last.position);
    Ok(Slice { events, read_to })
}

/// The numbers of all kinds in these categories, for a list in SQL.
fn kinds(connection: &Connection, filter: &Filter) -> Result<String> {
    let mut statement = connection.prepare_cached("SELECT id, category FROM kinds ORDER BY id")?;
    let mut rows = statement.query([])?;
    let mut list: Vec<String> = Vec::new();
    while let Some(row) = rows.next()? {
        if filter.categories.contains(&row.get_ref(1)?.as_str()?) {
            list.push(row.get::<_, i64>(0)?.to_string());
        }
    }
    Ok(list.join(","))
}

fn events(
    connection: &Connection,
    names: &mut Names,
    sql: &str,
    params: impl Params,
) -> Result<Vec<Recorded>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut events = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let event = names.event(connection, row)?;
        bytes += event_bytes(&event);
        events.push(event);
        if bytes >= SLICE_BYTES_MAX {
            break;
        }
    }
    Ok(events)
}

fn bytes(events: &[Recorded]) -> usize {
    events.iter().map(event_bytes).sum()
}

fn event_bytes(event: &Recorded) -> usize {
    event.data.len() + event.body.as_ref().map_or(0, bytes::Bytes::len)
}
