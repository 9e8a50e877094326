//! How an event lies in its row: stream names in two parts, names as numbers, small data as text.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use chrono::DateTime;
use engine::chain::{self, Content, Mark};
use engine::envelope::{Actor, EventId};
use engine::{Meta, Recorded, StreamName, codec, seal};
use rusqlite::types::{ToSql, ToSqlOutput, Type, Value, ValueRef};
use rusqlite::{Connection, Error, Result, Row};

use super::checksum::checksum;

/// Data below this is stored as text, readable with any SQLite tool; packing would gain little.
const PACKED_BYTES_MIN: usize = 96;
/// Names that a reader remembers of each sort.
const NAMES_MAX: usize = 4_096;
/// How many dots of a name belong to its head: `record-{connection}.{resource}.`.
const HEAD_DOTS: usize = 2;

pub(super) const COLUMNS: &str =
    "position, head, tail, revision, kind, meta, causation, recorded_at, id, data, body, checksum";

/// The end of a stream's name. Numbers are small as numbers and lie in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tail<'a> {
    Number(i64),
    Text(&'a str),
}

impl ToSql for Tail<'_> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Number(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

/// Splits a name behind its second dot, else behind its last, else behind its category.
pub(super) fn split(stream: &StreamName) -> (&str, Tail<'_>) {
    let name = stream.as_str();
    let dot = name.match_indices('.').take(HEAD_DOTS).last().map(|(at, _)| at + 1);
    let (head, tail) = name.split_at(dot.unwrap_or(stream.category().len() + 1).min(name.len()));
    let canonical = tail == "0" || (!tail.starts_with(['0', '+', '-']) && !tail.is_empty());
    match tail.parse() {
        Ok(number) if canonical => (head, Tail::Number(number)),
        _ => (head, Tail::Text(tail)),
    }
}

/// The form of an event's data in its row.
pub(super) fn data_value(data: &[u8]) -> ToSqlOutput<'_> {
    match std::str::from_utf8(data) {
        Ok(_) if data.len() < PACKED_BYTES_MIN => ToSqlOutput::Borrowed(ValueRef::Text(data)),
        _ => ToSqlOutput::Owned(Value::Blob(codec::pack(data))),
    }
}

/// The form of a cause: a UUID as it is usually written takes less than half the room as bytes.
pub(super) fn causation_value(causation: Option<&str>) -> ToSqlOutput<'_> {
    let Some(text) = causation else { return ToSqlOutput::Owned(Value::Null) };
    match EventId::try_parse(text) {
        Ok(id) if id.to_string() == text => ToSqlOutput::Owned(Value::Blob(id.into_bytes().to_vec())),
        _ => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
    }
}

/// Names behind the numbers, as one reader remembers them. Numbers are never given to another name.
#[derive(Default)]
pub(super) struct Names {
    heads: HashMap<i64, Arc<str>>,
    types: HashMap<i64, Arc<str>>,
    metas: HashMap<i64, Meta>,
    /// The last rows' stream, which the next row often shares.
    last_stream: Option<StreamName>,
}

impl Names {
    /// Reads an event from a row of [`COLUMNS`], if it says what was written.
    pub fn event(&mut self, connection: &Connection, row: &Row<'_>) -> Result<Recorded> {
        let (event, mark) = self.marked(connection, row)?;
        let fits = match mark {
            Mark::Fits(fits) => fits,
            Mark::Short(stored) => chain::short(&Content::from(&event).leaf()) == stored,
        };
        if fits {
            return Ok(event);
        }
        Err(damaged(11, &format!("the checksum of event {} does not fit", event.position)))
    }

    /// Reads an event and what is stored about its integrity.
    pub fn marked(&mut self, connection: &Connection, row: &Row<'_>) -> Result<(Recorded, Mark)> {
        let mut meta = self.meta(connection, row.get(5)?)?;
        meta.causation = causation(row.get_ref(6)?)?;
        let event = Recorded {
            position: row.get(0)?,
            stream: self.stream(connection, row)?,
            revision: row.get(3)?,
            id: EventId::from_bytes(row.get(8)?),
            event_type: self.event_type(connection, row.get(4)?)?,
            recorded_at: DateTime::from_timestamp_micros(row.get(7)?).ok_or_else(|| damaged(7, "no time"))?,
            data: data(row.get_ref(9)?)?,
            body: row.get_ref(10)?.as_blob_or_null()?.map(Bytes::copy_from_slice),
            meta,
        };
        let stored: i64 = row.get(11)?;
        let mark = match i32::try_from(stored) {
            // A body that was taken away no longer fits a checksum; the chain still holds its digest.
            Ok(_) if event.body.as_deref().is_some_and(seal::is_removed) => Mark::Fits(true),
            Ok(stored) => Mark::Fits(checksum(&Content::from(&event)) == stored),
            Err(_) => Mark::Short(stored),
        };
        Ok((event, mark))
    }

