//! The commands; each gives the exit code.

pub mod serve;

use crate::cli::Command;
use crate::config::Config;

pub async fn run(command: Option<Command>, config: Config) -> anyhow::Result<u8> {
    match command.unwrap_or(Command::Serve(serve::Args::default())) {
        Command::Serve(args) => serve::run(args, config).await,
    }
}
