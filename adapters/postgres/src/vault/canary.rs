//! The row that proves a key ring, and tells which key the vault has been rotated to.

use deadpool_postgres::Transaction;
use engine::keys::{KeyRing, UnwrapError, fresh_key, places};
use engine::ports::Ids;
use zeroize::Zeroizing;

use super::Inner;
use crate::fault::Fault;
use crate::postgres::Postgres;
use crate::schema;

/// Opens the canary, or makes it in a new vault.
pub(super) async fn open(
    postgres: &Postgres,
    keys: &KeyRing,
    ids: &dyn Ids,
) -> Result<Zeroizing<[u8; 32]>, Fault> {
    let mut connection = postgres.connection().await?;
    let transaction = connection.transaction().await?;
    // Two processes must not make two.
    transaction
        .batch_execute(&format!(
            "SELECT pg_advisory_xact_lock({})",
            schema::lock(postgres.schema(), "canary")
        ))
        .await?;
    if let Some(row) = transaction.query_opt("SELECT kek, wrapped FROM canary", &[]).await? {
        let (kek, wrapped): (u32, &[u8]) = (version(row.try_get(0)?)?, row.try_get(1)?);
        return keys.unwrap(kek, &places::CANARY, wrapped).map_err(|error| match error {
            UnwrapError::Broken => Fault::Key(format!(
                "key v{kek} of the key ring does not open this vault: give the vault's own key ring"
            )),
            UnwrapError::Missing(_) => error.into(),
        });
    }
    let filled = transaction
        .query_one("SELECT EXISTS (SELECT FROM secrets) OR EXISTS (SELECT FROM subjects)", &[])
        .await?;
    if filled.try_get(0)? {
        return Err(Fault::Damage("its canary is missing".to_owned()));
    }
    let key = fresh_key(ids);
    let (kek, wrapped) = keys.wrap(&places::CANARY, &key, ids);
    transaction
        .execute("INSERT INTO canary (id, kek, wrapped) VALUES (1, $1, $2)", &[&i64::from(kek), &wrapped])
        .await?;
    transaction.commit().await?;
    Ok(key)
}

/// Holds the canary still while something is wrapped, and refuses whoever would wrap with a key that the vault has been
/// rotated away from: that key may be gone tomorrow.
pub(super) async fn may_wrap(inner: &Inner, transaction: &Transaction<'_>) -> Result<(), Fault> {
    let asked = transaction.prepare_cached("SELECT kek FROM canary FOR SHARE").await?;
    let row = transaction.query_opt(&asked, &[]).await?;
    let row = row.ok_or_else(|| Fault::Damage("its canary is missing".to_owned()))?;
    check(inner, version(row.try_get(0)?)?)
}

/// From here to the end of the transaction nobody else wraps.
pub(super) async fn lock(inner: &Inner, transaction: &Transaction<'_>) -> Result<(), Fault> {
    let row = transaction.query_one("SELECT kek FROM canary FOR UPDATE", &[]).await?;
    check(inner, version(row.try_get(0)?)?)
}

/// Wraps the canary with the newest key, once nothing needs an older one; whether it was so.
pub(super) async fn rewrap(inner: &Inner, transaction: &Transaction<'_>) -> Result<bool, Fault> {
    let newest = i64::from(inner.keys.newest());
    let left = transaction
        .query_one(
            "SELECT EXISTS (SELECT FROM secrets WHERE kek <> $1)
                 OR EXISTS (SELECT FROM subjects WHERE kek <> $1 AND wrapped IS NOT NULL)",
            &[&newest],
        )
        .await?;
    if left.try_get(0)? {
        return Ok(false);
    }
    let (kek, wrapped) = inner.keys.wrap(&places::CANARY, &inner.fingerprint_key, &*inner.ids);
    transaction.execute("UPDATE canary SET kek = $1, wrapped = $2", &[&i64::from(kek), &wrapped]).await?;
    Ok(true)
}

pub(super) fn version(stored: i64) -> Result<u32, Fault> {
    u32::try_from(stored).map_err(|_| Fault::Damage(format!("{stored} is no version of a key")))
}

fn check(inner: &Inner, rotated_to: u32) -> Result<(), Fault> {
    if rotated_to <= inner.keys.newest() {
        return Ok(());
    }
    Err(Fault::Key(format!(
        "the vault has been rotated to key v{rotated_to}; give this process the new key ring and start it again"
    )))
}
