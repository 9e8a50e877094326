//! `restore`: a backup becomes a data directory again, verified, and without the people who were erased since.

use std::fs;
use std::path::PathBuf;

use command_api::erasing;
use domain::erasure::{ErasureCommand, Erasures};
use engine::{Meta, StreamName};

use super::verify::{self, Demand};
use crate::compose::{self, Opened};
use crate::config::Config;
use crate::ledger::{self, Entry};
use crate::staging::{self, Staging};
use crate::{backups, output};

#[derive(clap::Args)]
pub struct Args {
    /// The backup's directory
    backup: PathBuf,
    /// Put it in the place of what the data directory holds; that is kept beside it
    #[arg(long)]
    replace: bool,
    /// A ledger of erasures that was kept elsewhere: erasures.jsonl of the data directory that is lost
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
}

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let manifest = backups::check(&args.backup)?;
    let mut entries = ledger::read(&args.backup.join(ledger::FILE))?;
    entries = ledger::merge(entries, ledger::read(&config.data.join(ledger::FILE))?);
    if let Some(file) = &args.ledger {
        entries = ledger::merge(entries, ledger::read(file)?);
    }
    let staging = Staging::begin(&config.data, "restoring", args.replace)?;
    let growing = staging.dir.path().to_owned();
    let prepared = async {
        for name in manifest.files.keys() {
            fs::copy(args.backup.join(name), growing.join(name))?;
        }
        ledger::write(&growing.join(ledger::FILE), &entries)?;
        let again = erase_again(&config, &staging, entries.into_values().collect()).await?;
        verify::directory(&growing, &Demand::default())??;
        Ok::<usize, anyhow::Error>(again)
    };
    let again = match prepared.await {
        Ok(again) => again,
        Err(error) => {
            drop(staging);
            staging::remove(&growing)?;
            return Err(error.context("nothing was restored, and the data directory is as it was"));
        }
    };
    let before = staging.finish()?;
    let place = config.data.display();
    output::say(&format!("restored {} events of {} into {place}, verified", manifest.events, manifest.at));
    if again > 0 {
        output::say(&format!("{again} people who were erased since were erased again"));
    }
    if let Some(before) = before {
        let before = before.display();
        output::say(&format!(
            "what was there before is in {before}; it holds personal data, so remove it when you can"
        ));
    }
    Ok(0)
}

/// Carries out the erasures that the backup does not know.
async fn erase_again(config: &Config, staging: &Staging, entries: Vec<Entry>) -> anyhow::Result<usize> {
    if entries.is_empty() {
        return Ok(0);
    }
    let opened = compose::open_in(config, staging.dir.clone()).await?;
    let mut again = 0;
    for entry in entries {
        again += usize::from(erase_one(config, &opened, entry).await?);
    }
    Ok(again)
}

async fn erase_one(config: &Config, opened: &Opened, mut entry: Entry) -> anyhow::Result<bool> {
    let context = compose::context(opened, config);
    let executor = &opened.parts.executor;
    let meta = Meta::by("restore");
    let known = executor.store.read_stream(&StreamName::new("erasure", &entry.id), 0, 1).await?;
    if known.is_empty() {
        // Positions behind the backup's end will be other events'.
        let end = *executor.store.end().borrow();
        entry.erasure.positions.retain(|position| *position <= end);
        entry.erasure.mentions.retain(|position| *position <= end);
        let request = ErasureCommand::Request(entry.erasure.clone());
        executor.execute::<Erasures>(&entry.id, request, meta.clone()).await?;
    }
    let fault = |error: engine::ports::Cause| anyhow::anyhow!("an erasure cannot be repeated: {error}");
    erasing::carry_out(&context, &entry.id, meta.clone()).await.map_err(fault)?;
    if entry.lifted && known.is_empty() {
        let lift = ErasureCommand::Lift { reason: "lifted before the restore".to_owned() };
        executor.execute::<Erasures>(&entry.id, lift, meta.clone()).await?;
        context.vault.lift(&entry.erasure.subjects, &entry.erasure.identities).await?;
        erasing::expect_again(&context, &entry.erasure, &meta).await.map_err(fault)?;
    }
    Ok(known.is_empty())
}
