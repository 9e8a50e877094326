//! `serve`: everything in one process, until a signal.

use crate::config::Config;
use crate::listen::{self, Door, Stop};
use crate::output;

#[derive(clap::Args, Default)]
pub struct Args {
    /// Write the first administrator token to this file (mode 0600) instead of showing it
    #[arg(long, value_name = "PATH")]
    pub print_token_file: Option<std::path::PathBuf>,
}

pub async fn run(args: Args, config: Config) -> anyhow::Result<u8> {
    let stop = Stop::default();
    listen::watch_signals(&stop)?;
    let listener = listen::bind(config.listen).await?;
    let address = listener.local_addr()?;
    let app = axum::Router::new();
    output::say(&format!("listening on http://{address}"));
    let door = Door { app, limits: config.limits.clone(), trusted_proxies: config.trusted_proxies, stop };
    listen::serve(listener, door).await;
    Ok(0)
}
