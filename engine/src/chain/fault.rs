//! What a verification found wrong, and where first.

use serde::Serialize;

use crate::envelope::Position;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// An event does not say what it said when it was written.
    Changed,
    /// An event is not there.
    Missing,
    /// An event is there that never was.
    Inserted,
    /// An event is there twice.
    Duplicated,
    /// An event stands at another's place.
    Reordered,
    /// Checksums fit, the chain does not: somebody changed events and covered it.
    Rewritten,
    /// The log ends before a point up to which it was known.
    RolledBack,
    /// A checkpoint belongs to another log.
    ForeignLog,
    /// A checkpoint is not signed as it must be.
    Forged,
    /// A body was taken away, and no erasure says so.
    RemovedUnexplained,
    /// The place cannot be read at all.
    Unreadable,
}

/// The first fault of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{detail}")]
pub struct Fault {
    pub kind: FaultKind,
    /// The first position that is not as it was.
    pub position: Position,
    /// Where the certainty begins again, when the place is not known exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Position>,
    pub detail: String,
}

impl Fault {
    pub fn at(kind: FaultKind, position: Position, detail: impl Into<String>) -> Self {
        Self { kind, position, until: None, detail: detail.into() }
    }

    #[must_use]
    pub fn until(mut self, position: Position) -> Self {
        self.until = Some(position).filter(|until| *until > self.position);
        self
    }
}
