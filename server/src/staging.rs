//! A new data directory is made beside its place and moved there whole: killed anywhere, there is the old one, or
//! none, or the new one, and never a part of one.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use adapter_sqlite::DataDir;
use anyhow::Context;

use crate::{compose, exit};

/// What an empty data directory may hold: a key that somebody put there first, and the lock.
const MAY_BE_THERE: [&str; 2] = ["vault.key", "lock"];

pub struct Staging {
    place: PathBuf,
    /// Where the new directory grows.
    pub dir: DataDir,
    /// Held, so that no server starts in the old one meanwhile.
    _old: Option<DataDir>,
}

impl Staging {
    /// Begins beside a place that must hold no store, unless it may be replaced. What a killed attempt left is removed.
    pub fn begin(place: &Path, purpose: &str, may_replace: bool) -> anyhow::Result<Self> {
        let old = place.exists().then(|| DataDir::open(place)).transpose()?;
        if !may_replace && old.is_some() {
            refuse_content(place)?;
        }
        let beside = sibling(place, purpose)?;
        remove(&beside)?;
        let dir = DataDir::open(&beside)?;
        let key = compose::default_key_file(place);
        if key.exists() {
            // A copy: the original stays where it is until the new directory stands in its place.
            fs::copy(&key, compose::default_key_file(&beside))?;
        }
        Ok(Self { place: place.to_owned(), dir, _old: old })
    }

    /// Moves the new directory to its place. The old one, if it held anything, is kept beside and named.
    pub fn finish(self) -> anyhow::Result<Option<PathBuf>> {
        let beside = self.dir.path().to_owned();
        for entry in fs::read_dir(&beside)? {
            File::open(entry?.path())?.sync_all()?;
        }
        File::open(&beside)?.sync_all()?;
        let aside = sibling(&self.place, "before")?;
        let had_content = self.place.exists() && refuse_content(&self.place).is_err();
        if self.place.exists() {
            remove(&aside)?;
            fs::rename(&self.place, &aside).context("the old directory cannot be moved aside")?;
        }
        fs::rename(&beside, &self.place).with_context(|| {
            format!("{} is complete but cannot be moved to {}", beside.display(), self.place.display())
        })?;
        sync_parent(&self.place)?;
        if had_content {
            return Ok(Some(aside));
        }
        remove(&aside)?;
        Ok(None)
    }
}

fn refuse_content(place: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(place)? {
        let name = entry?.file_name();
        if !MAY_BE_THERE.iter().any(|allowed| name == *allowed) {
            return Err(exit::ending(
                exit::CONFIG,
                format!("{} is not empty; choose another directory with --data", place.display()),
            ));
        }
    }
    Ok(())
}

pub fn sibling(place: &Path, purpose: &str) -> anyhow::Result<PathBuf> {
    let name = place.file_name().with_context(|| format!("{} cannot be a store", place.display()))?;
    let mut name = name.to_owned();
    name.push(format!(".{purpose}"));
    Ok(place.with_file_name(name))
}

pub fn remove(directory: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", directory.display()))
        }
        _ => Ok(()),
    }
}

pub fn sync_parent(path: &Path) -> anyhow::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(File::open(parent)?.sync_all()?)
}
