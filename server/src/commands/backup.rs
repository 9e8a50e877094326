//! `backup`.

use std::path::PathBuf;

use adapter_sqlite::SystemClock;
use engine::ports::Clock;

use crate::config::Config;
use crate::{backups, output};

#[derive(clap::Args)]
pub struct Args {
    /// Directory to make; it must not exist
    directory: PathBuf,
}

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let place = args.directory.clone();
    let made =
        tokio::task::spawn_blocking(move || backups::make(&config.data, &args.directory, SystemClock.now()));
    let manifest = made.await??;
    output::say(&format!("backed up {} events to {}, verified", manifest.events, place.display()));
    output::say("the vault's key is not in it; keep a copy of the key apart from the backups");
    Ok(0)
}
