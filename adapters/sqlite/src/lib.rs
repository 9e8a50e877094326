//! The embedded profile: the log, the views and the vault as three SQLite files in one data directory, so that one
//! executable is a whole installation.
//!
//! Each file has one writer thread (SQLite has one writer anyway) and short-lived readers. The log and the vault are
//! synced with every commit; the views are not, because they can be folded from the log again.

mod backup;
mod commits;
mod copier;
mod data_dir;
mod database;
mod event_store;
mod open_error;
mod read_store;
mod readers;
mod recent;
mod system;
mod vault;

pub use backup::{DATABASES, copy_database};
pub use data_dir::DataDir;
pub use event_store::{Head, LogFile, LogImport, LogOptions, Lying, SqliteEventStore};
pub use open_error::OpenError;
pub use read_store::SqliteReadStore;
pub use system::{SystemClock, SystemIds};
pub use vault::{KeyRing, SqliteVault, VaultFile, VaultImport};
