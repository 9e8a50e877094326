//! Watches as people see them: how far a resource is in step, and what was missed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ViewSpec;
use crate::run::Problem;

/// Key: `watch::watch_key`.
pub const WATCHES: ViewSpec = ViewSpec { name: "watches", version: 2, columns: &[] };

/// Days that are remembered.
pub const WATCH_DAYS_MAX: usize = 14;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WatchView {
    pub connection: String,
    pub resource: String,
    /// When something that changed was heard last.
    #[serde(default)]
    pub heard_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub sweep: Option<SweepView>,
    /// Missing records that wait for a person; not all of them where there are many.
    #[serde(default)]
    pub held: Vec<String>,
    #[serde(default)]
    pub held_at: Option<DateTime<Utc>>,
    /// A person asked for everything to be read, and it has not been yet.
    #[serde(default)]
    pub sweep_requested: bool,
    /// Records that could not be read when they were last asked for, by id; not all of them where there are many.
    #[serde(default)]
    pub unread: BTreeMap<String, UnreadView>,
    /// By day (UTC, `2026-03-02`).
    #[serde(default)]
    pub days: BTreeMap<String, DayView>,
}

/// Why a record could not be read, and since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadView {
    pub code: String,
    pub message: String,
    pub since: DateTime<Utc>,
}

/// The last time everything was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepView {
    pub begun: DateTime<Utc>,
    pub ended: DateTime<Utc>,
    pub complete: bool,
    pub seen: u64,
    pub missed: u64,
    pub stale: u64,
    pub gone: u64,
    pub hidden: u64,
    #[serde(default)]
    pub problem: Option<Problem>,
}

/// What changed on a day, and who told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DayView {
    /// Changes that the source told when it was asked.
    pub heard: u64,
    /// Changes that nobody told of, found by reading everything.
    pub missed: u64,
}
