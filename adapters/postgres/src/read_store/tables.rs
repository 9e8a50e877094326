//! The table of a view. Its names come from the view's spec, which is part of the program; no text from outside ever
//! becomes SQL.

use std::collections::HashMap;

use deadpool_postgres::{Object, Transaction};
use engine::Position;
use engine::ports::read_store::{Column, Kind};
use engine::ports::{IndexValue, ViewSpec};
use tokio_postgres::Row;

use crate::fault::Fault;
use crate::schema::lock;
use crate::text;

/// An index entry must fit a third of a page; a longer text is indexed by its beginning.
const INDEXED_CHARS: u32 = 200;

/// The quoted name of a view's table.
pub(super) fn table(view: &ViewSpec) -> String {
    quoted(&format!("v_{}_{}", view.name, view.version))
}

/// The quoted name of a declared column; the prefix keeps it apart from ours.
pub(super) fn column(name: &str) -> String {
    quoted(&format!("c_{name}"))
}

/// What the index of a text column holds of a text.
pub(super) fn indexed(text: &str) -> String {
    format!("left({text}, {INDEXED_CHARS})")
}

/// A declared column of a row, read back.
pub(super) fn value(row: &Row, at: usize, kind: Kind) -> Result<Option<IndexValue>, Fault> {
    Ok(match kind {
        Kind::Integer => row.try_get::<_, Option<i64>>(at)?.map(IndexValue::Integer),
        Kind::Text => match row.try_get::<_, Option<String>>(at)? {
            Some(written) => Some(IndexValue::Text(read(written)?)),
            None => None,
        },
    })
}

pub(super) fn read(written: String) -> Result<String, Fault> {
    text::read(written).ok_or_else(|| Fault::Damage("a text is not written as ours are".to_owned()))
}

pub(super) async fn checkpoint(connection: &Object, view: &ViewSpec) -> Result<Position, Fault> {
    let asked =
        connection.prepare_cached("SELECT checkpoint FROM views WHERE name = $1 AND version = $2").await?;
    let found = connection.query_opt(&asked, &[&view.name, &i64::from(view.version)]).await?;
    Ok(match found {
        Some(row) => row.try_get::<_, i64>(0)?.cast_unsigned(),
        None => 0,
    })
}

/// Makes what is missing and locks the views' rows, always in the same order; gives the checkpoints in the order asked.
pub(super) async fn lock_all(
    transaction: &Transaction<'_>,
    schema: &str,
    views: &[&'static ViewSpec],
) -> Result<Vec<Position>, Fault> {
    if find(transaction, views, "").await?.iter().any(Option::is_none) {
        // Before any row is locked, so that nobody who makes tables waits for one who does.
        lock_tables(transaction, schema).await?;
        let found = find(transaction, views, "").await?;
        let mut made: Vec<&ViewSpec> = vec![];
        for (view, found) in views.iter().zip(found) {
            if found.is_none() && !made.contains(view) {
                create(transaction, view).await?;
                made.push(view);
            }
        }
    }
    let found = find(transaction, views, "ORDER BY name, version FOR UPDATE").await?;
    let locked: Option<Vec<Position>> = found.into_iter().collect();
    locked.ok_or(Fault::Again("a view was dropped meanwhile"))
}

/// Held by whoever makes, renames or drops a view's table.
pub(super) async fn lock_tables(transaction: &Transaction<'_>, schema: &str) -> Result<(), Fault> {
    Ok(transaction
        .batch_execute(&format!("SELECT pg_advisory_xact_lock({})", lock(schema, "tables")))
        .await?)
}

pub(super) async fn set_checkpoints(
    transaction: &Transaction<'_>,
    places: &[(&'static ViewSpec, Position)],
) -> Result<(), Fault> {
    let names: Vec<&str> = places.iter().map(|(view, _)| view.name).collect();
    let versions: Vec<i64> = places.iter().map(|(view, _)| i64::from(view.version)).collect();
    let positions: Vec<i64> =
        places.iter().map(|(_, position)| i64::try_from(*position).unwrap_or(i64::MAX)).collect();
    let update = transaction
        .prepare_cached(
            "UPDATE views SET checkpoint = moved.checkpoint
             FROM unnest($1::text[], $2::int8[], $3::int8[]) AS moved (name, version, checkpoint)
             WHERE views.name = moved.name AND views.version = moved.version",
        )
        .await?;
    transaction.execute(&update, &[&names, &versions, &positions]).await?;
    Ok(())
}

async fn find(
    transaction: &Transaction<'_>,
    views: &[&'static ViewSpec],
    how: &str,
) -> Result<Vec<Option<Position>>, Fault> {
    let names: Vec<&str> = views.iter().map(|view| view.name).collect();
    let versions: Vec<i64> = views.iter().map(|view| i64::from(view.version)).collect();
    let asked = transaction
        .prepare_cached(&format!(
            "SELECT name, version, checkpoint FROM views
             WHERE (name, version) IN (SELECT * FROM unnest($1::text[], $2::int8[])) {how}"
        ))
        .await?;
    let mut found: HashMap<(String, i64), Position> = HashMap::new();
    for row in transaction.query(&asked, &[&names, &versions]).await? {
        found.insert((row.try_get(0)?, row.try_get(1)?), row.try_get::<_, i64>(2)?.cast_unsigned());
    }
    let place = |view: &&ViewSpec| found.get(&(view.name.to_owned(), i64::from(view.version))).copied();
    Ok(views.iter().map(place).collect())
}

async fn create(transaction: &Transaction<'_>, view: &ViewSpec) -> Result<(), Fault> {
    let table = table(view);
    let declared: String = view.columns.iter().map(declaration).collect();
    // Documents come packed; the server would only try to pack them again. Indexes get their names from the server,
    // because an exchanged table keeps those that it was made with.
    let mut sql = vec![format!(
        "CREATE TABLE {table} (key text COLLATE \"C\" PRIMARY KEY, doc bytea NOT NULL{declared}) WITH (fillfactor = 85);
         ALTER TABLE {table} ALTER doc SET STORAGE EXTERNAL"
    )];
    for declared in view.columns.iter().filter(|declared| declared.is_indexed) {
        let leading = column(declared.name);
        let entry = match declared.kind {
            Kind::Text => indexed(&leading),
            Kind::Integer => leading.clone(),
        };
        let then = declared.then.map_or(String::new(), |name| format!(", {}", column(name)));
        // It ends with the key, so it also gives the order of pages. Rows that lack the column are not in it.
        sql.push(format!("CREATE INDEX ON {table} ({entry}{then}, key) WHERE {leading} IS NOT NULL"));
    }
    transaction.batch_execute(&sql.join("; ")).await?;
    transaction
        .execute("INSERT INTO views VALUES ($1, $2, 0)", &[&view.name, &i64::from(view.version)])
        .await?;
    Ok(())
}

fn declaration(declared: &Column) -> String {
    let kind = match declared.kind {
        Kind::Text => "text COLLATE \"C\"",
        Kind::Integer => "int8",
    };
    format!(", {} {kind}", column(declared.name))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
