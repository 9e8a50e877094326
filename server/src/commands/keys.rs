//! `keys`: the key that opens the vault.

mod create;
mod rotate;
mod status;

use std::path::PathBuf;

use crate::config::Config;
use crate::{compose, exit};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Make a key file for a new installation; refuses to replace one
    Create,
    /// Show which keys the file holds and whether they open the vault. Never shows a key
    Status {
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Add a newer key and wrap everything in the vault with it; killed anywhere, just run it again
    Rotate {
        /// Add no key; only finish a rotation that was interrupted
        #[arg(long)]
        finish: bool,
    },
}

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    match args.action {
        Action::Create => create::run(&config),
        Action::Status { json } => status::run(&config, json).await,
        Action::Rotate { finish } => rotate::run(&config, finish).await,
    }
}

/// The file in use. A key from the environment has none.
fn file(config: &Config) -> anyhow::Result<PathBuf> {
    if config.key.is_some() {
        return Err(exit::ending(
            exit::CONFIG,
            "the key comes from PORTAL_KEY, which this command cannot change; put it into a file and use --key-file",
        ));
    }
    Ok(config.key_file.clone().unwrap_or_else(|| compose::default_key_file(&config.data)))
}
