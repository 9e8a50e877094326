//! Secrets in plain memory: for tests only.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use engine::ports::vault::Rotation;
use engine::ports::{Ids, Secret, SecretSlot, SubjectKey, Vault, VaultError};

pub struct MemoryVault {
    ids: Arc<dyn Ids>,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    secrets: HashMap<SecretSlot, Secret>,
    /// `None` marks a key that was destroyed.
    subjects: HashMap<String, Option<SubjectKey>>,
    suppressed: HashSet<String>,
}

impl MemoryVault {
    pub fn new(ids: Arc<dyn Ids>) -> Self {
        Self { ids, held: Mutex::default() }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn new_key(&self) -> SubjectKey {
        let mut key = [0; 32];
        key.copy_from_slice(&self.ids.random(32));
        SubjectKey(key)
    }
}

#[async_trait]
impl Vault for MemoryVault {
    async fn store(&self, slot: &SecretSlot, secret: &Secret) -> Result<String, VaultError> {
        self.held().secrets.insert(slot.clone(), secret.clone());
        Ok(fingerprint(secret))
    }

    async fn open(&self, slot: &SecretSlot) -> Result<Option<Secret>, VaultError> {
        Ok(self.held().secrets.get(slot).cloned())
    }

    async fn destroy(&self, owner: &str) -> Result<(), VaultError> {
        self.held().secrets.retain(|slot, _| slot.owner != owner);
        Ok(())
    }

    async fn subject_keys(
        &self,
        subjects: &[String],
        create: bool,
    ) -> Result<Vec<Option<SubjectKey>>, VaultError> {
        let mut held = self.held();
        let key_of = |subject: &String| {
            if create && !held.subjects.contains_key(subject) {
                held.subjects.insert(subject.clone(), Some(self.new_key()));
            }
            held.subjects.get(subject).cloned().flatten()
        };
        Ok(subjects.iter().map(key_of).collect())
    }

    async fn destroy_subject(&self, subject: &str) -> Result<bool, VaultError> {
        Ok(self.held().subjects.insert(subject.to_owned(), None).flatten().is_some())
    }

    async fn identity_hash(&self, identity: &str) -> Result<String, VaultError> {
        Ok(fingerprint(&Secret::new(identity.to_owned())))
    }

    async fn suppress(&self, hashes: &[String]) -> Result<(), VaultError> {
        self.held().suppressed.extend(hashes.iter().cloned());
        Ok(())
    }

    async fn suppresses(&self) -> Result<bool, VaultError> {
        Ok(!self.held().suppressed.is_empty())
    }

    async fn suppressed(&self, identities: &[String]) -> Result<Vec<bool>, VaultError> {
        let held = self.held();
        let is = |identity: &String| held.suppressed.contains(&fingerprint(&Secret::new(identity.clone())));
        Ok(identities.iter().map(is).collect())
    }

    async fn lift(&self, subjects: &[String], hashes: &[String]) -> Result<(), VaultError> {
        let mut held = self.held();
        held.suppressed.retain(|hash| !hashes.contains(hash));
        held.subjects.retain(|subject, key| key.is_some() || !subjects.contains(subject));
        Ok(())
    }

    async fn rotate(&self) -> Result<Rotation, VaultError> {
        let held = self.held();
        let alive = held.subjects.values().flatten().count();
        Ok(Rotation { rewrapped: 0, already_current: (held.secrets.len() + alive) as u64 })
    }
}

/// FNV-1a: tells two secrets of a test apart.
fn fingerprint(secret: &Secret) -> String {
    let mixed = secret
        .expose()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    format!("{mixed:016x}")
}
