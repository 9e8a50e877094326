//! `portal-integrations`: the one executable. It knows every concrete type and decides nothing else.

mod backups;
mod checkpoints;
mod cli;
mod client;
mod commands;
mod compose;
mod config;
mod console;
mod exit;
mod harden;
mod health;
mod installation;
mod ledger;
mod listen;
mod logging;
mod numbers;
mod output;
mod profile;
mod requests;
mod role;
mod secrets;
mod serving;
mod staging;
mod traces;

use std::process::ExitCode;

use clap::Parser;
use cli::Command;
use tracing::level_filters::LevelFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, everything else is a mistake on the command line.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(exit::USAGE) } else { ExitCode::SUCCESS };
        }
    };
    let config = match config::load(cli.settings) {
        Ok(config) => config,
        Err(error) => return exit::report(&error.into()),
    };
    let usual = if cli.command.as_ref().is_none_or(Command::is_serve) {
        LevelFilter::INFO
    } else {
        LevelFilter::WARN
    };
    let flush = logging::start(config.log_format, config.log.unwrap_or(usual));
    for warning in harden::at_start() {
        tracing::warn!("{warning}");
    }
    let code = match runtime().and_then(|runtime| runtime.block_on(commands::run(cli.command, config))) {
        Ok(code) => ExitCode::from(code),
        Err(error) => exit::report(&error),
    };
    drop(flush);
    code
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    // ring, named: no feature of a dependency may choose another provider.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("a TLS provider was already installed");
    }
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
