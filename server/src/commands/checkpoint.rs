//! `checkpoint`: signs where the log stands, for a copy that is kept on another machine.

use std::path::PathBuf;

use adapter_sqlite::OpenError;
use anyhow::Context;

use crate::config::Config;
use crate::{checkpoints, exit, installation, output, profile};

#[derive(clap::Args)]
pub struct Args {
    /// Write it to this file instead of showing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Show only the public key, which verifies every checkpoint of this installation
    #[arg(long)]
    public_key: bool,
}

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let checkpoint = match profile::embedded::open(&config).await {
        Ok(opened) => match opened.home.directory() {
            Some(directory) => directory.notary().sign().await?,
            None => None,
        },
        // A running server signs by itself; its newest is in the file.
        Err(error)
            if error.chain().any(|cause| matches!(cause.downcast_ref(), Some(OpenError::InUse(_)))) =>
        {
            checkpoints::read(&config.data.join(checkpoints::FILE))?.pop()
        }
        Err(error) => return Err(error),
    };
    let checkpoint = checkpoint.ok_or_else(|| {
        exit::ending(
            exit::FAILED,
            "nothing is signed yet: the running server signs its first checkpoint within minutes",
        )
    })?;
    let text = if args.public_key { checkpoint.key } else { checkpoint.to_line() };
    match args.out {
        None => output::say(&text),
        Some(file) => {
            installation::write_private(&file, format!("{text}\n").as_bytes())
                .context("the checkpoint is signed, but the copy is not written")?;
            output::say(&format!("wrote {}; keep it on another machine", file.display()));
        }
    }
    Ok(0)
}
