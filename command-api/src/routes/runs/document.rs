use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::run::{Counts, Recall, RunMode};
use domain::views::{FetchView, Rating, RunPhaseView, RunView};
use serde::Serialize;
use utoipa::ToSchema;

use crate::schema;

#[derive(Serialize, ToSchema)]
pub struct Run {
    pub id: String,
    pub scenario: String,
    /// 0 for a dry run of a draft.
    pub version: u64,
    #[schema(value_type = schema::RunMode)]
    pub mode: RunMode,
    #[schema(value_type = schema::RunPhase)]
    pub phase: RunPhaseView,
    #[schema(value_type = schema::Counts)]
    pub counts: Counts,
    /// By fetch node.
    #[schema(value_type = BTreeMap<String, schema::Fetch>)]
    pub fetches: BTreeMap<String, FetchView>,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub actor: String,
    pub limit: Option<u64>,
    /// What kind of run it is: `import` asks the source, the others work on what was recorded.
    #[schema(value_type = schema::RunKind)]
    pub kind: &'static str,
    /// The run whose failures this one retries, if it is one.
    pub retry_of: Option<String>,
    /// The run that this one takes back, if it does.
    pub undo_of: Option<String>,
    /// The preview that this re-import carries out, if it does.
    pub preview: Option<String>,
    /// By node of the graph: what came to an end there. `read` counts what a fetch node brought.
    #[schema(value_type = BTreeMap<String, schema::Counts>)]
    pub nodes: BTreeMap<String, Counts>,
    /// What somebody said of it.
    #[schema(value_type = Option<schema::Rating>)]
    pub rating: Option<Rating>,
}

impl From<RunView> for Run {
    fn from(view: RunView) -> Self {
        Self {
            id: view.id,
            scenario: view.scenario,
            version: view.version,
            mode: view.mode,
            phase: view.phase,
            counts: view.counts,
            fetches: view.fetches,
            started_at: view.started_at,
            ended_at: view.ended_at,
            actor: view.actor,
            limit: view.limit,
            kind: view.recall.as_ref().map_or("import", Recall::word),
            retry_of: match &view.recall {
                Some(Recall::Retry { of: Some(of) }) => Some(of.to_string()),
                _ => None,
            },
            undo_of: match &view.recall {
                Some(Recall::Undo { of }) => Some(of.to_string()),
                _ => None,
            },
            preview: match &view.recall {
                Some(Recall::Reimport(scope)) => scope.preview.as_ref().map(ToString::to_string),
                _ => None,
            },
            nodes: view.nodes,
            rating: view.rating,
        }
    }
}
