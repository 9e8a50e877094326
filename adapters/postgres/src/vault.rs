//! The vault in PostgreSQL: the same rows, wrapped in the same way, as in the embedded vault. The server never sees a
//! key that opens them.
//!
//! Nothing is kept in memory between questions: what one process destroys is gone for all of them at once.

mod canary;
mod rotate;
mod secrets;
mod subjects;
mod suppressed;

use std::sync::Arc;

use async_trait::async_trait;
use engine::keys::{self, KeyRing};
use engine::ports::vault::Rotation;
use engine::ports::{Ids, Secret, SecretSlot, SubjectKey, Vault, VaultError};
use zeroize::Zeroizing;

use crate::fault::Fault;
use crate::open_error::OpenError;
use crate::postgres::Postgres;

/// Times that a transaction is repeated when others were faster.
const CONFLICTS_MAX: u32 = 5;

pub struct PostgresVault(Inner);

struct Inner {
    postgres: Postgres,
    keys: KeyRing,
    ids: Arc<dyn Ids>,
    /// Keys the fingerprints. It is what the canary row holds, so whoever opens the vault has proven the key ring.
    fingerprint_key: Zeroizing<[u8; 32]>,
}

impl PostgresVault {
    /// Opens the vault and makes its canary where it is new. A key ring that does not fit is refused, and the vault
    /// stays as it is.
    pub async fn open(postgres: &Postgres, keys: KeyRing, ids: Arc<dyn Ids>) -> Result<Self, OpenError> {
        let fingerprint_key = canary::open(postgres, &keys, &*ids).await.map_err(|fault| match fault {
            Fault::Key(why) => OpenError::Key(why),
            Fault::Damage(why) => OpenError::Damaged(why),
            other => OpenError::Other(engine::follow::chain(&VaultError::from(other))),
        })?;
        Ok(Self(Inner { postgres: postgres.clone(), keys, ids, fingerprint_key }))
    }

    /// Like `rotate`, but stops after some batches, as if it had been killed there.
    pub async fn rotate_batches(&self, batches_max: usize) -> Result<Rotation, VaultError> {
        Ok(rotate::batches(&self.0, batches_max).await?)
    }

    async fn run<T, F>(&self, act: impl Fn() -> F) -> Result<T, VaultError>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        for _ in 1..CONFLICTS_MAX {
            // Everything here may be done twice.
            match self.0.postgres.again(&act).await {
                Err(fault) if fault.is_conflict() => {}
                other => return Ok(other?),
            }
        }
        Ok(self.0.postgres.again(&act).await?)
    }
}

#[async_trait]
impl Vault for PostgresVault {
    async fn store(&self, slot: &SecretSlot, secret: &Secret) -> Result<String, VaultError> {
        self.run(move || secrets::store(&self.0, slot, secret)).await
    }

    async fn open(&self, slot: &SecretSlot) -> Result<Option<Secret>, VaultError> {
        self.run(move || secrets::open(&self.0, slot)).await
    }

    async fn destroy(&self, owner: &str) -> Result<(), VaultError> {
        self.run(move || secrets::destroy(&self.0, owner)).await
    }

    async fn subject_keys(
        &self,
        subjects: &[String],
        create: bool,
    ) -> Result<Vec<Option<SubjectKey>>, VaultError> {
        self.run(move || subjects::keys(&self.0, subjects, create)).await
    }

    async fn destroy_subject(&self, subject: &str) -> Result<bool, VaultError> {
        self.run(move || subjects::destroy(&self.0, subject)).await
    }

    async fn identity_hash(&self, identity: &str) -> Result<String, VaultError> {
        Ok(keys::identity_hash(&self.0.fingerprint_key, identity))
    }

    async fn suppress(&self, hashes: &[String]) -> Result<(), VaultError> {
        self.run(move || suppressed::add(&self.0, hashes)).await
    }

    async fn suppresses(&self) -> Result<bool, VaultError> {
        self.run(move || suppressed::any(&self.0)).await
    }

    async fn suppressed(&self, identities: &[String]) -> Result<Vec<bool>, VaultError> {
        let hash = |identity: &String| keys::identity_hash(&self.0.fingerprint_key, identity);
        let hashes: Vec<String> = identities.iter().map(hash).collect();
        let hashes = hashes.as_slice();
        self.run(move || suppressed::among(&self.0, hashes)).await
    }

    async fn lift(&self, subjects: &[String], hashes: &[String]) -> Result<(), VaultError> {
        self.run(move || suppressed::lift(&self.0, subjects, hashes)).await
    }

    async fn rotate(&self) -> Result<Rotation, VaultError> {
        self.rotate_batches(usize::MAX).await
    }
}
