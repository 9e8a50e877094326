//! A digest of every row, as they are at one moment.

use std::pin::pin;

use deadpool_postgres::{Object, Transaction};
use engine::ports::{ViewDigest, ViewHasher, ViewSpec};
use futures::TryStreamExt;

use super::list::unpack;
use super::tables::{self, column, table};
use crate::fault::Fault;

pub(super) async fn of(connection: &mut Object, view: &ViewSpec) -> Result<ViewDigest, Fault> {
    let transaction = connection.build_transaction().read_only(true).start().await?;
    transaction.batch_execute("SET LOCAL statement_timeout = 0").await?;
    let mut hasher = ViewHasher::default();
    match rows(&transaction, view, &mut hasher).await {
        Err(fault) if fault.is_absent() => {}
        other => other?,
    }
    transaction.rollback().await?;
    Ok(hasher.finish())
}

async fn rows(transaction: &Transaction<'_>, view: &ViewSpec, hasher: &mut ViewHasher) -> Result<(), Fault> {
    let names =
        view.columns.iter().fold(String::new(), |names, declared| names + ", " + &column(declared.name));
    let sql = format!("SELECT key, doc{names} FROM {} ORDER BY key", table(view));
    let nothing: [&(dyn tokio_postgres::types::ToSql + Sync); 0] = [];
    let mut found = pin!(transaction.query_raw(&sql, nothing).await?);
    let mut columns = Vec::with_capacity(view.columns.len());
    while let Some(row) = found.try_next().await? {
        columns.clear();
        for (at, declared) in view.columns.iter().enumerate() {
            columns.push(tables::value(&row, at + 2, declared.kind)?);
        }
        hasher.row(&tables::read(row.try_get(0)?)?, &unpack(row.try_get(1)?)?, &columns);
    }
    Ok(())
}
