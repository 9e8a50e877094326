//! One append inside the group's transaction: check everything first, write after, so that a conflict leaves no trace
//! and the rest of the group goes on.

use engine::chain::{self, Content};
use engine::ports::append_rules::{Repeat, repeat};
use engine::ports::{AppendError, Appended, Expected, StreamAppend};
use engine::{NewEvent, Position, StreamName};
use rusqlite::{Connection, OptionalExtension, Result};

use super::names::Known;
use super::read;
use super::rows::{self, Names};

/// The end of the log as the open transaction sees it.
pub(super) struct Group<'a> {
    pub connection: &'a Connection,
    pub known: &'a mut Known,
    pub end: Position,
    /// The chain after `end`.
    pub chain: chain::Hash,
    /// Microseconds since 1970; one time for the whole group.
    pub recorded_at: i64,
}

impl Group<'_> {
    /// The outer error ends the group, the inner one is this append's answer.
    pub fn append(&mut self, appends: &[StreamAppend]) -> Result<std::result::Result<Appended, AppendError>> {
        for append in appends {
            let actual = self.last_revision(&append.stream)?;
            let holds = match append.expected {
                Expected::NoStream => actual.is_none(),
                Expected::Exact(revision) => actual == Some(revision),
            };
            if !holds {
                let (stream, expected) = (append.stream.clone(), append.expected);
                let conflict = AppendError::Conflict { stream, expected, actual };
                return Ok(self.answer_repeat(appends)?.unwrap_or(Err(conflict)));
            }
        }
        for append in appends {
            self.write(append)?;
        }
        Ok(Ok(Appended { position: self.end }))
    }

    fn last_revision(&mut self, stream: &StreamName) -> Result<Option<u64>> {
        if let Some(revision) = self.known.revisions.get(stream) {
            return Ok(Some(revision));
        }
        let (head, tail) = rows::split(stream);
        let Some(head) = self.known.head(self.connection, head)? else { return Ok(None) };
        let mut statement = self.connection.prepare_cached(
            "SELECT revision FROM events WHERE head = ? AND tail = ? ORDER BY revision DESC LIMIT 1",
        )?;
        let revision = statement.query_row((head, tail), |row| row.get(0)).optional()?;
        if let Some(revision) = revision {
            self.known.revisions.put(stream.clone(), revision);
        }
        Ok(revision)
    }

    /// The answer to an append that has already happened, or that uses ids a second time; `None` for a conflict.
    fn answer_repeat(
        &mut self,
        appends: &[StreamAppend],
    ) -> Result<Option<std::result::Result<Appended, AppendError>>> {
        let mut position = 0;
        let mut all_same = true;
        for append in appends {
            let from = append.expected.next_revision();
            let limit = append.events.len();
            let stored =
                read::stream_in(self.connection, &mut Names::default(), &append.stream, from, limit)?;
            match repeat(&append.events, &stored) {
                Repeat::Same => position = stored.last().map_or(position, |last| position.max(last.position)),
                Repeat::No => all_same = false,
                Repeat::Altered => {
                    let why =
                        format!("stream {} holds events with the same ids and other content", append.stream);
                    return Ok(Some(Err(AppendError::Refused(why))));
                }
            }
        }
        Ok(all_same.then_some(Ok(Appended { position })))
    }

    fn write(&mut self, append: &StreamAppend) -> Result<()> {
        let (head, tail) = rows::split(&append.stream);
        let head = self.known.head_or_new(self.connection, head)?;
        let first = append.expected.next_revision();
        for (revision, event) in (first..).zip(&append.events) {
            self.write_event((head, &tail, revision), &append.stream, event)?;
        }
        let last = first + append.events.len() as u64 - 1;
        self.known.revisions.put(append.stream.clone(), last);
        Ok(())
    }

    fn write_event(
        &mut self,
        (head, tail, revision): (i64, &rows::Tail<'_>, u64),
        stream: &StreamName,
        event: &NewEvent,
    ) -> Result<()> {
        let kind = self.known.kind_or_new(self.connection, stream.category(), event.event_type)?;
        let meta = self.known.meta_or_new(self.connection, &event.meta)?;
        let content = Content {
            position: self.end + 1,
            stream: stream.as_str(),
            revision,
            id: event.id,
            event_type: event.event_type,
            recorded_at: self.recorded_at,
            data: &event.data,
            body: event.body.as_deref(),
            meta: &event.meta,
        };
        let leaf = insert(self.connection, &Places { head, tail, kind, meta }, &content)?;
        self.chain = chain::step(&self.chain, &leaf);
        self.end += 1;
        Ok(())
    }
}

/// Where the names of an event are.
pub(super) struct Places<'t> {
    pub head: i64,
    pub tail: &'t rows::Tail<'t>,
    pub kind: i64,
    pub meta: i64,
}

/// Writes one row and gives the event's digest.
pub(super) fn insert(
    connection: &Connection,
    places: &Places<'_>,
    event: &Content<'_>,
) -> Result<chain::Hash> {
    let leaf = event.leaf();
    let mut statement = connection.prepare_cached(
        "INSERT INTO events (position, head, tail, revision, kind, meta, causation, recorded_at, id, data, body, checksum)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    statement.execute((
        event.position,
        places.head,
        places.tail,
        event.revision,
        places.kind,
        places.meta,
        rows::causation_value(event.meta.causation.as_deref()),
        event.recorded_at,
        event.id.as_bytes(),
        rows::data_value(event.data),
        event.body,
        chain::short(&leaf),
    ))?;
    Ok(leaf)
}
