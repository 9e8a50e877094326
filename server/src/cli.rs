//! The command line: one enum variant per command, one file per command in `commands/`.

use clap::{Parser, Subcommand};

use crate::commands;
use crate::config::Config;
use crate::config::sources::SettingArgs;
use crate::exit;

/// Imports what WordPress sites hold into Portal, and can prove what it did.
///
/// Without a command it serves, like `serve`.
#[derive(Parser)]
#[command(name = "portal-integrations", version, after_long_help = exit::HELP, max_term_width = 110)]
pub struct Cli {
    #[command(flatten)]
    pub settings: SettingArgs,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Subcommand)]
#[expect(clippy::enum_variant_names, reason = "`command-api` is the name of that part")]
pub enum Command {
    /// Run the server: API, views, imports. The default
    Serve(commands::serve::Args),
    /// In a cluster: take webhooks in, and nothing else
    Ingest,
    /// In a cluster: the API and the console, and nothing else
    CommandApi(commands::serve::Args),
    /// In a cluster: fold views and run scenarios, and nothing else
    Projector,
    /// In a cluster: hand the log to the bus, and nothing else
    Relay,
    /// See everything work in a minute, with a sample site inside this process
    Demo(commands::demo::Args),
    /// Import from one site, once, and say how it went
    Import(commands::import::Args),
    /// List, add, test, pause and delete connections
    Connections(commands::connections::Args),
    /// List, create, publish and run scenarios
    Scenarios(commands::scenarios::Args),
    /// List and show mappings
    Mappings(commands::mappings::Args),
    /// Take what was recorded through a scenario again, without asking the source
    Reimport(commands::reimport::Args),
    /// List, watch, cancel, pause, resume, retry and undo runs; decide about items in doubt
    Runs(commands::runs::Args),
    /// List, issue and revoke access tokens
    Tokens(commands::tokens::Args),
    /// List views, and fold them anew
    Views(commands::views::Args),
    /// Look after the key that opens the vault
    Keys(commands::keys::Args),
    /// Prove that a log is what was written: nothing changed, dropped, added, moved or rolled back
    Verify(commands::verify::Args),
    /// Copy everything but the key into a new directory, while a server is at work
    Backup(commands::backup::Args),
    /// Make a data directory of a backup
    Restore(commands::restore::Args),
    /// Show what is held of a person, and erase it
    Erase(commands::erase::Args),
    /// Copy everything that is held of a person, for the person
    SubjectExport(commands::subject_export::Args),
    /// Write the whole store into one portable file
    Export(commands::export::Args),
    /// Make a store of an exported file, in an empty directory
    ImportStore(commands::import_store::Args),
    /// Sign where the log stands, for a copy that is kept elsewhere
    Checkpoint(commands::checkpoint::Args),
    /// Check this installation, with a remedy for each finding
    Doctor(commands::doctor::Args),
}

impl Command {
    /// Runs until a signal, with a port of its own.
    pub fn is_serve(&self) -> bool {
        matches!(self, Self::Serve(_) | Self::Ingest | Self::CommandApi(_) | Self::Projector | Self::Relay)
    }

    /// Some commands work on the files of a data directory. A cluster has none; then a sentence says what to do instead.
    pub fn refuse_without_directory(&self, config: &Config) -> anyhow::Result<()> {
        let Some((name, instead)) = self.instead_of_directory().filter(|_| config.profile.is_cluster())
        else {
            return Ok(());
        };
        Err(exit::ending(
            exit::CONFIG,
            format!("`{name}` works on a data directory, and the cluster profile has none; {instead}"),
        ))
    }

    fn instead_of_directory(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Backup(_) => Some((
                "backup",
                "back up KurrentDB and PostgreSQL with their own tools, PostgreSQL last (docs/operations.md)",
            )),
            Self::Restore(_) => Some((
                "restore",
                "restore PostgreSQL and then KurrentDB with their own tools (docs/operations.md)",
            )),
            Self::Checkpoint(_) => Some((
                "checkpoint",
                "KurrentDB keeps its log append-only; restrict who may write to it (docs/operations.md)",
            )),
            Self::Verify(args) if args.is_of_directory() => Some((
                "verify",
                "verify an exported file with `verify --export FILE`, or KurrentDB's files with its own tools",
            )),
            Self::Export(_) => Some((
                "export",
                "back up KurrentDB and PostgreSQL with their own tools, PostgreSQL last (docs/operations.md)",
            )),
            Self::ImportStore(_) => Some((
                "import-store",
                "begin with an empty cluster and import from the sites again (docs/operations.md)",
            )),
            _ => None,
        }
    }
}
