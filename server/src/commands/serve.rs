//! `serve`: everything in one process, until a signal. `ingest`, `command-api`, `projector` and `relay`: one part of it.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use engine::ports::Secret;

use crate::compose::service::{Service, Work};
use crate::config::Config;
use crate::listen::{self, Stop};
use crate::role::Role;
use crate::{installation, numbers, output, serving};

#[derive(clap::Args, Default)]
pub struct Args {
    /// Write the first administrator token to this file (mode 0600) instead of showing it
    #[arg(long, value_name = "PATH")]
    pub print_token_file: Option<PathBuf>,
}

pub async fn run(role: Role, args: Args, mut config: Config) -> anyhow::Result<u8> {
    let stop = Stop::default();
    listen::watch_signals(&stop)?;
    let metrics = numbers::start()?;
    // The port first: if it is taken, nothing was opened and no token was shown.
    let listener = listen::bind(config.listen).await?;
    let address = listener.local_addr()?;
    config.listen = address;
    let service = Service::start(&config, Work::Role(role)).await?;
    for place in service.opened.home.places() {
        tracing::info!(role = role.name(), "connected: {place}");
    }
    let first = if role.answers_people() { service.first_token().await? } else { None };
    if let Some(token) = &first {
        hand_over(token, args.print_token_file.as_deref())?;
    }
    serving::warn_about(address, &config);
    output::say(&format!("listening on http://{address}"));
    // Only for a person who is looking, and only this once: scripts read the lines above.
    if let Some(token) = first.filter(|_| args.print_token_file.is_none() && std::io::stdout().is_terminal())
    {
        output::say(&format!("open {}", serving::console_link(&config, &token)));
    }
    let ended = serving::until_stopped(service, listener, config, metrics, stop).await;
    tracing::info!("ended");
    ended
}

fn hand_over(token: &Secret, file: Option<&Path>) -> anyhow::Result<()> {
    if let Some(file) = file {
        installation::write_private(file, token.expose().as_bytes())?;
        output::say(&format!("administrator token: written to {}", file.display()));
    } else {
        output::say(&format!(
            "administrator token (shown once, keep it; a new one: portal-integrations tokens issue): {}",
            token.expose()
        ));
    }
    Ok(())
}
