//! The vault in `vault.db`: secrets under a data key each, subject keys, all wrapped by the key-encryption key that
//! lives elsewhere. A copy of this file alone opens nothing.

mod file;
mod rotate;
mod secrets;
mod subjects;
mod suppressed;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use engine::keys::{UnwrapError, fresh_key, identity_hash, places};
use engine::ports::vault::Rotation;
use engine::ports::{Ids, Secret, SecretSlot, SubjectKey, Vault, VaultError};
use rusqlite::{Connection, OptionalExtension};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::commits::{Checkpoints, Severity, scrub, severity};
use crate::data_dir::DataDir;
use crate::database::{self, Durability, Kind, is_damage};
use crate::open_error::OpenError;
use crate::recent::Recent;

use self::subjects::Wanted;

pub use engine::keys::KeyRing;
pub use file::{VaultFile, VaultImport};

const VAULT: Kind = Kind {
    file: "vault.db",
    application_id: i32::from_be_bytes(*b"PiVt"),
    durability: Durability::Full,
    migrations: &[include_str!("vault/1.sql"), include_str!("vault/2.sql")],
    upgrades: &[],
    page_bytes: 4096,
};
const CACHE_KIB: u32 = 2 << 10;
/// Size of the write-ahead log from which on it is copied.
const COPY_BYTES_MIN: usize = 8 << 20;
const SUBJECTS_HALF: usize = 5_000;

pub struct SqliteVault(Arc<Inner>);

struct Inner {
    db: Mutex<Db>,
    /// Keys used lately. Changed only by who holds `db`, so that a destroyed key does not come back.
    subjects: Mutex<Recent<String, Option<SubjectKey>>>,
    suppressed: Mutex<HashSet<String>>,
    /// Keys to be made by whoever holds `db` next.
    wanted: Mutex<Vec<Wanted>>,
}

struct Db {
    connection: Connection,
    checkpoints: Checkpoints,
    keys: KeyRing,
    ids: Arc<dyn Ids>,
    /// Keys the fingerprints. It is what the canary row holds, so whoever opens the vault has proven the key ring.
    fingerprint_key: Zeroizing<[u8; 32]>,
    /// Set when the disk failed; nothing is written after that.
    failed: bool,
    _dir: DataDir,
}

impl SqliteVault {
    /// Opens `vault.db` in a data directory and creates it where it is absent. A key ring that does not fit is
    /// refused, and the vault stays as it is.
    pub async fn open(dir: &DataDir, keys: KeyRing, ids: Arc<dyn Ids>) -> Result<Self, OpenError> {
        let dir = dir.clone();
        database::blocking(move || {
            let mut connection = database::open_writer(&dir, &VAULT, CACHE_KIB)?;
            let file = dir.path().join(VAULT.file);
            let sqlite = |source| OpenError::Sqlite { file: file.clone(), source };
            let fingerprint_key = canary(&connection, &keys, ids.as_ref()).map_err(|fault| match fault {
                Fault::Key(why) => OpenError::Key(why),
                Fault::Damage(detail) => OpenError::Damaged { file: file.clone(), detail },
                Fault::Sqlite(source) => sqlite(source),
            })?;
            let checkpoints =
                Checkpoints::watch(&mut connection, VAULT.page_bytes, COPY_BYTES_MIN).map_err(sqlite)?;
            let db = Db { connection, checkpoints, keys, ids, fingerprint_key, failed: false, _dir: dir };
            let subjects = Mutex::new(Recent::new(SUBJECTS_HALF));
            let suppressed = Mutex::new(suppressed::load(&db.connection).map_err(database::explain(&file))?);
            Ok(Self(Arc::new(Inner { db: Mutex::new(db), subjects, suppressed, wanted: Mutex::default() })))
        })
        .await
    }

    /// Like `rotate`, but stops after some batches, as if it had been killed there.
    pub async fn rotate_batches(&self, batches_max: usize) -> Result<Rotation, VaultError> {
        let mut rotation = Rotation::default();
        let mut place = rotate::Place::default();
        for _ in 0..batches_max {
            let Some(next) = self.run(move |inner| rotate::batch(inner, &place)).await? else { break };
            rotation.rewrapped += next.done.rewrapped;
            rotation.already_current += next.done.already_current;
            place = next.place;
        }
        Ok(rotation)
    }

    async fn run<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Inner) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, VaultError> {
        let inner = self.0.clone();
        let done = tokio::task::spawn_blocking(move || act(&inner)).await;
        Ok(done.map_err(|lost| VaultError::Unavailable(lost.into()))??)
    }
}

#[async_trait]
impl Vault for SqliteVault {
    async fn store(&self, slot: &SecretSlot, secret: &Secret) -> Result<String, VaultError> {
        let (slot, secret) = (slot.clone(), secret.clone());
        self.run(move |inner| secrets::store(&mut inner.db(), &slot, &secret)).await
    }

    async fn open(&self, slot: &SecretSlot) -> Result<Option<Secret>, VaultError> {
        let slot = slot.clone();
        self.run(move |inner| secrets::open(&inner.db(), &slot)).await
    }

    async fn destroy(&self, owner: &str) -> Result<(), VaultError> {
        let owner = owner.to_owned();
        self.run(move |inner| secrets::destroy(&mut inner.db(), &owner)).await
    }

    async fn subject_keys(
        &self,
        subjects: &[String],
        create: bool,
    ) -> Result<Vec<Option<SubjectKey>>, VaultError> {
        if let Some(known) = self.0.known(subjects) {
            return Ok(known);
        }
        let subjects = subjects.to_vec();
        if !create {
            return self.run(move |inner| subjects::keys(inner, &subjects)).await;
        }
        let (answer, told) = oneshot::channel();
        self.0.wanted().push(Wanted { subjects, answer });
        self.run(|inner| {
            subjects::make_wanted(inner);
            Ok(())
        })
        .await?;
        Ok(told.await.map_err(|lost| VaultError::Unavailable(lost.into()))??)
    }

