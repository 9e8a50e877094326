//! What a step does when it fails.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Most times that a step may be told to try again.
pub const TIMES_MAX: u64 = 10;
/// Longest wait between two tries, in seconds.
pub const WAIT_MAX: u64 = 300;

/// In JSON `{"do":"stop"}` or `{"do":"retry","times":3,"wait":30}`. Absent: it stops, after the usual tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum OnFailure {
    Stop {},
    /// Only what can pass is tried again: a destination that is busy, away or broken. Numbers not chosen yet are `None`.
    Retry {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        times: Option<u64>,
        /// Seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wait: Option<u64>,
    },
}

impl OnFailure {
    /// How many times, and how long to wait before each; always within bounds.
    pub fn retry(self) -> Option<(u32, Duration)> {
        let Self::Retry { times, wait } = self else { return None };
        let times = times.unwrap_or(1).clamp(1, TIMES_MAX);
        let wait = wait.unwrap_or(1).clamp(1, WAIT_MAX);
        Some((u32::try_from(times).unwrap_or(1), Duration::from_secs(wait)))
    }
}
