//! The command line: one enum variant per command, one file per command in `commands/`.

use clap::{Parser, Subcommand};

use crate::commands;
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
pub enum Command {
    /// Run the server: API, views, imports. The default
    Serve(commands::serve::Args),
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
    /// List, watch, cancel, pause, resume, retry and undo runs
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
    pub fn is_serve(&self) -> bool {
        matches!(self, Self::Serve(_))
    }
}
