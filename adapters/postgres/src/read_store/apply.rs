//! Rows and checkpoints of a slice, in one transaction that begins where the fold began.

use std::collections::BTreeMap;

use deadpool_postgres::{Object, Transaction};
use engine::codec;
use engine::ports::read_store::Kind;
use engine::ports::{Change, Doc, IndexValue, ViewBatch, ViewSpec};
use tokio_postgres::types::ToSql;

use super::tables::{self, column, table};
use crate::fault::Fault;
use crate::text;

/// What one statement may carry.
const STATEMENT_ROWS_MAX: usize = 2_000;
const STATEMENT_BYTES_MAX: usize = 16 << 20;

pub(super) async fn batches(
    connection: &mut Object,
    schema: &str,
    batches: &[ViewBatch],
) -> Result<(), Fault> {
    if batches.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction().await?;
    let views: Vec<&'static ViewSpec> = batches.iter().map(|batch| batch.view).collect();
    // From here on the views stay where they are: their rows are locked.
    let places = tables::lock_all(&transaction, schema, &views).await?;
    for (batch, place) in batches.iter().zip(places) {
        batch.check_place(place)?;
    }
    for batch in batches {
        rows(&transaction, batch).await?;
    }
    // The last batch of a view says where it is.
    let mut moved: Vec<(&'static ViewSpec, u64)> = vec![];
    for batch in batches {
        moved.retain(|(view, _)| *view != batch.view);
        moved.push((batch.view, batch.checkpoint));
    }
    tables::set_checkpoints(&transaction, &moved).await?;
    Ok(transaction.commit().await?)
}

type Content<'b> = (&'b Doc, &'b [Option<IndexValue>]);
type Put<'b> = (&'b str, &'b Doc, &'b [Option<IndexValue>]);

async fn rows(transaction: &Transaction<'_>, batch: &ViewBatch) -> Result<(), Fault> {
    // The last change of each key, in the order of the table.
    let mut last: BTreeMap<&str, Option<Content<'_>>> = BTreeMap::new();
    for change in &batch.changes {
        match change {
            Change::Put { key, doc, columns } => last.insert(key, Some((doc, columns))),
            Change::Delete { key } => last.insert(key, None),
        };
    }
    let deleted: Vec<_> =
        last.iter().filter(|(_, put)| put.is_none()).map(|(key, _)| text::written(key)).collect();
    if !deleted.is_empty() {
        let delete = transaction
            .prepare_cached(&format!("DELETE FROM {} WHERE key = ANY($1)", table(batch.view)))
            .await?;
        transaction.execute(&delete, &[&deleted]).await?;
    }
    let mut carried: Vec<Put<'_>> = vec![];
    let mut bytes = 0;
    for (key, put) in last {
        let Some((doc, columns)) = put else { continue };
        carried.push((key, doc, columns));
        bytes += doc.len();
        if carried.len() >= STATEMENT_ROWS_MAX || bytes >= STATEMENT_BYTES_MAX {
            upsert(transaction, batch.view, &carried).await?;
            carried.clear();
            bytes = 0;
        }
    }
    if carried.is_empty() { Ok(()) } else { upsert(transaction, batch.view, &carried).await }
}

async fn upsert(transaction: &Transaction<'_>, view: &ViewSpec, rows: &[Put<'_>]) -> Result<(), Fault> {
    let keys: Vec<_> = rows.iter().map(|(key, ..)| text::written(key)).collect();
    let docs: Vec<Vec<u8>> = rows.iter().map(|(_, doc, _)| codec::pack(doc)).collect();
    let columns: Vec<Box<dyn ToSql + Sync + Send + '_>> =
        (0..view.columns.len()).map(|at| values(view, rows, at)).collect();
    let mut arguments: Vec<&(dyn ToSql + Sync)> = vec![&keys, &docs];
    for values in &columns {
        arguments.push(&**values);
    }
    let put = transaction.prepare_cached(&upsert_sql(view)).await?;
    transaction.execute(&put, &arguments).await?;
    Ok(())
}

/// One declared column of all rows.
fn values<'r>(view: &ViewSpec, rows: &[Put<'r>], at: usize) -> Box<dyn ToSql + Sync + Send + 'r> {
    match view.columns[at].kind {
        Kind::Text => Box::new(
            rows.iter()
                .map(|(_, _, columns)| match &columns[at] {
                    Some(IndexValue::Text(value)) => Some(text::written(value)),
                    _ => None,
                })
                .collect::<Vec<_>>(),
        ),
        Kind::Integer => Box::new(
            rows.iter()
                .map(|(_, _, columns)| match columns[at] {
                    Some(IndexValue::Integer(value)) => Some(value),
                    _ => None,
                })
                .collect::<Vec<_>>(),
        ),
    }
}

fn upsert_sql(view: &ViewSpec) -> String {
    let named = |say: &dyn Fn(usize, String, Kind) -> String| -> String {
        let declared = (3..).zip(view.columns);
        declared.map(|(place, declared)| say(place, column(declared.name), declared.kind)).collect()
    };
    let into = named(&|_, name, _| format!(", {name}"));
    let arrays = named(&|place, _, kind| match kind {
        Kind::Text => format!(", ${place}::text[]"),
        Kind::Integer => format!(", ${place}::int8[]"),
    });
    let set = named(&|_, name, _| format!(", {name} = excluded.{name}"));
    format!(
        "INSERT INTO {} (key, doc{into}) SELECT * FROM unnest($1::text[], $2::bytea[]{arrays})
         ON CONFLICT (key) DO UPDATE SET doc = excluded.doc{set}",
        table(view)
    )
}
