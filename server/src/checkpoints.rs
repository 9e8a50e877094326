//! Signed checkpoints of the log, a line each in a file beside it: every so many events, every so often, and at the
//! end of the process. Copy the file, or its last line, to another machine: what it signs cannot be rewritten unseen.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use adapter_sqlite::{Head, SqliteEventStore};
use anyhow::Context;
use engine::checkpoint::{Checkpoint, Signer};
use engine::ports::{Clock, EventStore, Ids, Vault};
use tokio::sync::Mutex;

use crate::exit;

pub const FILE: &str = "checkpoints.jsonl";
/// Events after which a checkpoint is signed.
const EVENTS_MAX: u64 = 10_000;
/// Time after which a checkpoint is signed, if anything happened.
const INTERVAL: Duration = Duration::from_mins(10);

/// The whole lines of a file of checkpoints; none where there is no file. A last line without an end was being
/// written when the power went.
pub fn read(file: &Path) -> anyhow::Result<Vec<Checkpoint>> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(absent) if absent.kind() == ErrorKind::NotFound => return Ok(vec![]),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", file.display())),
    };
    let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
    let parse = |(number, line): (usize, &str)| {
        Checkpoint::parse(line).with_context(|| format!("{}, line {}", file.display(), number + 1))
    };
    whole.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(parse).collect()
}

/// Refuses a log that ends before what its own checkpoints sign: somebody put an older one back.
pub fn check(directory: &Path, head: Option<&Head>) -> anyhow::Result<()> {
    let file = directory.join(FILE);
    let Some(last) = read(&file)?.pop() else { return Ok(()) };
    let end = head.map_or(0, |head| head.position);
    if last.position <= end && head.is_some_and(|head| head.origin == last.origin) {
        return Ok(());
    }
    Err(exit::ending(
        exit::STORE,
        format!(
            "the log ends at {end}, but {} signs it up to {}: an older or another log was put in its place. Use \
             `portal-integrations restore` to go back to a backup, or put the right log.db back",
            file.display(),
            last.position
        ),
    ))
}

/// Signs for one installation.
pub struct Notary {
    pub log: Arc<SqliteEventStore>,
    pub vault: Arc<dyn Vault>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub directory: PathBuf,
    /// One at a time.
    pub turn: Mutex<()>,
}

impl Notary {
    /// Signs where the log stands; the newest checkpoint if it already says so, `None` while the log is empty.
    pub async fn sign(&self) -> anyhow::Result<Option<Checkpoint>> {
        let _turn = self.turn.lock().await;
        let Some(head) = self.log.head().await? else { return Ok(None) };
        let file = self.directory.join(FILE);
        if let Some(last) = read(&file)?.pop()
            && last.position == head.position
        {
            return Ok(Some(last));
        }
        let signer = self.signer().await?;
        let checkpoint = signer.sign(head.origin, head.position, &head.chain, self.clock.now());
        append(&file, &checkpoint)?;
        Ok(Some(checkpoint))
    }

    pub async fn signer(&self) -> anyhow::Result<Signer> {
        Signer::open(&*self.vault, &*self.ids).await.map_err(|error| anyhow::anyhow!(error))
    }

    /// Signs for ever, at its intervals; ends by being dropped.
    pub async fn run(&self) {
        let mut end = self.log.end();
        let mut signed = *end.borrow();
        loop {
            let due = tokio::time::Instant::now() + INTERVAL;
            while *end.borrow() < signed + EVENTS_MAX {
                match tokio::time::timeout_at(due, end.changed()).await {
                    Ok(Ok(())) => {}
                    Ok(Err(_)) => return,
                    Err(_) => break,
                }
            }
            match self.sign().await {
                Ok(Some(checkpoint)) => signed = checkpoint.position,
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(error = %format!("{error:#}"), "no checkpoint could be signed; tried again");
                    tokio::time::sleep(Duration::from_secs(10)).await;
                }
            }
        }
    }
}

/// Adds a line that is on disk when this returns.
fn append(file: &Path, checkpoint: &Checkpoint) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        let before = fs::read(file).or_else(|error| match error.kind() {
            ErrorKind::NotFound => Ok(vec![]),
            _ => Err(error),
        })?;
        let whole = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let mut options = OpenOptions::new();
        let mut lines = options.create(true).append(true).mode(0o600).open(file)?;
        if whole < before.len() {
            lines.set_len(whole as u64)?;
        }
        writeln!(lines, "{}", checkpoint.to_line())?;
        lines.sync_all()
    };
    write().with_context(|| format!("{} cannot be written; check the disk", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint(position: u64) -> Checkpoint {
        Signer::from_seed(&[1; 32]).unwrap().sign("o".into(), position, &[2; 32], chrono::DateTime::default())
    }

    #[test]
    fn bad_input_153_k22_a_line_that_was_being_written_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join(FILE);
        assert_eq!(read(&file).unwrap(), []);
        append(&file, &checkpoint(1)).unwrap();
        let whole = fs::read(&file).unwrap();
        for cut in 1..whole.len() {
            fs::write(&file, [&whole[..], &whole[..cut]].concat()).unwrap();
            if cut < whole.len() {
                assert_eq!(read(&file).unwrap(), [checkpoint(1)]);
            }
            append(&file, &checkpoint(2)).unwrap();
            assert_eq!(read(&file).unwrap(), [checkpoint(1), checkpoint(2)]);
        }
    }

    #[test]
    fn bad_input_157_an_older_log_put_back_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        append(&directory.path().join(FILE), &checkpoint(5)).unwrap();
        let head = |position, origin: &str| Head { position, chain: [2; 32], origin: origin.to_owned() };
        assert!(check(directory.path(), Some(&head(5, "o"))).is_ok());
        assert!(check(directory.path(), Some(&head(9, "o"))).is_ok());
        for other in [None, Some(head(4, "o")), Some(head(9, "other"))] {
            let refused = check(directory.path(), other.as_ref()).unwrap_err().to_string();
            assert!(refused.contains("put in its place"), "{refused}");
        }
    }
}
