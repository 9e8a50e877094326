//! The commands; each gives the exit code.

pub mod doctor;
pub mod keys;
pub mod serve;

use crate::cli::Command;
use crate::config::Config;

pub async fn run(command: Option<Command>, config: Config) -> anyhow::Result<u8> {
    match command.unwrap_or(Command::Serve(serve::Args::default())) {
        Command::Serve(args) => serve::run(args, config).await,
        Command::Keys(args) => keys::run(args, config).await,
        Command::Doctor(args) => doctor::run(args, config).await,
    }
}
