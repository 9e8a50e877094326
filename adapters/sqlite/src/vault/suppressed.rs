//! Who must not come back: keyed hashes, all in memory, because each import asks.

use std::collections::HashSet;

use super::{Fault, Inner};

pub(super) fn load(connection: &rusqlite::Connection) -> rusqlite::Result<HashSet<String>> {
    connection.prepare("SELECT hash FROM suppressed")?.query_map([], |row| row.get(0))?.collect()
}

pub(super) fn add(inner: &Inner, hashes: &[String]) -> Result<(), Fault> {
    inner.db().write(|db| {
        for hash in hashes {
            db.connection.prepare_cached("INSERT OR IGNORE INTO suppressed VALUES (?)")?.execute([hash])?;
        }
        Ok(())
    })?;
    inner.suppressed().extend(hashes.iter().cloned());
    Ok(())
}

/// Lets persons come back: their addresses, and new keys under their old names.
pub(super) fn lift(inner: &Inner, subjects: &[String], hashes: &[String]) -> Result<(), Fault> {
    let mut db = inner.db();
    db.write(|db| {
        for hash in hashes {
            db.connection.prepare_cached("DELETE FROM suppressed WHERE hash = ?")?.execute([hash])?;
        }
        for subject in subjects {
            db.connection
                .prepare_cached("DELETE FROM subjects WHERE subject = ? AND wrapped IS NULL")?
                .execute([subject])?;
        }
        Ok(())
    })?;
    inner.suppressed().retain(|hash| !hashes.contains(hash));
    inner.subjects().clear();
    Ok(())
}
