//! The schema, made and versioned by ourselves.

use deadpool_postgres::Object;
use tokio_postgres::Error;

/// Each brings the schema from its place in this list to the next version; what stands here never changes.
const MIGRATIONS: [&str; 1] = [include_str!("schema/1.sql")];
#[expect(clippy::cast_possible_wrap, clippy::cast_possible_truncation, reason = "there are few migrations")]
pub(crate) const VERSION: i32 = MIGRATIONS.len() as i32;

/// A lock's number in the database, from a name of ours; for use in a statement. `schema` is a plain name.
pub(crate) fn lock(schema: &str, purpose: &str) -> String {
    format!("hashtextextended('portal-integrations {schema} {purpose}', 0)")
}

/// Makes the schema, or brings it up to date; gives the version that it then has. Whoever else does so at the same time
/// waits and finds it done.
pub(crate) async fn prepare(connection: &mut Object, schema: &str) -> Result<i32, Error> {
    let transaction = connection.transaction().await?;
    transaction.batch_execute(&format!("SELECT pg_advisory_xact_lock({})", lock(schema, "schema"))).await?;
    let exists = transaction.query_opt("SELECT FROM pg_namespace WHERE nspname = $1", &[&schema]).await?;
    if exists.is_none() {
        transaction.batch_execute(&format!("CREATE SCHEMA {schema}")).await?;
    }
    let versioned = transaction
        .query_one("SELECT to_regclass($1) IS NOT NULL", &[&format!("{schema}.schema_version")])
        .await?;
    let mut version: i32 = 0;
    if versioned.try_get(0)? {
        version = transaction.query_one("SELECT version FROM schema_version", &[]).await?.try_get(0)?;
    } else {
        transaction
            .batch_execute(
                "CREATE TABLE schema_version (version int4 NOT NULL); INSERT INTO schema_version VALUES (0)",
            )
            .await?;
    }
    if version >= VERSION {
        transaction.commit().await?;
        return Ok(version);
    }
    for migration in &MIGRATIONS[usize::try_from(version).unwrap_or(0)..] {
        transaction.batch_execute(migration).await?;
    }
    transaction.execute("UPDATE schema_version SET version = $1", &[&VERSION]).await?;
    transaction.commit().await?;
    Ok(VERSION)
}
