//! Whole views: exchanged by their names, and dropped.

use deadpool_postgres::Object;
use engine::ports::ViewSpec;

use super::tables::{self, table};
use crate::fault::Fault;

/// Exchanges the tables of two views with their checkpoints.
pub(super) async fn views(
    connection: &mut Object,
    schema: &str,
    one: &'static ViewSpec,
    other: &'static ViewSpec,
) -> Result<(), Fault> {
    let transaction = connection.transaction().await?;
    tables::lock_tables(&transaction, schema).await?;
    let places = tables::lock_all(&transaction, schema, &[one, other]).await?;
    let (a, b, aside) = (table(one), table(other), "\"v~exchange\"");
    transaction
        .batch_execute(&format!(
            "ALTER TABLE {a} RENAME TO {aside}; ALTER TABLE {b} RENAME TO {a}; ALTER TABLE {aside} RENAME TO {b}"
        ))
        .await?;
    tables::set_checkpoints(&transaction, &[(one, places[1]), (other, places[0])]).await?;
    Ok(transaction.commit().await?)
}

pub(super) async fn drop_view(
    connection: &mut Object,
    schema: &str,
    view: &'static ViewSpec,
) -> Result<(), Fault> {
    let transaction = connection.transaction().await?;
    tables::lock_tables(&transaction, schema).await?;
    // The row first, as everybody does who writes.
    transaction
        .execute(
            "DELETE FROM views WHERE name = $1 AND version = $2",
            &[&view.name, &i64::from(view.version)],
        )
        .await?;
    transaction.batch_execute(&format!("DROP TABLE IF EXISTS {}", table(view))).await?;
    Ok(transaction.commit().await?)
}
