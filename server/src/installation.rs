//! What makes this installation itself: an id that never changes, which sites see as the id of the asking application.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use engine::ports::Ids;
use serde::{Deserialize, Serialize};

use crate::exit;

pub const FILE: &str = "installation.json";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installation {
    /// A UUID; WordPress files application passwords under it.
    pub app_id: uuid::Uuid,
}

/// Reads it, or makes it at the first start. The data directory's lock is held by the caller.
pub fn ensure(directory: &Path, ids: &dyn Ids) -> anyhow::Result<Installation> {
    let file = directory.join(FILE);
    match fs::read(&file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
            let file = file.display();
            exit::ending(exit::STORE, format!("{file} is damaged ({error}); restore it from a backup"))
        }),
        Err(absent) if absent.kind() == ErrorKind::NotFound => create(directory, ids),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
    }
}

fn create(directory: &Path, ids: &dyn Ids) -> anyhow::Result<Installation> {
    let installation = Installation { app_id: ids.event_id() };
    let bytes = serde_json::to_vec(&installation).expect("an id has a JSON form");
    write_private(&directory.join(FILE), &bytes)?;
    Ok(installation)
}

/// Writes a whole file, for this user only, or none of it: aside, synced, renamed, and the name synced.
pub fn write_private(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let aside = file.with_extension("part");
    let write = || -> std::io::Result<()> {
        match fs::remove_file(&aside) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut part = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
        part.write_all(bytes)?;
        part.sync_all()?;
        fs::rename(&aside, file)?;
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(parent)?.sync_all()
    };
    write().with_context(|| format!("{} cannot be written; check the directory and the disk", file.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_private_and_replaced_whole() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("token");
        write_private(&file, b"first, and longer").unwrap();
        write_private(&file, b"second").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"second");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
