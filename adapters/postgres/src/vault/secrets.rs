//! Secrets: each version under a fresh data key, bound to its slot.

use engine::keys::{self, fresh_key, places};
use engine::ports::{Secret, SecretSlot};

use super::{Inner, canary};
use crate::fault::Fault;
use crate::text::written;

pub(super) async fn store(inner: &Inner, slot: &SecretSlot, secret: &Secret) -> Result<String, Fault> {
    let mut connection = inner.postgres.connection().await?;
    let transaction = connection.transaction().await?;
    canary::may_wrap(inner, &transaction).await?;
    let (owner, purpose, origin) = (written(&slot.owner), written(&slot.purpose), written(&slot.origin));
    let before = transaction
        .prepare_cached(
            "SELECT version FROM secrets WHERE owner = $1 AND purpose = $2 AND origin = $3 FOR UPDATE",
        )
        .await?;
    let before = transaction.query_opt(&before, &[&owner, &purpose, &origin]).await?;
    let before: i64 = before.map_or(Ok(0), |row| row.try_get(0))?;
    let version = before + 1;
    let number = version.to_le_bytes();
    let data_key = fresh_key(&*inner.ids);
    let (kek, wrapped) = inner.keys.wrap(&places::data_key(slot, &number), &data_key, &*inner.ids);
    let plain = secret.expose().as_bytes();
    let sealed = keys::seal(&data_key, &places::secret(slot, &number), plain, &*inner.ids);
    let put = transaction
        .prepare_cached(
            "INSERT INTO secrets (owner, purpose, origin, version, kek, wrapped, sealed)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (owner, purpose, origin) DO UPDATE SET version = excluded.version, kek = excluded.kek,
               wrapped = excluded.wrapped, sealed = excluded.sealed",
        )
        .await?;
    transaction
        .execute(&put, &[&owner, &purpose, &origin, &version, &i64::from(kek), &wrapped, &sealed])
        .await?;
    transaction.commit().await?;
    Ok(keys::fingerprint(&inner.fingerprint_key, secret.expose()))
}

pub(super) async fn open(inner: &Inner, slot: &SecretSlot) -> Result<Option<Secret>, Fault> {
    let connection = inner.postgres.connection().await?;
    let asked = connection
        .prepare_cached(
            "SELECT version, kek, wrapped, sealed FROM secrets
             WHERE owner = $1 AND purpose = $2 AND origin = $3",
        )
        .await?;
    let (owner, purpose, origin) = (written(&slot.owner), written(&slot.purpose), written(&slot.origin));
    let Some(row) = connection.query_opt(&asked, &[&owner, &purpose, &origin]).await? else {
        return Ok(None);
    };
    let number = row.try_get::<_, i64>(0)?.to_le_bytes();
    let (kek, wrapped, sealed): (u32, &[u8], &[u8]) =
        (canary::version(row.try_get(1)?)?, row.try_get(2)?, row.try_get(3)?);
    let data_key = inner.keys.unwrap(kek, &places::data_key(slot, &number), wrapped)?;
    let broken = || Fault::Damage("a secret's seal is broken".to_owned());
    let plain = keys::open(&data_key, &places::secret(slot, &number), sealed).ok_or_else(broken)?;
    let text = std::str::from_utf8(&plain).map_err(|_| broken())?;
    Ok(Some(Secret::new(text.to_owned())))
}

pub(super) async fn destroy(inner: &Inner, owner: &str) -> Result<(), Fault> {
    let connection = inner.postgres.connection().await?;
    connection.execute("DELETE FROM secrets WHERE owner = $1", &[&written(owner)]).await?;
    Ok(())
}
