//! The commands; each gives the exit code.

pub mod backup;
pub mod checkpoint;
pub mod connections;
pub mod demo;
pub mod doctor;
pub mod erase;
pub mod export;
pub mod import;
pub mod import_store;
pub mod keys;
pub mod mappings;
pub mod reimport;
pub mod restore;
pub mod runs;
pub mod scenarios;
pub mod serve;
pub mod show;
pub mod subject_export;
mod target;
pub mod tokens;
pub mod verify;
pub mod views;
mod watch;

use crate::cli::Command;
use crate::config::Config;
use crate::role::Role;

pub async fn run(command: Option<Command>, config: Config) -> anyhow::Result<u8> {
    let command = command.unwrap_or(Command::Serve(serve::Args::default()));
    command.refuse_without_directory(&config)?;
    match command {
        Command::Serve(args) => serve::run(Role::Everything, args, config).await,
        Command::Ingest => serve::run(Role::Ingest, serve::Args::default(), config).await,
        Command::CommandApi(args) => serve::run(Role::CommandApi, args, config).await,
        Command::Projector => serve::run(Role::Projector, serve::Args::default(), config).await,
        Command::Relay => serve::run(Role::Relay, serve::Args::default(), config).await,
        Command::Demo(args) => demo::run(args, config).await,
        Command::Import(args) => import::run(args, config).await,
        Command::Connections(args) => connections::run(args, config).await,
        Command::Scenarios(args) => scenarios::run(args, config).await,
        Command::Mappings(args) => mappings::run(args, config).await,
        Command::Reimport(args) => reimport::run(args, config).await,
        Command::Runs(args) => runs::run(args, config).await,
        Command::Tokens(args) => tokens::run(args, config).await,
        Command::Views(args) => views::run(args, config).await,
        Command::Keys(args) => keys::run(args, config).await,
        Command::Verify(args) => verify::run(args, config).await,
        Command::Export(args) => export::run(args, config).await,
        Command::ImportStore(args) => import_store::run(args, config).await,
        Command::Erase(args) => erase::run(args, config).await,
        Command::SubjectExport(args) => subject_export::run(args, config).await,
        Command::Backup(args) => backup::run(args, config).await,
        Command::Restore(args) => restore::run(args, config).await,
        Command::Checkpoint(args) => checkpoint::run(args, config).await,
        Command::Doctor(args) => doctor::run(args, config).await,
    }
}
