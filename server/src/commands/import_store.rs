//! `import-store`: an exported store becomes a data directory, with the same positions, times and chain.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use adapter_sqlite::{LogImport, VaultImport};
use anyhow::Context;
use engine::chain::{self, Mark, Verified, Verifier};
use engine::checkpoint::Checkpoint;
use engine::envelope::STREAM_BYTES_MAX;
use engine::portable::{Line, Reader, SideFile};

use super::export::SIDE_FILES;
use super::verify::{self, Demand, Explained};
use crate::config::Config;
use crate::staging::Staging;
use crate::{checkpoints, exit, output};

#[derive(clap::Args)]
pub struct Args {
    /// The exported file
    file: PathBuf,
    /// The key that its checkpoints must be signed with: the key itself, or a file that holds it
    #[arg(long, value_name = "KEY|FILE")]
    public_key: Option<String>,
}

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let public_key = args.public_key.as_deref().map(verify::public_key).transpose()?;
    let place = config.data.clone();
    let done = tokio::task::spawn_blocking(move || {
        let staging = Staging::begin(&config.data, "importing", false)?;
        let demand = Demand { public_key, since: vec![] };
        let verified = read(&args.file, &demand, Some(&staging))
            .and_then(|found| found.map_err(anyhow::Error::from))
            .with_context(|| format!("{} was not imported, and nothing was changed", args.file.display()))?;
        staging.finish()?;
        Ok::<_, anyhow::Error>(verified)
    });
    let verified = done.await??;
    output::say(&format!(
        "imported {} events into {}; chain {}. The vault opens with the key of the store it came from",
        verified.events,
        place.display(),
        verified.chain
    ));
    Ok(0)
}

/// Verifies an exported file and, with a staging, makes a store of it. One pass, line by line.
pub fn read(
    file: &Path,
    demand: &Demand,
    into: Option<&Staging>,
) -> anyhow::Result<Result<Verified, chain::Fault>> {
    let input = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let (_, mut reader) = Reader::begin(BufReader::new(input)).map_err(|error| bad_file(&error))?;
    let mut own: Vec<Checkpoint> = vec![];
    let mut first = reader.next().map_err(|error| bad_file(&error))?;
    while let Some(Line::File(side)) = first {
        if side.name == checkpoints::FILE {
            match side.text.lines().map(Checkpoint::parse).collect::<Result<Vec<_>, _>>() {
                Ok(lines) => own = lines,
                Err(error) => return Ok(Err(verify::forged(1, &error.to_string()))),
            }
        }
        if let Some(staging) = into {
            put_aside(&side, staging)?;
        }
        first = reader.next().map_err(|error| bad_file(&error))?;
    }
    let pins = match verify::pins(own, demand) {
        Ok(pins) => pins,
        Err(fault) => return Ok(Err(fault)),
    };
    let mut taking =
        Taking { verifier: Verifier::new(pins), log: None, vault: None, explained: Explained::default() };
    if let Some(staging) = into {
        taking.log = Some(LogImport::begin(&staging.dir)?);
    }
    let mut next = first;
    while let Some(line) = next {
        if let Err(fault) = taking.take(line, into)? {
            let following = std::iter::from_fn(|| reader.next().ok().flatten());
            let following: Vec<_> = following.take(LOOK_AHEAD).filter_map(event).collect();
            return Ok(Err(Verifier::explain(fault, &following)));
        }
        next = reader.next().map_err(|error| bad_file(&error))?;
    }
    taking.end()
}

/// Lines looked at behind a fault, to say what it is.
const LOOK_AHEAD: usize = 1_000;

struct Taking {
    verifier: Verifier,
    log: Option<LogImport>,
    vault: Option<VaultImport>,
    explained: Explained,
}

impl Taking {
    fn take(&mut self, line: Line, into: Option<&Staging>) -> anyhow::Result<Result<(), chain::Fault>> {
        match line {
            Line::Event(_) => {
                let (event, mark) = event(line).context("an event has no time")?;
                anyhow::ensure!(
                    event.stream.as_str().len() <= STREAM_BYTES_MAX,
                    "a stream's name is too long"
                );
                if let Err(fault) = self.verifier.event(&event, mark) {
                    return Ok(Err(fault));
                }
                self.explained.take(&event);
                if let Some(log) = &mut self.log {
                    log.event(&event)?;
                }
            }
            Line::Link(position, hash) => {
                let hash = chain::from_hex(&hash).context("a link is no hash")?;
                if let Err(fault) = self.verifier.link(position, &hash) {
                    return Ok(Err(fault));
                }
                if let Some(log) = &mut self.log {
                    log.link()?;
                }
            }
            Line::Vault(row) => {
                if let Some(staging) = into {
                    if self.vault.is_none() {
                        self.vault = Some(VaultImport::begin(&staging.dir)?);
                    }
                    self.vault.as_mut().map_or(Ok(()), |vault| vault.take(&row))?;
                }
            }
            Line::End(end) => {
                if end.events != self.verifier.at() {
                    let detail =
                        format!("{} events were exported, {} are here", end.events, self.verifier.at());
                    let first = self.verifier.at().min(end.events) + 1;
                    return Ok(Err(
                        chain::Fault::at(chain::FaultKind::Missing, first, detail).until(end.events)
                    ));
                }
            }
            Line::Header(_) | Line::File(_) => anyhow::bail!("a header or a file stands among the events"),
        }
        Ok(Ok(()))
    }

    fn end(self) -> anyhow::Result<Result<Verified, chain::Fault>> {
        if let Some(log) = self.log {
            log.end()?;
        }
        if let Some(vault) = self.vault {
            vault.end()?;
        }
        Ok(self.verifier.end().and_then(|verified| self.explained.judge(verified)))
    }
}

fn event(line: Line) -> Option<(engine::Recorded, Mark)> {
    let Line::Event(event) = line else { return None };
    let mark = Mark::Short(event.check);
    Some((event.recorded()?, mark))
}

/// Only names that we know become files.
fn put_aside(side: &SideFile, staging: &Staging) -> anyhow::Result<()> {
    anyhow::ensure!(SIDE_FILES.contains(&side.name.as_str()), "the file {:?} belongs to no store", side.name);
    crate::installation::write_private(&staging.dir.path().join(&side.name), side.text.as_bytes())
}

fn bad_file(error: &engine::portable::PortableError) -> anyhow::Error {
    exit::ending(exit::FAILED, format!("{error}; use another copy of the file, or export it again"))
}
