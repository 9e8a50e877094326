//! The ledger of erasures: a line each, beside the log. It outlives the log: a backup that is older than an erasure
//! knows nothing of it, so a restore reads the ledger and erases again. Nothing in it names a person.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::Context;
use async_trait::async_trait;
use domain::erasure::{ErasureEvent, ErasureRequested};
use engine::Position;
use engine::follow::{self, Follower};
use engine::history::decode;
use engine::ports::{Cause, EventStore, Filter, Slice};
use serde::{Deserialize, Serialize};

use crate::installation;

pub const FILE: &str = "erasures.jsonl";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub id: String,
    pub erasure: ErasureRequested,
    /// The person may come back; what was erased stays so.
    #[serde(default)]
    pub lifted: bool,
}

/// By id.
pub type Entries = BTreeMap<String, Entry>;

pub fn read(file: &Path) -> anyhow::Result<Entries> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(absent) if absent.kind() == ErrorKind::NotFound => return Ok(Entries::new()),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", file.display())),
    };
    let parse = |(number, line): (usize, &str)| -> anyhow::Result<(String, Entry)> {
        let entry: Entry =
            serde_json::from_str(line).with_context(|| format!("{}, line {}", file.display(), number + 1))?;
        Ok((entry.id.clone(), entry))
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(parse).collect()
}

/// Replaces the file as a whole.
pub fn write(file: &Path, entries: &Entries) -> anyhow::Result<()> {
    let mut text = String::new();
    for entry in entries.values() {
        text.push_str(&serde_json::to_string(entry)?);
        text.push('\n');
    }
    installation::write_private(file, text.as_bytes())
}

/// Both, where either knows of an erasure. Nobody who was erased anywhere comes back by a merge.
pub fn merge(mut one: Entries, other: Entries) -> Entries {
    for (id, entry) in other {
        one.entry(id).and_modify(|known| known.lifted &= entry.lifted).or_insert(entry);
    }
    one
}

/// Keeps the ledger in step with the log. It reads the log's erasures anew at each start, and never forgets a line.
pub struct KeepLedger {
    pub file: PathBuf,
}

impl KeepLedger {
    /// Takes in everything up to the end of the log, at once.
    pub async fn catch_up(&mut self, store: &dyn EventStore) -> anyhow::Result<()> {
        let (mut at, end, filter) = (0, *store.end().borrow(), self.filter());
        while at < end {
            let slice = store.read_all(at, &filter, follow::SLICE_EVENTS_MAX).await?;
            at = slice.read_to;
            self.take(slice).await.map_err(|error| anyhow::anyhow!(error))?;
        }
        Ok(())
    }
}

#[async_trait]
impl Follower for KeepLedger {
    fn name(&self) -> &'static str {
        "erasure-ledger"
    }

    fn filter(&self) -> Filter {
        Filter::categories(["erasure"])
    }

    async fn checkpoint(&mut self) -> Result<Position, Cause> {
        Ok(0)
    }

    async fn take(&mut self, slice: Slice) -> Result<(), Cause> {
        if slice.events.is_empty() {
            return Ok(());
        }
        let before = read(&self.file).map_err(|error| format!("{error:#}"))?;
        let mut entries = before.clone();
        for event in &slice.events {
            let id = event.stream.id().to_owned();
            match decode::<ErasureEvent>(event)? {
                ErasureEvent::Requested(erasure) => {
                    entries.entry(id.clone()).or_insert(Entry { id, erasure, lifted: false });
                }
                ErasureEvent::Lifted(_) => {
                    if let Some(entry) = entries.get_mut(&id) {
                        entry.lifted = true;
                    }
                }
                ErasureEvent::Completed(_) => {}
            }
        }
        if entries != before {
            write(&self.file, &entries).map_err(|error| format!("{error:#}"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, lifted: bool) -> (String, Entry) {
        let erasure = ErasureRequested {
            subjects: vec!["cn_a.users.7".into()],
            identities: vec!["ab".into()],
            positions: vec![1],
            mentions: vec![],
            reason: "r".into(),
        };
        (id.to_owned(), Entry { id: id.to_owned(), erasure, lifted })
    }

    #[test]
    fn entries_survive_their_file_and_a_merge_forgets_nobody() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join(FILE);
        assert!(read(&file).unwrap().is_empty());
        let one: Entries = [entry("er_a", false), entry("er_b", true)].into();
        write(&file, &one).unwrap();
        assert_eq!(read(&file).unwrap(), one);
        let other: Entries = [entry("er_a", true), entry("er_c", false)].into();
        let both = merge(one, other);
        let lifted: Vec<_> = both.values().map(|entry| (entry.id.as_str(), entry.lifted)).collect();
        assert_eq!(lifted, [("er_a", false), ("er_b", true), ("er_c", false)]);
    }
}
