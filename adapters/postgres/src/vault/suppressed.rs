//! Who must not come back: keyed hashes.

use std::collections::HashSet;

use super::Inner;
use crate::fault::Fault;
use crate::text::written;

pub(super) async fn add(inner: &Inner, hashes: &[String]) -> Result<(), Fault> {
    let hashes: Vec<_> = hashes.iter().map(|hash| written(hash)).collect();
    let connection = inner.postgres.connection().await?;
    connection
        .execute("INSERT INTO suppressed SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING", &[&hashes])
        .await?;
    Ok(())
}

pub(super) async fn any(inner: &Inner) -> Result<bool, Fault> {
    let connection = inner.postgres.connection().await?;
    let asked = connection.prepare_cached("SELECT EXISTS (SELECT FROM suppressed)").await?;
    Ok(connection.query_one(&asked, &[]).await?.try_get(0)?)
}

/// Which of these hashes are kept.
pub(super) async fn among(inner: &Inner, hashes: &[String]) -> Result<Vec<bool>, Fault> {
    let connection = inner.postgres.connection().await?;
    let asked = connection.prepare_cached("SELECT hash FROM suppressed WHERE hash = ANY($1)").await?;
    let mut kept: HashSet<String> = HashSet::new();
    for row in connection.query(&asked, &[&hashes]).await? {
        kept.insert(row.try_get(0)?);
    }
    Ok(hashes.iter().map(|hash| kept.contains(hash)).collect())
}

/// Lets persons come back: their addresses, and new keys under their old names.
pub(super) async fn lift(inner: &Inner, subjects: &[String], hashes: &[String]) -> Result<(), Fault> {
    let mut connection = inner.postgres.connection().await?;
    let transaction = connection.transaction().await?;
    let hashes: Vec<_> = hashes.iter().map(|hash| written(hash)).collect();
    let subjects: Vec<_> = subjects.iter().map(|subject| written(subject)).collect();
    transaction.execute("DELETE FROM suppressed WHERE hash = ANY($1)", &[&hashes]).await?;
    transaction
        .execute("DELETE FROM subjects WHERE subject = ANY($1) AND wrapped IS NULL", &[&subjects])
        .await?;
    Ok(transaction.commit().await?)
}
