//! Scenarios and mappings as people see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ViewSpec, text};
use crate::scenario::graph::{Graph, NodeKind, TriggerOn};
use crate::scenario::schedule::Schedule;

/// Key: scenario id.
pub const SCENARIOS: ViewSpec = ViewSpec { name: "scenarios", version: 1, columns: &[text("name")] };

/// Key: mapping id.
pub const MAPPINGS: ViewSpec =
    ViewSpec { name: "mappings", version: 1, columns: &[text("name"), text("entity")] };

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioView {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub template: Option<String>,
    pub off: bool,
    /// Number of the newest draft; 0 before the first save.
    pub draft: u64,
    #[serde(default)]
    pub draft_graph: Value,
    /// Newest published version; 0 before the first.
    pub version: u64,
    #[serde(default)]
    pub version_graph: Value,
    pub versions: Vec<VersionLine>,
    pub created_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
}

impl ScenarioView {
    /// When it starts by itself: published, on, and with a trigger that names times. A graph that cannot be read has
    /// none; its own check says what is wrong with it.
    pub fn schedule(&self) -> Option<Schedule> {
        if self.off || self.version == 0 {
            return None;
        }
        let graph = Graph::parse(&self.version_graph).ok()?;
        graph.nodes.iter().find_map(|node| match &node.kind {
            NodeKind::Trigger { on: TriggerOn::Schedule, cron: Some(cron), zone } => {
                Schedule::parse(cron, zone.as_deref()).ok()
            }
            _ => None,
        })
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionLine {
    pub version: u64,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MappingView {
    pub id: String,
    pub name: String,
    pub app: String,
    pub resource: String,
    pub entity: String,
    /// 0 before the first save.
    pub revision: u64,
    #[serde(default)]
    pub definition: Value,
    pub revisions: Vec<RevisionLine>,
    pub created_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RevisionLine {
    pub revision: u64,
    pub at: DateTime<Utc>,
    pub actor: String,
}
