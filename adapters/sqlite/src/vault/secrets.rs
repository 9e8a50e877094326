//! Secrets: each version under a fresh data key, bound to its slot.

use engine::keys::{self, fresh_key, places};
use engine::ports::{Secret, SecretSlot};
use rusqlite::OptionalExtension;

use super::{Db, Fault};

pub(super) fn store(db: &mut Db, slot: &SecretSlot, secret: &Secret) -> Result<String, Fault> {
    db.write(|db| {
        let before: Option<i64> = db
            .connection
            .prepare_cached("SELECT version FROM secrets WHERE owner = ? AND purpose = ? AND origin = ?")?
            .query_row((&slot.owner, &slot.purpose, &slot.origin), |row| row.get(0))
            .optional()?;
        let version = before.unwrap_or(0) + 1;
        let data_key = fresh_key(db.ids.as_ref());
        let number = version.to_le_bytes();
        let (kek, wrapped) = db.keys.wrap(&places::data_key(slot, &number), &data_key, db.ids.as_ref());
        let plain = secret.expose().as_bytes();
        let sealed = keys::seal(&data_key, &places::secret(slot, &number), plain, db.ids.as_ref());
        db.connection
            .prepare_cached("INSERT OR REPLACE INTO secrets VALUES (?, ?, ?, ?, ?, ?, ?)")?
            .execute((&slot.owner, &slot.purpose, &slot.origin, version, kek, wrapped, sealed))?;
        Ok(())
    })?;
    db.scrub()?;
    Ok(keys::fingerprint(&db.fingerprint_key, secret.expose()))
}

pub(super) fn open(db: &Db, slot: &SecretSlot) -> Result<Option<Secret>, Fault> {
    let found: Option<(i64, u32, Vec<u8>, Vec<u8>)> = db
        .connection
        .prepare_cached(
            "SELECT version, kek, wrapped, sealed FROM secrets WHERE owner = ? AND purpose = ? AND origin = ?",
        )?
        .query_row((&slot.owner, &slot.purpose, &slot.origin), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((version, kek, wrapped, sealed)) = found else { return Ok(None) };
    let number = version.to_le_bytes();
    let data_key = db.keys.unwrap(kek, &places::data_key(slot, &number), &wrapped)?;
    let broken = || Fault::Damage("a secret's seal is broken".to_owned());
    let plain = keys::open(&data_key, &places::secret(slot, &number), &sealed).ok_or_else(broken)?;
    let text = std::str::from_utf8(&plain).map_err(|_| broken())?;
    Ok(Some(Secret::new(text.to_owned())))
}

pub(super) fn destroy(db: &mut Db, owner: &str) -> Result<(), Fault> {
    db.write(|db| Ok(db.connection.execute("DELETE FROM secrets WHERE owner = ?", [owner])?))?;
    db.scrub()
}
