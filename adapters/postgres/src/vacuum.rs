//! Tables written anew, so that their files hold nothing of what was overwritten or deleted.

use std::time::Duration;

use deadpool_postgres::Object;

use crate::fault::Fault;
use crate::postgres::Postgres;

/// How long, and how often, we look for transactions that still see what was deleted.
const LOOK_EVERY: Duration = Duration::from_millis(50);
const LOOKS_MAX: u32 = 600;

pub(crate) async fn all_tables(postgres: &Postgres) -> Result<(), Fault> {
    let connection = postgres.connection().await?;
    let rows = connection
        .query("SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = $1", &[&postgres.schema()])
        .await?;
    let mut names = Vec::with_capacity(rows.len());
    for row in rows {
        names.push(row.try_get(0)?);
    }
    anew(connection, &names).await
}

pub(crate) async fn tables(postgres: &Postgres, names: &[&str]) -> Result<(), Fault> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    anew(postgres.connection().await?, &names).await
}

async fn anew(connection: Object, names: &[String]) -> Result<(), Fault> {
    older_have_ended(&connection).await?;
    // Its settings are not those of the pool, so it does not go back there.
    let connection = Object::take(connection);
    connection.batch_execute("SET statement_timeout = 0").await?;
    for name in names {
        match connection.batch_execute(&format!("VACUUM (FULL) {name}")).await.map_err(Fault::from) {
            // Dropped or exchanged meanwhile: a dropped table's file is gone, an exchanged one is listed too.
            Err(fault) if fault.is_absent() => {}
            other => other?,
        }
    }
    Ok(())
}

/// Waits for the end of those transactions of this role that began before: a row that one of them may still see is
/// copied along.
async fn older_have_ended(connection: &Object) -> Result<(), Fault> {
    let begun = connection.query_one("SELECT clock_timestamp()::text", &[]).await?;
    let begun: String = begun.try_get(0)?;
    let asked = connection
        .prepare_cached(
            "SELECT pid FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL
               AND xact_start < $1::text::timestamptz LIMIT 1",
        )
        .await?;
    for _ in 0..LOOKS_MAX {
        if connection.query_opt(&asked, &[&begun]).await?.is_none() {
            return Ok(());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Err(Fault::Other(
        "a transaction that began earlier still sees what was deleted; end it (see pg_stat_activity) and repeat".into(),
    ))
}
