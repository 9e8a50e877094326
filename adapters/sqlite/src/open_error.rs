//! Why a data directory or one of its files cannot be used. Each sentence tells an operator what to do.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "another process uses the data directory {}; stop it first, or start this one with another directory",
        .0.display()
    )]
    InUse(PathBuf),
    #[error("{} cannot be written; make the data directory and its files writable for this user", .0.display())]
    ReadOnly(PathBuf),
    #[error("{} is a link; put the file itself into the data directory", .0.display())]
    Link(PathBuf),
    #[error("{} is not a directory; choose another data directory", .0.display())]
    NotADirectory(PathBuf),
    #[error("{} holds a log already; choose an empty directory", .0.display())]
    NotEmpty(PathBuf),
    #[error("{} can be changed by other users; run: chmod 700 {}", .0.display(), .0.display())]
    OpenToOthers(PathBuf),
    #[error("{} belongs to another program; choose another data directory", .0.display())]
    Foreign(PathBuf),
    #[error(
        "{} was written by a newer release (schema {found}, this release knows {known}); start that release",
        file.display()
    )]
    Newer { file: PathBuf, found: u32, known: u32 },
    #[error(
        "{} was written by an older release (schema {found}, this release has {known}); start this release on it once",
        file.display()
    )]
    Older { file: PathBuf, found: u32, known: u32 },
    #[error("{} is damaged ({detail}); restore it from a backup", file.display())]
    Damaged { file: PathBuf, detail: String },
    #[error("{} does not hold its safety settings ({detail}); use a local disk", file.display())]
    Unsafe { file: PathBuf, detail: String },
    #[error("SQLite {found} is linked, but below 3.51.3 it can damage a log; build with the bundled SQLite")]
    OldSqlite { found: String },
    /// The key ring does not open this vault.
    #[error("{0}")]
    Key(String),
    #[error("{} cannot be used: {source}", file.display())]
    Io { file: PathBuf, source: std::io::Error },
    #[error("{} cannot be opened: {source}", file.display())]
    Sqlite { file: PathBuf, source: rusqlite::Error },
}