    async fn destroy_subject(&self, subject: &str) -> Result<bool, VaultError> {
        let subject = subject.to_owned();
        self.run(move |inner| subjects::destroy(inner, &subject)).await
    }

    async fn identity_hash(&self, identity: &str) -> Result<String, VaultError> {
        let identity = identity.to_owned();
        self.run(move |inner| Ok(inner.db().hash(&identity))).await
    }

    async fn suppress(&self, hashes: &[String]) -> Result<(), VaultError> {
        let hashes = hashes.to_vec();
        self.run(move |inner| suppressed::add(inner, &hashes)).await
    }

    async fn suppresses(&self) -> Result<bool, VaultError> {
        Ok(!self.0.suppressed().is_empty())
    }

    async fn suppressed(&self, identities: &[String]) -> Result<Vec<bool>, VaultError> {
        let identities = identities.to_vec();
        self.run(move |inner| {
            let hashes: Vec<String> = {
                let db = inner.db();
                identities.iter().map(|identity| db.hash(identity)).collect()
            };
            let known = inner.suppressed();
            Ok(hashes.iter().map(|hash| known.contains(hash)).collect())
        })
        .await
    }

    async fn lift(&self, subjects: &[String], hashes: &[String]) -> Result<(), VaultError> {
        let (subjects, hashes) = (subjects.to_vec(), hashes.to_vec());
        self.run(move |inner| suppressed::lift(inner, &subjects, &hashes)).await
    }

    async fn rotate(&self) -> Result<Rotation, VaultError> {
        self.rotate_batches(usize::MAX).await
    }
}

impl Inner {
    fn db(&self) -> MutexGuard<'_, Db> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn subjects(&self) -> MutexGuard<'_, Recent<String, Option<SubjectKey>>> {
        self.subjects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn suppressed(&self) -> MutexGuard<'_, HashSet<String>> {
        self.suppressed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wanted(&self) -> MutexGuard<'_, Vec<Wanted>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Only for who holds `db`.
    fn remember<'k>(&self, keys: impl Iterator<Item = (&'k String, &'k Option<SubjectKey>)>) {
        let mut remembered = self.subjects();
        for (subject, key) in keys {
            remembered.put(subject.clone(), key.clone());
        }
    }

    /// The keys of subjects, if all are in memory.
    fn known(&self, subjects: &[String]) -> Option<Vec<Option<SubjectKey>>> {
        let mut known = self.subjects();
        subjects.iter().map(|subject| known.get(subject.as_str())).collect()
    }
}

impl Db {
    /// Runs writes as one synced commit.
    fn write<T>(&mut self, write: impl FnOnce(&Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.failed {
            return Err(Fault::Damage("its disk failed; the process must end".to_owned()));
        }
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let outcome = write(self).and_then(|done| {
            self.connection.execute_batch("COMMIT")?;
            Ok(done)
        });
        if let Err(Fault::Sqlite(error)) = &outcome {
            self.failed = severity(error) == Severity::Fatal;
        }
        if outcome.is_err() && !self.connection.is_autocommit() {
            self.connection.execute_batch("ROLLBACK")?;
        }
        if outcome.is_ok() {
            self.checkpoints.after_commit(&self.connection)?;
        }
        outcome
    }

    fn hash(&self, identity: &str) -> String {
        identity_hash(&self.fingerprint_key, identity)
    }

    /// Copies the write-ahead log into the database, so that it keeps nothing of what was destroyed.
    fn scrub(&self) -> Result<(), Fault> {
        Ok(scrub(&self.connection)?)
    }
}

/// Why something in the vault did not work.
#[derive(Debug)]
enum Fault {
    /// The key ring does not open it.
    Key(String),
    Damage(String),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        if is_damage(&error) { Self::Damage(error.to_string()) } else { Self::Sqlite(error) }
    }
}

impl From<UnwrapError> for Fault {
    fn from(error: UnwrapError) -> Self {
        match error {
            UnwrapError::Missing(_) => Self::Key(error.to_string()),
            UnwrapError::Broken => Self::Damage(error.to_string()),
        }
    }
}

impl From<Fault> for VaultError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Key(why) => Self::WrongKey(why),
            Fault::Damage(why) => Self::Corrupt(why),
            Fault::Sqlite(error) => Self::Unavailable(error.into()),
        }
    }
}

/// Opens the canary, or makes it in a new vault.
fn canary(connection: &Connection, keys: &KeyRing, ids: &dyn Ids) -> Result<Zeroizing<[u8; 32]>, Fault> {
    let found: Option<(u32, Vec<u8>)> = connection
        .query_row("SELECT kek, wrapped FROM canary", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((kek, wrapped)) = found {
        return keys.unwrap(kek, &places::CANARY, &wrapped).map_err(|error| match error {
            UnwrapError::Broken => Fault::Key(format!(
                "key v{kek} of the key ring does not open this vault: give the vault's own key ring"
            )),
            UnwrapError::Missing(_) => error.into(),
        });
    }
    let rows: i64 = connection.query_row(
        "SELECT (SELECT count(*) FROM secrets) + (SELECT count(*) FROM subjects)",
        [],
        |row| row.get(0),
    )?;
    if rows > 0 {
        return Err(Fault::Damage("its canary is missing".to_owned()));
    }
    let key = fresh_key(ids);
    let (kek, wrapped) = keys.wrap(&places::CANARY, &key, ids);
    connection.execute("INSERT INTO canary (id, kek, wrapped) VALUES (1, ?, ?)", (kek, wrapped))?;
    Ok(key)
}
