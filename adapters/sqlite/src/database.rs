//! Opening a database file: what it is, who wrote it, and that what it promises about durability is in force.

use std::path::{Path, PathBuf};
use std::time::Duration;

use engine::ports::Cause;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::data_dir::DataDir;
use crate::open_error::OpenError;

/// 3.51.3 has the fix of the WAL-reset bug: <https://sqlite.org/wal.html#walresetbug>.
const SQLITE_MIN: i32 = 3_051_003;
pub(crate) const BUSY_WAIT: Duration = Duration::from_secs(5);
const STATEMENTS_MAX: usize = 64;

/// How soon a commit is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// When it returns.
    Full,
    /// Soon; after a power cut the newest commits may be gone, but never a part of one.
    Normal,
}

/// A pure function of what the file holds: the same file gives the same result everywhere.
pub(crate) type Upgrade = fn(&Connection) -> rusqlite::Result<()>;

/// One of our files.
#[derive(Debug)]
pub(crate) struct Kind {
    pub file: &'static str,
    /// Tells our files from other programs' (`PRAGMA application_id`): ASCII of four letters.
    pub application_id: i32,
    pub durability: Durability,
    /// The statements that lead from each schema version to the next. Published ones never change.
    pub migrations: &'static [&'static str],
    /// What a migration does beyond its statements, by the version it leads to; in the same transaction.
    pub upgrades: &'static [(u32, Upgrade)],
    pub page_bytes: u32,
}

/// Refuses a SQLite library that can damage a log.
pub(crate) fn check_library() -> Result<(), OpenError> {
    library_fits(rusqlite::version_number())
        .then_some(())
        .ok_or_else(|| OpenError::OldSqlite { found: rusqlite::version().to_owned() })
}

fn library_fits(version: i32) -> bool {
    version >= SQLITE_MIN
}

/// Opens the one connection that writes, and brings the schema up to date.
pub(crate) fn open_writer(dir: &DataDir, kind: &Kind, cache_kib: u32) -> Result<Connection, OpenError> {
    check_library()?;
    let file = dir.database(kind.file)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let mut connection = Connection::open_with_flags(&file, flags).map_err(explain(&file))?;
    check_owner(&connection, kind, &file)?;
    check_length(&connection, &file)?;
    configure(&connection, kind, cache_kib).map_err(explain(&file))?;
    check_settings(&connection, kind, &file)?;
    migrate(&mut connection, kind, &file)?;
    private(&file)?;
    dir.sync()?;
    Ok(connection)
}

/// Opens a connection that can only read.
pub(crate) fn open_reader(file: &Path, cache_kib: u32) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY_WAIT)?;
    connection.pragma_update(None, "cache_size", -i64::from(cache_kib))?;
    steady(&connection)?;
    Ok(connection)
}

/// Refuses a file of another program or of a newer release, for who only reads it.
pub(crate) fn check_kind(connection: &Connection, kind: &Kind, file: &Path) -> Result<(), OpenError> {
    let owner: i32 = pragma(connection, "application_id").map_err(explain(file))?;
    if owner != kind.application_id {
        return Err(OpenError::Foreign(file.to_owned()));
    }
    let found: u32 = pragma(connection, "user_version").map_err(explain(file))?;
    let known = u32::try_from(kind.migrations.len()).unwrap_or(u32::MAX);
    match found.cmp(&known) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(OpenError::Newer { file: file.to_owned(), found, known }),
        std::cmp::Ordering::Less => Err(OpenError::Older { file: file.to_owned(), found, known }),
    }
}

/// Opens a connection that copies the write-ahead log and writes nothing itself.
pub(crate) fn open_copier(file: &Path, durability: Durability) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.pragma_update(None, "synchronous", durability.pragma())?;
    connection.query_row("PRAGMA wal_autocheckpoint=0", [], |_| Ok(()))?;
    Ok(connection)
}

/// Opens something on a thread where it may block.
pub(crate) async fn blocking<T: Send + 'static>(
    open: impl FnOnce() -> Result<T, OpenError> + Send + 'static,
) -> Result<T, OpenError> {
    tokio::task::spawn_blocking(open).await.unwrap_or_else(|lost| {
        Err(OpenError::Io { file: PathBuf::from("the data directory"), source: std::io::Error::other(lost) })
    })
}

/// What SQLite finds wrong with a whole file, if anything.
pub(crate) fn integrity(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok((found != "ok").then_some(found))
}

/// True where the database itself is at fault, not its surroundings.
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error};
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
        || matches!(
            error,
            FromSqlConversionFailure(..)
                | IntegralValueOutOfRange(..)
                | InvalidColumnType(..)
                | Utf8Error(..)
        )
}

/// The error of someone who waited for a thread that is gone.
pub(crate) fn closed() -> Cause {
    "the store is closed".into()
}

fn check_owner(connection: &Connection, kind: &Kind, file: &Path) -> Result<(), OpenError> {
    let owner: i32 = pragma(connection, "application_id").map_err(explain(file))?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(explain(file))?;
    match owner {
        _ if owner == kind.application_id => Ok(()),
        0 if tables == 0 => Ok(()),
        _ => Err(OpenError::Foreign(file.to_owned())),
    }
}

