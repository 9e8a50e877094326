//! Documents by key, pages and counts of a view.

use std::fmt::Write;

use engine::codec;
use engine::ports::read_store::prefix_end;
use engine::ports::{Doc, IndexValue, Order, Page, PageCursor, Query, Row, ViewDigest, ViewHasher, ViewSpec};
use rusqlite::types::{ToSqlOutput, Type, Value, ValueRef};
use rusqlite::{Connection, Error, OptionalExtension, Result, params_from_iter};

use super::tables::{column, exists, table, value};

pub(super) fn documents(
    connection: &Connection,
    view: &ViewSpec,
    keys: &[String],
) -> Result<Vec<Option<Doc>>> {
    let snapshot = connection.unchecked_transaction()?;
    if !exists(&snapshot, view)? {
        return Ok(vec![None; keys.len()]);
    }
    let found: Result<_> = {
        let mut statement =
            snapshot.prepare_cached(&format!("SELECT doc FROM {} WHERE key = ?", table(view)))?;
        let document = |key: &String| statement.query_row([key], |row| unpack(row.get_ref(0)?)).optional();
        keys.iter().map(document).collect()
    };
    snapshot.commit()?;
    found
}

pub(super) fn page(connection: &Connection, view: &ViewSpec, query: &Query) -> Result<Page> {
    let snapshot = connection.unchecked_transaction()?;
    if !exists(&snapshot, view)? {
        return Ok(Page::default());
    }
    let mut asked = Conditions::of(query);
    let ordered = query.order_by.map(column);
    if let Some(cursor) = &query.after {
        asked.after(query, ordered.as_deref(), cursor);
    }
    let selected = match &ordered {
        Some(column) => {
            asked.and(&format!("{column} IS NOT NULL"));
            format!("key, doc, {column}")
        }
        None => "key, doc, NULL".to_owned(),
    };
    let direction = if query.order == Order::Descending { "DESC" } else { "ASC" };
    let order = ordered.map_or(String::new(), |column| format!("{column} {direction}, "));
    let mut sql =
        format!("SELECT {selected} FROM {}{} ORDER BY {order}key {direction}", table(view), asked.sql);
    // One row more than asked for tells whether there is a next page.
    let rows_max = query.rows_max();
    let _infallible = write!(sql, " LIMIT {}", rows_max + 1);
    let page = read_page(&snapshot, &sql, &asked, rows_max)?;
    snapshot.commit()?;
    Ok(page)
}

/// A digest of every row, in one transaction.
pub(super) fn digest(connection: &Connection, view: &ViewSpec) -> Result<ViewDigest> {
    let snapshot = connection.unchecked_transaction()?;
    let mut hasher = ViewHasher::default();
    if !exists(&snapshot, view)? {
        return Ok(hasher.finish());
    }
    let names =
        view.columns.iter().fold(String::new(), |names, declared| names + ", " + &column(declared.name));
    {
        let sql = format!("SELECT key, doc{names} FROM {} ORDER BY key", table(view));
        let mut statement = snapshot.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let mut columns = Vec::with_capacity(view.columns.len());
        while let Some(row) = rows.next()? {
            columns.clear();
            for at in 0..view.columns.len() {
                columns.push(match row.get_ref(at + 2)? {
                    ValueRef::Null => None,
                    ValueRef::Integer(number) => Some(IndexValue::Integer(number)),
                    other => Some(IndexValue::Text(other.as_str()?.to_owned())),
                });
            }
            hasher.row(row.get_ref(0)?.as_str()?, &unpack(row.get_ref(1)?)?, &columns);
        }
    }
    snapshot.commit()?;
    Ok(hasher.finish())
}

pub(super) fn count(connection: &Connection, view: &ViewSpec, query: &Query) -> Result<u64> {
    let snapshot = connection.unchecked_transaction()?;
    if !exists(&snapshot, view)? {
        return Ok(0);
    }
    let asked = Conditions::of(query);
    let counted: i64 = snapshot
        .prepare_cached(&format!("SELECT count(*) FROM {}{}", table(view), asked.sql))?
        .query_row(params_from_iter(asked.values.iter()), |row| row.get(0))?;
    snapshot.commit()?;
    Ok(counted.cast_unsigned())
}

fn read_page(connection: &Connection, sql: &str, asked: &Conditions<'_>, rows_max: usize) -> Result<Page> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query(params_from_iter(asked.values.iter()))?;
    let mut rows: Vec<Row> = Vec::new();
    let mut last = None;
    while let Some(row) = found.next()? {
        if rows.len() == rows_max {
            let next = rows.last().map(|row| PageCursor { value: last, key: row.key.clone() });
            return Ok(Page { rows, next });
        }
        last = match row.get_ref(2)? {
            ValueRef::Integer(number) => Some(IndexValue::Integer(number)),
            ValueRef::Null => None,
            text => Some(IndexValue::Text(text.as_str()?.to_owned())),
        };
        rows.push(Row { key: row.get(0)?, doc: unpack(row.get_ref(1)?)? });
    }
    Ok(Page { rows, next: None })
}

/// A WHERE clause and what its question marks stand for.
struct Conditions<'q> {
    sql: String,
    values: Vec<ToSqlOutput<'q>>,
}

impl<'q> Conditions<'q> {
    fn of(query: &'q Query) -> Self {
        let mut asked = Self { sql: String::new(), values: vec![] };
        if !query.key_prefix.is_empty() {
            asked.bind("key >= ?", text(&query.key_prefix));
            if let Some(end) = prefix_end(&query.key_prefix) {
                asked.bind("key < ?", ToSqlOutput::Owned(Value::Text(end)));
            }
        }
        for (name, wanted) in &query.equals {
            asked.bind(&format!("{} = ?", column(name)), value(wanted));
        }
        if let Some((name, part)) = &query.contains {
            // Not LIKE: this has no wildcards, so nothing needs escaping. SQLite's lower() is for ASCII only.
            let part = ToSqlOutput::Owned(Value::Text(part.to_ascii_lowercase()));
            asked.bind(&format!("instr(lower({}), ?) > 0", column(name)), part);
        }
        asked
    }

    fn after(&mut self, query: &Query, ordered: Option<&str>, cursor: &'q PageCursor) {
        let beyond = if query.order == Order::Descending { "<" } else { ">" };
        match (ordered, &cursor.value) {
            (Some(column), Some(place)) => {
                self.bind(&format!("({column}, key) {beyond} (?, ?)"), value(place));
                self.values.push(text(&cursor.key));
            }
            _ => self.bind(&format!("key {beyond} ?"), text(&cursor.key)),
        }
    }

    fn bind(&mut self, condition: &str, value: ToSqlOutput<'q>) {
        self.and(condition);
        self.values.push(value);
    }

    fn and(&mut self, condition: &str) {
        self.sql.push_str(if self.sql.is_empty() { " WHERE " } else { " AND " });
        self.sql.push_str(condition);
    }
}

fn text(text: &str) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))
}

fn unpack(packed: ValueRef<'_>) -> Result<Doc> {
    codec::unpack(packed.as_blob()?).map_err(|why| Error::FromSqlConversionFailure(1, Type::Blob, why.into()))
}
