use chrono::{DateTime, Utc};
use domain::views::{ScenarioView, VersionLine};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::activity::{LastRun, ScenarioDay};
use crate::schema;

#[derive(Serialize, ToSchema)]
pub struct Scenario {
    pub id: String,
    pub name: String,
    pub template: Option<String>,
    /// Turned off: nothing starts it.
    pub off: bool,
    /// Number of the newest draft; the next save must name it. 0 before the first.
    pub draft: u64,
    #[schema(value_type = Object)]
    pub draft_graph: Value,
    /// Newest published version; 0 before the first.
    pub version: u64,
    #[schema(value_type = Object)]
    pub version_graph: Value,
    /// Newest first.
    #[schema(value_type = Vec<schema::VersionLine>)]
    pub versions: Vec<VersionLine>,
    pub created_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    /// The newest run that wrote.
    pub last_run: Option<LastRun>,
    /// The last seven days, oldest first; empty where it is not told.
    pub week: Vec<ScenarioDay>,
    /// When a schedule starts it next; absent without one.
    pub next_run_at: Option<DateTime<Utc>>,
    /// The position that was asked for; absent for now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<u64>,
}

impl Scenario {
    /// As it is at a time.
    pub fn at(now: DateTime<Utc>, view: ScenarioView) -> Self {
        Self {
            next_run_at: view.schedule().and_then(|schedule| schedule.next(now)),
            id: view.id,
            name: view.name,
            template: view.template,
            off: view.off,
            draft: view.draft,
            draft_graph: view.draft_graph,
            version: view.version,
            version_graph: view.version_graph,
            versions: view.versions,
            created_at: view.created_at,
            changed_at: view.changed_at,
            last_run: None,
            week: vec![],
            as_of: None,
        }
    }
}
