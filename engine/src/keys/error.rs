//! Why a key ring cannot be read, and why a key does not open. No sentence repeats what may be a secret.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the key file {} can be read by other users; run: chmod 600 {}", .0.display(), .0.display())]
    OpenToOthers(PathBuf),
    /// It is no key ring.
    #[error("{0}")]
    Ring(String),
    #[error("{} cannot be used: {source}", file.display())]
    Io { file: PathBuf, source: std::io::Error },
}

#[derive(Debug, thiserror::Error)]
pub enum UnwrapError {
    #[error(
        "the vault needs key v{0}, which the key ring does not hold; add it, and remove an old key only after a \
         rotation has ended"
    )]
    Missing(u32),
    #[error("a wrapped key does not open")]
    Broken,
}
