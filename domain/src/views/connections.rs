//! Connections as people see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ViewSpec, text};
use crate::connection::{Health, Identity, Stage};

/// Key: connection id.
pub const CONNECTIONS: ViewSpec =
    ViewSpec { name: "connections", version: 1, columns: &[text("app"), text("health"), text("name")] };

/// Newest lines kept in a connection's history; the log keeps all.
pub const HISTORY_LINES_MAX: usize = 100;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectionPhase {
    #[default]
    Live,
    Paused,
    /// The site answers as another site; confirm it before anything is written.
    IdentityInDoubt,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectionView {
    pub id: String,
    pub app: String,
    pub name: String,
    pub address: String,
    pub origin: String,
    pub phase: ConnectionPhase,
    pub health: Health,
    #[serde(default)]
    pub checked_at: Option<DateTime<Utc>>,
    /// Stages of the newest test.
    #[serde(default)]
    pub stages: Vec<Stage>,
    #[serde(default)]
    pub auth_method: Option<String>,
    #[serde(default)]
    pub account: Option<String>,
    #[serde(default)]
    pub fingerprint: Option<String>,
    #[serde(default)]
    pub handle: Option<String>,
    #[serde(default)]
    pub identity: Option<Identity>,
    /// What discovery kept for the app.
    #[serde(default)]
    pub details: Value,
    pub added_at: DateTime<Utc>,
    /// Newest first.
    #[serde(default)]
    pub history: Vec<HistoryLine>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryLine {
    pub at: DateTime<Utc>,
    pub position: u64,
    pub actor: String,
    /// The event's type.
    pub event: String,
    pub summary: String,
}

impl ConnectionView {
    /// Puts a line on top of the history and drops the oldest beyond the bound.
    pub fn remember(&mut self, line: HistoryLine) {
        self.history.insert(0, line);
        self.history.truncate(HISTORY_LINES_MAX);
    }
}
