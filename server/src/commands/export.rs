//! `export`: a whole store as one portable file. A server may be at work in it meanwhile.

use std::fs::{self, OpenOptions};
use std::io::{BufWriter, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use adapter_sqlite::{LogFile, OpenError, VaultFile};
use anyhow::Context;
use engine::chain::{self, Verifier};
use engine::portable::{self, End, EventLine, Header, Line, PortableError, SideFile};

use crate::config::Config;
use crate::{checkpoints, exit, installation, ledger, output, staging};

/// The small files that go with a store.
pub const SIDE_FILES: [&str; 3] = [installation::FILE, checkpoints::FILE, ledger::FILE];

#[derive(clap::Args)]
pub struct Args {
    /// File to write; it must not exist
    file: PathBuf,
    /// Leave the vault out: for whoever verifies the log but must not read it
    #[arg(long)]
    log_only: bool,
}

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let file = args.file.clone();
    let end =
        tokio::task::spawn_blocking(move || to_file(&config.data, &args.file, !args.log_only)).await??;
    output::say(&format!("wrote {}: {} events, chain {}", file.display(), end.events, end.chain));
    Ok(0)
}

fn to_file(data: &Path, file: &Path, with_vault: bool) -> anyhow::Result<End> {
    if file.exists() {
        let exists = format!("{} exists and is not replaced; choose another name", file.display());
        return Err(exit::ending(exit::USAGE, exists));
    }
    let part = staging::sibling(file, "part")?;
    match fs::remove_file(&part) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let write = || -> anyhow::Result<End> {
        let out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
        let (end, out) = write(data, BufWriter::new(out), with_vault)?;
        out.into_inner()?.sync_all()?;
        fs::rename(&part, file)?;
        staging::sync_parent(file)?;
        Ok(end)
    };
    write().inspect_err(|_| drop(fs::remove_file(&part))).context("nothing was exported")
}

/// Writes the store. It is verified on the way: what is not sound is not handed on as if it were.
fn write<W: std::io::Write>(data: &Path, out: W, with_vault: bool) -> anyhow::Result<(End, W)> {
    // Before the events: no checkpoint may sign more than is exported.
    let side_files: Vec<SideFile> = SIDE_FILES.iter().filter_map(|name| side_file(data, name)).collect();
    let mut log = LogFile::open(data)?;
    let until = log.end()?;
    let mut origin = None;
    if let Some(first) = log.step(0, 1)?.first() {
        origin = Some(chain::origin(&chain::Content::from(&first.event).leaf()));
    }
    let made_by = env!("CARGO_PKG_VERSION").to_owned();
    let header = Header { format: portable::FORMAT.to_owned(), version: portable::VERSION, origin, made_by };
    let mut writer = portable::Writer::begin(out, &header)?;
    for side in side_files {
        writer.write(&Line::File(side))?;
    }
    let mut verifier = Verifier::new(vec![]);
    while verifier.at() < until {
        let lying = log.step(verifier.at(), until)?;
        anyhow::ensure!(!lying.is_empty(), "event {} cannot be read", verifier.at() + 1);
        for one in lying {
            verifier.event(&one.event, one.mark)?;
            writer.write(&Line::Event(EventLine::from(&one.event)))?;
            if let Some(hash) = &one.link {
                verifier.link(one.event.position, hash)?;
                writer.write(&Line::Link(one.event.position, chain::hex(hash)))?;
            }
        }
    }
    let verified = verifier.end()?;
    // After the events: every key that they need is there by now.
    if let Some(vault) = VaultFile::open(data)?.filter(|_| with_vault) {
        vault.rows(|row| writer.write(&Line::Vault(row)).map_err(Fault::from))?;
    }
    let end = End { events: verified.events, chain: verified.chain };
    Ok((end.clone(), writer.end(end)?))
}

/// A line without an end is being written at this moment.
fn side_file(data: &Path, name: &str) -> Option<SideFile> {
    let mut text = fs::read_to_string(data.join(name)).ok()?;
    if name != installation::FILE {
        text.truncate(text.rfind('\n').map_or(0, |end| end + 1));
    }
    Some(SideFile { name: name.to_owned(), text })
}

/// Either side of a copy.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error(transparent)]
    Store(#[from] OpenError),
    #[error(transparent)]
    File(#[from] PortableError),
}
