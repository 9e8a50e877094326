//! The data directory: private to one user, used by one process at a time.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::open_error::OpenError;

const LOCK_FILE: &str = "lock";
/// What SQLite keeps beside a database.
const COMPANIONS: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Holds the directory's lock until the last clone is dropped; every store that is open in it has one.
#[derive(Clone, Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: Arc<File>,
}

impl DataDir {
    /// Opens a directory and creates it where it is absent, readable for this user only.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, OpenError> {
        let path = path.into();
        let io = |source| OpenError::Io { file: path.clone(), source };
        if !path.try_exists().map_err(io)? {
            DirBuilder::new().recursive(true).mode(0o700).create(&path).map_err(|e| denied(&path, e))?;
        }
        let metadata = fs::metadata(&path).map_err(io)?;
        if !metadata.is_dir() {
            return Err(OpenError::NotADirectory(path));
        }
        if metadata.permissions().mode() & 0o022 != 0 {
            return Err(OpenError::OpenToOthers(path));
        }
        let lock = lock(&path)?;
        Ok(Self { path, _lock: Arc::new(lock) })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The place of a database in this directory. Refuses links: what they point to may be shared or may vanish.
    pub(crate) fn database(&self, name: &str) -> Result<PathBuf, OpenError> {
        for companion in COMPANIONS {
            let file = self.path.join(format!("{name}{companion}"));
            match fs::symlink_metadata(&file) {
                Ok(metadata) if !metadata.is_file() || metadata.nlink() > 1 => {
                    return Err(OpenError::Link(file));
                }
                Ok(metadata) if metadata.permissions().mode() & 0o200 == 0 => {
                    return Err(OpenError::ReadOnly(file));
                }
                Ok(_) => {}
                Err(absent) if absent.kind() == ErrorKind::NotFound => {}
                Err(source) => return Err(OpenError::Io { file, source }),
            }
        }
        Ok(self.path.join(name))
    }

    /// Makes the names of new files in the directory last.
    pub(crate) fn sync(&self) -> Result<(), OpenError> {
        File::open(&self.path)
            .and_then(|directory| directory.sync_all())
            .map_err(|source| OpenError::Io { file: self.path.clone(), source })
    }
}

fn lock(path: &Path) -> Result<File, OpenError> {
    let file = path.join(LOCK_FILE);
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&file)
        .map_err(|e| denied(path, e))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(OpenError::Io { file, source }),
    }
}

fn denied(path: &Path, source: io::Error) -> OpenError {
    match source.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => OpenError::ReadOnly(path.to_owned()),
        _ => OpenError::Io { file: path.to_owned(), source },
    }
}