    fn stream(&mut self, connection: &Connection, row: &Row<'_>) -> Result<StreamName> {
        let head = self.head(connection, row.get(1)?)?;
        let mut digits = [0; 20];
        let tail = match row.get_ref(2)? {
            ValueRef::Integer(number) => decimal(number, &mut digits),
            other => other.as_str()?,
        };
        if let Some(last) = &self.last_stream
            && last.as_str().strip_prefix(&*head) == Some(tail)
        {
            return Ok(last.clone());
        }
        let mut name = String::with_capacity(head.len() + tail.len());
        name.push_str(&head);
        name.push_str(tail);
        let stream = StreamName::from_stored(name);
        self.last_stream = Some(stream.clone());
        Ok(stream)
    }

    fn head(&mut self, connection: &Connection, id: i64) -> Result<Arc<str>> {
        remember(&mut self.heads, id, || {
            connection
                .prepare_cached("SELECT text FROM heads WHERE id = ?")?
                .query_row([id], |row| row.get(0))
        })
    }

    fn event_type(&mut self, connection: &Connection, id: i64) -> Result<Arc<str>> {
        remember(&mut self.types, id, || {
            let mut statement = connection.prepare_cached("SELECT event_type FROM kinds WHERE id = ?")?;
            statement.query_row([id], |row| row.get(0))
        })
    }

    fn meta(&mut self, connection: &Connection, id: i64) -> Result<Meta> {
        remember(&mut self.metas, id, || {
            let mut statement =
                connection.prepare_cached("SELECT actor, correlation FROM metas WHERE id = ?")?;
            statement.query_row([id], |row| {
                Ok(Meta { actor: Actor(row.get(0)?), correlation: row.get(1)?, causation: None })
            })
        })
    }
}

fn remember<V: Clone>(
    known: &mut HashMap<i64, V>,
    id: i64,
    look_up: impl FnOnce() -> Result<V>,
) -> Result<V> {
    if let Some(value) = known.get(&id) {
        return Ok(value.clone());
    }
    let value = look_up().map_err(|error| match error {
        Error::QueryReturnedNoRows => damaged(1, "a name is missing"),
        other => other,
    })?;
    if known.len() >= NAMES_MAX {
        known.clear();
    }
    known.insert(id, value.clone());
    Ok(value)
}

fn causation(value: ValueRef<'_>) -> Result<Option<String>> {
    match value {
        ValueRef::Null => Ok(None),
        ValueRef::Blob(bytes) => {
            let id = EventId::from_slice(bytes).map_err(|_| damaged(6, "no UUID"))?;
            Ok(Some(id.to_string()))
        }
        other => Ok(Some(other.as_str()?.to_owned())),
    }
}

fn data(value: ValueRef<'_>) -> Result<Bytes> {
    match value {
        ValueRef::Blob(packed) => codec::unpack(packed).map_err(|why| damaged(9, &why)),
        other => Ok(Bytes::copy_from_slice(other.as_bytes()?)),
    }
}

fn decimal(number: i64, digits: &mut [u8; 20]) -> &str {
    let mut rest = number.unsigned_abs();
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    std::str::from_utf8(&digits[at..]).unwrap_or_default()
}

/// A row that we never wrote like this.
pub(super) fn damaged(column: usize, why: &str) -> Error {
    Error::FromSqlConversionFailure(column, Type::Blob, why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_two_parts_is_the_same_name() {
        for (name, head, number) in [
            ("record-cn_a.posts.123", "record-cn_a.posts.", Some(123)),
            ("record-cn_a.posts.0", "record-cn_a.posts.", Some(0)),
            ("record-cn_a.posts.4.2", "record-cn_a.posts.", None),
            ("record-cn_a.posts.007", "record-cn_a.posts.", None),
            ("record-cn_a.posts.-5", "record-cn_a.posts.", None),
            ("record-cn_a.posts.+5", "record-cn_a.posts.", None),
            ("record-cn_a.posts.9223372036854775808", "record-cn_a.posts.", None),
            ("run-rn_7", "run-", None),
            ("x-9223372036854775807", "x-", Some(i64::MAX)),
            ("x-", "x-", None),
            ("odd", "odd", None),
        ] {
            let stream = StreamName::from_stored(name);
            let (found, tail) = split(&stream);
            assert_eq!(found, head, "{name}");
            match tail {
                Tail::Number(found) => {
                    assert_eq!(Some(found), number, "{name}");
                    assert_eq!(format!("{head}{}", decimal(found, &mut [0; 20])), name);
                }
                Tail::Text(text) => assert_eq!(format!("{head}{text}"), name),
            }
        }
    }
}
