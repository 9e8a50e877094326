//! What can go wrong.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Happens to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The work is done, and all connections are cut before the answer.
    DropReply,
    /// All connections are cut, and nothing is done.
    Disconnect,
    /// The answer comes late; the work is done first.
    DelayReply(Duration),
    /// The work is done late.
    DelayWork(Duration),
    /// This node does not lead (any more).
    NotLeader,
    /// The server says that it cannot.
    Unavailable,
    /// The answer ends after its beginning, without an error and without its events.
    EndSilently,
    /// No answer ever.
    Hang,
}

#[derive(Default)]
pub(crate) struct Faults {
    appends: Mutex<VecDeque<Fault>>,
    reads: Mutex<VecDeque<Fault>>,
}

impl Faults {
    pub fn on_appends(&self, faults: impl IntoIterator<Item = Fault>) {
        self.appends.lock().unwrap_or_else(PoisonError::into_inner).extend(faults);
    }

    pub fn on_reads(&self, faults: impl IntoIterator<Item = Fault>) {
        self.reads.lock().unwrap_or_else(PoisonError::into_inner).extend(faults);
    }

    pub fn of_append(&self) -> Option<Fault> {
        self.appends.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    pub fn of_read(&self) -> Option<Fault> {
        self.reads.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}