/// SQLite reads the missing end of a cut page as zeros. Without a write-ahead log the file must hold all its pages.
fn check_length(connection: &Connection, file: &Path) -> Result<(), OpenError> {
    let length = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let mut wal = file.as_os_str().to_owned();
    wal.push("-wal");
    if length(Path::new(&wal)) > 0 {
        return Ok(());
    }
    let pages: u64 = pragma(connection, "page_count").map_err(explain(file))?;
    let page_bytes: u64 = pragma(connection, "page_size").map_err(explain(file))?;
    let (expected, found) = (pages * page_bytes, length(file));
    if found < expected {
        let detail = format!("it should have {expected} bytes and has {found}");
        return Err(OpenError::Damaged { file: file.to_owned(), detail });
    }
    Ok(())
}

fn configure(connection: &Connection, kind: &Kind, cache_kib: u32) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_WAIT)?;
    connection.pragma_update(None, "page_size", kind.page_bytes)?;
    connection.query_row("PRAGMA journal_mode=WAL", [], |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", kind.durability.pragma())?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.query_row("PRAGMA secure_delete=ON", [], |_| Ok(()))?;
    connection.query_row("PRAGMA mmap_size=0", [], |_| Ok(())).or_else(ignore_no_rows)?;
    // Who owns the checkpoints is `commits`; SQLite's own would hide their errors.
    connection.query_row("PRAGMA wal_autocheckpoint=0", [], |_| Ok(()))?;
    connection.pragma_update(None, "cache_size", -i64::from(cache_kib))?;
    steady(connection)
}

/// Statements are prepared once. Without the planner's stability guarantee SQLite prepares a statement with a range
/// again for every new bound, which was a twentieth of an import.
fn steady(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(|_| ())
}

/// Reads the settings back: some file systems and some builds of SQLite do not do as they are told.
fn check_settings(connection: &Connection, kind: &Kind, file: &Path) -> Result<(), OpenError> {
    let fault = |detail: String| OpenError::Unsafe { file: file.to_owned(), detail };
    let journal: String = pragma(connection, "journal_mode").map_err(explain(file))?;
    if journal != "wal" {
        return Err(fault(format!("journal_mode is {journal}, not wal")));
    }
    let synchronous: i64 = pragma(connection, "synchronous").map_err(explain(file))?;
    if synchronous != kind.durability.pragma() {
        return Err(fault(format!("synchronous is {synchronous}, not {}", kind.durability.pragma())));
    }
    Ok(())
}

fn migrate(connection: &mut Connection, kind: &Kind, file: &Path) -> Result<(), OpenError> {
    let known = u32::try_from(kind.migrations.len()).unwrap_or(u32::MAX);
    let found: u32 = pragma(connection, "user_version").map_err(explain(file))?;
    if found > known {
        return Err(OpenError::Newer { file: file.to_owned(), found, known });
    }
    for (version, statements) in (1_u32..).zip(kind.migrations).skip(found as usize) {
        // One transaction with the version in it: killed anywhere, a migration has happened or has not.
        let transaction = connection.transaction().map_err(explain(file))?;
        transaction
            .execute_batch(statements)
            .and_then(|()| upgrade(&transaction, kind, version))
            .and_then(|()| transaction.pragma_update(None, "application_id", kind.application_id))
            .and_then(|()| transaction.pragma_update(None, "user_version", version))
            .map_err(explain(file))?;
        transaction.commit().map_err(explain(file))?;
    }
    Ok(())
}

fn upgrade(connection: &Connection, kind: &Kind, version: u32) -> rusqlite::Result<()> {
    kind.upgrades
        .iter()
        .filter(|(leads_to, _)| *leads_to == version)
        .try_for_each(|(_, upgrade)| upgrade(connection))
}

pub(crate) fn private(file: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))
        .map_err(|source| OpenError::Io { file: file.to_owned(), source })
}

fn pragma<T: rusqlite::types::FromSql>(connection: &Connection, name: &str) -> rusqlite::Result<T> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

fn ignore_no_rows(error: rusqlite::Error) -> rusqlite::Result<()> {
    if error == rusqlite::Error::QueryReturnedNoRows { Ok(()) } else { Err(error) }
}

pub(crate) fn explain(file: &Path) -> impl Fn(rusqlite::Error) -> OpenError + use<> {
    let file: PathBuf = file.to_owned();
    move |source| match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => OpenError::Foreign(file.clone()),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => OpenError::ReadOnly(file.clone()),
        _ if is_damage(&source) => OpenError::Damaged { file: file.clone(), detail: source.to_string() },
        _ => OpenError::Sqlite { file: file.clone(), source },
    }
}

impl Durability {
    /// SQLite's number for it.
    fn pragma(self) -> i64 {
        match self {
            Self::Full => 2,
            Self::Normal => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_160_a_library_with_the_wal_reset_bug_is_refused() {
        assert!(check_library().is_ok());
        assert!(!library_fits(3_040_001));
        assert!(!library_fits(3_051_002));
        assert!(library_fits(3_051_003));
    }
}
