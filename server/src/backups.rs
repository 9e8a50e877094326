//! What a backup is: a directory with copies of the databases, the small files beside them, and a manifest that says
//! what belongs to it. The vault's key is never in it: a stolen backup opens nothing.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use adapter_sqlite::{DATABASES, copy_database};
use anyhow::Context;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::commands::verify::{self, Demand};
use crate::{checkpoints, exit, installation, ledger, staging};

pub const MANIFEST: &str = "backup.json";
/// In the data directory: when it was last backed up, and where to.
pub const LAST: &str = "last-backup.json";
const FORMAT: &str = "portal-integrations backup";
const VERSION: u32 = 1;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    pub format: String,
    pub version: u32,
    pub at: DateTime<Utc>,
    pub made_by: String,
    pub events: u64,
    pub chain: String,
    /// BLAKE3 of each file.
    pub files: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Last {
    pub at: DateTime<Utc>,
    pub place: PathBuf,
    pub events: u64,
}

/// Makes a backup while whoever may be at work there. The place must not exist; killed, it does not.
pub fn make(data: &Path, place: &Path, at: DateTime<Utc>) -> anyhow::Result<Manifest> {
    if place.exists() {
        let exists =
            format!("{} exists and is not replaced; give each backup a name of its own", place.display());
        return Err(exit::ending(exit::USAGE, exists));
    }
    let part = staging::sibling(place, "part")?;
    staging::remove(&part)?;
    private_directory(&part)?;
    let fill = || -> anyhow::Result<Manifest> {
        let manifest = fill(data, &part, at)?;
        installation::write_private(&part.join(MANIFEST), &serde_json::to_vec_pretty(&manifest)?)?;
        File::open(&part)?.sync_all()?;
        fs::rename(&part, place)?;
        staging::sync_parent(place)?;
        Ok(manifest)
    };
    let manifest = fill().inspect_err(|_| drop(staging::remove(&part))).context("no backup was made")?;
    let place = fs::canonicalize(place)?;
    let last = Last { at, place, events: manifest.events };
    installation::write_private(&data.join(LAST), &serde_json::to_vec(&last)?)?;
    Ok(manifest)
}

fn fill(data: &Path, part: &Path, at: DateTime<Utc>) -> anyhow::Result<Manifest> {
    let mut names: Vec<&str> = vec![];
    let mut copy = |name: &'static str| -> anyhow::Result<()> {
        if data.join(name).exists() {
            installation::write_private(&part.join(name), &fs::read(data.join(name))?)?;
            names.push(name);
        }
        Ok(())
    };
    // Checkpoints before the log, so that none signs more than is there; the ledger after it, so that none is missing.
    copy(installation::FILE)?;
    copy(checkpoints::FILE)?;
    for name in DATABASES {
        if data.join(name).exists() {
            copy_database(&data.join(name), &part.join(name))?;
        }
    }
    copy(ledger::FILE)?;
    names.extend(DATABASES.iter().filter(|name| part.join(name).exists()));
    let verified = verify::directory(part, &Demand::default())??;
    let hash = |name: &&str| -> anyhow::Result<(String, String)> {
        // Verifying may have left a log beside a database; the database itself is as it was copied.
        Ok(((*name).to_owned(), engine::hash::of_reader(File::open(part.join(name))?)?))
    };
    let files = names.iter().map(hash).collect::<anyhow::Result<_>>()?;
    for left in
        ["-wal", "-shm"].iter().flat_map(|end| DATABASES.map(|name| part.join(format!("{name}{end}"))))
    {
        drop(fs::remove_file(left));
    }
    Ok(Manifest {
        format: FORMAT.to_owned(),
        version: VERSION,
        at,
        made_by: env!("CARGO_PKG_VERSION").to_owned(),
        events: verified.events,
        chain: verified.chain,
        files,
    })
}

/// Reads a backup's manifest and compares every file with it.
pub fn check(place: &Path) -> anyhow::Result<Manifest> {
    let bad =
        |why: String| exit::ending(exit::FAILED, format!("{}: {why}; use another backup", place.display()));
    let text = fs::read(place.join(MANIFEST)).map_err(|_| bad("this is no whole backup".to_owned()))?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| bad(error.to_string()))?;
    if manifest.format != FORMAT || manifest.version > VERSION {
        return Err(bad("a newer release or another program made it".to_owned()));
    }
    for (name, hash) in &manifest.files {
        if !is_ours(name) {
            return Err(bad(format!("the file {name:?} belongs to no backup")));
        }
        let file = File::open(place.join(name)).map_err(|_| bad(format!("{name} is missing")))?;
        if engine::hash::of_reader(file)? != *hash {
            return Err(bad(format!("{name} is not the file that was backed up")));
        }
    }
    Ok(manifest)
}

fn is_ours(name: &str) -> bool {
    DATABASES.contains(&name) || [installation::FILE, checkpoints::FILE, ledger::FILE].contains(&name)
}

/// When this data directory was last backed up.
pub fn last(data: &Path) -> Option<Last> {
    serde_json::from_slice(&fs::read(data.join(LAST)).ok()?).ok()
}

fn private_directory(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = fs::DirBuilder::new();
    builder
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("{} cannot be made", path.display()))
}
