//! The table of a view. Its names come from the view's spec, which is part of the program; no text from outside ever
//! becomes SQL.

use domain::views::TWIN;
use engine::Position;
use engine::ports::read_store::{Column, Kind};
use engine::ports::{IndexValue, ViewSpec};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, Result};

/// The quoted name of a view's table.
pub(super) fn table(view: &ViewSpec) -> String {
    quoted(&name(view))
}

fn name(view: &ViewSpec) -> String {
    format!("v_{}_{}", view.name, view.version)
}

/// The quoted name of a declared column; the prefix keeps it apart from ours.
pub(super) fn column(name: &str) -> String {
    quoted(&format!("c_{name}"))
}

/// The form of an index value in its column.
pub(super) fn value(value: &IndexValue) -> ToSqlOutput<'_> {
    match value {
        IndexValue::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        IndexValue::Integer(number) => ToSqlOutput::Owned(Value::Integer(*number)),
    }
}

/// Whether a view has its table: it gets it with its first rows.
pub(super) fn exists(connection: &Connection, view: &ViewSpec) -> Result<bool> {
    Ok(find_checkpoint(connection, view)?.is_some())
}

pub(super) fn checkpoint(connection: &Connection, view: &ViewSpec) -> Result<Position> {
    Ok(find_checkpoint(connection, view)?.unwrap_or(0))
}

pub(super) fn create(connection: &Connection, view: &ViewSpec) -> Result<()> {
    if exists(connection, view)? {
        return Ok(());
    }
    let table = table(view);
    let declared: String = view.columns.iter().map(declaration).collect();
    connection.execute_batch(&format!(
        "CREATE TABLE {table} (key TEXT PRIMARY KEY, doc BLOB NOT NULL{declared}) STRICT, WITHOUT ROWID"
    ))?;
    // A twin gets them before it is exchanged: made at once, they cost far less than kept with every row.
    if !view.name.ends_with(TWIN) {
        create_indexes(connection, view)?;
    }
    connection
        .prepare_cached("INSERT INTO views (name, version, checkpoint) VALUES (?, ?, 0)")?
        .execute((view.name, view.version))?;
    Ok(())
}

fn create_indexes(connection: &Connection, view: &ViewSpec) -> Result<()> {
    let table = table(view);
    for declared in view.columns.iter().filter(|declared| declared.is_indexed) {
        // The index of a table without row ids ends with the key, so it also gives the order of pages. Rows that
        // lack the column are not in it.
        let index = free_index(connection, view, declared)?;
        let indexed = column(declared.name);
        let then = declared.then.map_or(String::new(), |name| format!(", {}", column(name)));
        connection.execute_batch(&format!(
            "CREATE INDEX {index} ON {table} ({indexed}{then}) WHERE {indexed} IS NOT NULL"
        ))?;
    }
    Ok(())
}

/// The indexes of a table that has none yet.
fn complete(connection: &Connection, view: &ViewSpec) -> Result<()> {
    let mut indexes = connection.prepare_cached(
        "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
    )?;
    if indexes.exists([name(view)])? { Ok(()) } else { create_indexes(connection, view) }
}

/// A name for an index that no table has: an exchanged table keeps the indexes that it was made with.
fn free_index(connection: &Connection, view: &ViewSpec, declared: &Column) -> Result<String> {
    let mut taken =
        connection.prepare_cached("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?")?;
    let mut number = 0;
    loop {
        let name = format!("i_{}_{}_{}_{number}", view.name, view.version, declared.name);
        if !taken.exists([&name])? {
            return Ok(quoted(&name));
        }
        number += 1;
    }
}

/// Exchanges the tables of two views that both exist, with their checkpoints.
pub(super) fn exchange(connection: &Connection, one: &ViewSpec, other: &ViewSpec) -> Result<()> {
    complete(connection, one)?;
    complete(connection, other)?;
    let checkpoints = (checkpoint(connection, one)?, checkpoint(connection, other)?);
    let (a, b, aside) = (table(one), table(other), quoted("v~exchange"));
    connection.execute_batch(&format!(
        "ALTER TABLE {a} RENAME TO {aside}; ALTER TABLE {b} RENAME TO {a}; ALTER TABLE {aside} RENAME TO {b}"
    ))?;
    set_checkpoint(connection, one, checkpoints.1)?;
    set_checkpoint(connection, other, checkpoints.0)
}

/// Drops what a rebuild left that was killed.
pub(super) fn drop_twins(connection: &Connection) -> Result<()> {
    let mut statement = connection.prepare("SELECT name, version FROM views WHERE name LIKE ?")?;
    let left: Vec<(String, u32)> = statement
        .query_map([format!("%{TWIN}")], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_>>()?;
    for (name, version) in left {
        let table = quoted(&format!("v_{name}_{version}"));
        connection.execute_batch(&format!("DROP TABLE IF EXISTS {table}"))?;
        connection.execute("DELETE FROM views WHERE name = ? AND version = ?", (name, version))?;
    }
    Ok(())
}

pub(super) fn set_checkpoint(connection: &Connection, view: &ViewSpec, checkpoint: Position) -> Result<()> {
    connection
        .prepare_cached("UPDATE views SET checkpoint = ? WHERE name = ? AND version = ?")?
        .execute((i64::try_from(checkpoint).unwrap_or(i64::MAX), view.name, view.version))?;
    Ok(())
}

pub(super) fn drop_table(connection: &Connection, view: &ViewSpec) -> Result<()> {
    connection.execute_batch(&format!("DROP TABLE IF EXISTS {}", table(view)))?;
    connection
        .execute("DELETE FROM views WHERE name = ? AND version = ?", (view.name, view.version))
        .map(|_| ())
}

fn find_checkpoint(connection: &Connection, view: &ViewSpec) -> Result<Option<Position>> {
    let found: Option<i64> = connection
        .prepare_cached("SELECT checkpoint FROM views WHERE name = ? AND version = ?")?
        .query_row((view.name, view.version), |row| row.get(0))
        .optional()?;
    Ok(found.map(i64::cast_unsigned))
}

fn declaration(declared: &Column) -> String {
    let kind = match declared.kind {
        Kind::Text => "TEXT",
        Kind::Integer => "INTEGER",
    };
    format!(", {} {kind}", column(declared.name))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
