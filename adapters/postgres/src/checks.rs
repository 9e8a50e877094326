//! What the server must be, before anything is entrusted to it.

use deadpool_postgres::Object;
use tokio_postgres::Error;

use crate::open_error::{OpenError, sentence};

const VERSION_MIN: u32 = 14;
/// A server that runs with one of these off confirms what a crash takes away again.
const MUST_BE_ON: [&str; 3] = ["fsync", "full_page_writes", "synchronous_commit"];

pub(crate) async fn server(connection: &Object, place: &str, asked: usize) -> Result<(), OpenError> {
    let found = ask(connection).await.map_err(|error| OpenError::Other(sentence(&error)))?;
    if found.version / 10_000 < i64::from(VERSION_MIN) {
        return Err(OpenError::Old { found: found.version_text, least: VERSION_MIN });
    }
    if found.standby {
        return Err(OpenError::ReadOnly { place: place.to_owned() });
    }
    for (setting, value) in MUST_BE_ON.iter().zip(&found.safety) {
        if value == "off" {
            return Err(OpenError::Unsafe { setting: (*setting).to_owned(), remedy: remedy(setting) });
        }
    }
    if found.encoding != "UTF8" {
        return Err(OpenError::Encoding { found: found.encoding });
    }
    if found.connections < i64::try_from(asked).unwrap_or(i64::MAX) {
        return Err(OpenError::TooFew { given: found.connections, asked });
    }
    Ok(())
}

fn remedy(setting: &str) -> String {
    let reset = "SELECT pg_reload_conf()";
    if setting == "synchronous_commit" {
        return format!(
            "ALTER SYSTEM SET {setting} = on; {reset} (and where a role or a database has its own: ALTER ROLE … RESET {setting})"
        );
    }
    format!("ALTER SYSTEM SET {setting} = on; {reset}")
}

struct Found {
    version: i64,
    version_text: String,
    standby: bool,
    safety: Vec<String>,
    encoding: String,
    /// How many this role may have at once.
    connections: i64,
}

async fn ask(connection: &Object) -> Result<Found, Error> {
    let row = connection
        .query_one(
            "SELECT current_setting('server_version_num')::int8, current_setting('server_version'),
                    pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on',
                    ARRAY[current_setting('fsync'), current_setting('full_page_writes'),
                          current_setting('synchronous_commit')],
                    current_setting('server_encoding'),
                    least(
                      current_setting('max_connections')::int8
                        - current_setting('superuser_reserved_connections')::int8,
                      (SELECT CASE WHEN rolconnlimit < 0 THEN 1000000 ELSE rolconnlimit END::int8
                         FROM pg_roles WHERE rolname = current_user),
                      (SELECT CASE WHEN datconnlimit < 0 THEN 1000000 ELSE datconnlimit END::int8
                         FROM pg_database WHERE datname = current_database()))",
            &[],
        )
        .await?;
    Ok(Found {
        version: row.try_get(0)?,
        version_text: row.try_get(1)?,
        standby: row.try_get(2)?,
        safety: row.try_get(3)?,
        encoding: row.try_get(4)?,
        connections: row.try_get(5)?,
    })
}
