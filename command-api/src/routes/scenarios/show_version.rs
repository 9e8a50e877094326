use axum::extract::Path;
use chrono::{DateTime, Utc};
use domain::decider::Decider as _;
use domain::ids::ScenarioId;
use domain::scenario::{ScenarioEvent, Scenarios};
use engine::{StreamName, history};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::context::Api;
use crate::endpoint::{Answer, Json, Params, Problem, ReadParams, Shared, State};

/// Events read in one step.
const STEP_EVENTS: usize = 500;

/// A published version, as it was published.
#[derive(Serialize, ToSchema)]
pub struct ScenarioVersion {
    pub scenario: String,
    pub version: u64,
    #[schema(value_type = Object)]
    pub graph: Value,
    pub note: String,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub position: u64,
}

/// One published version.
#[utoipa::path(
    get,
    path = "/api/v1/scenarios/{id}/versions/{version}",
    tag = "scenarios",
    operation_id = "show_scenario_version",
    params(
        ("id" = String, Path, description = "Begins with sc_"),
        ("version" = u64, Path, description = "Counts from 1"),
        ReadParams
    ),
    responses((status = 200, body = ScenarioVersion))
)]
pub async fn show_version(
    State(api): State<Shared>,
    Path((id, version)): Path<(String, u64)>,
    _params: Params<ReadParams>,
) -> Answer<ScenarioVersion> {
    let id = ScenarioId::parse(&id)?;
    Ok(Json(version_graph(&api, &id, version).await?))
}

/// A published version, from the log itself.
pub async fn version_graph(api: &Api, id: &ScenarioId, version: u64) -> Result<ScenarioVersion, Problem> {
    let stream = StreamName::new(Scenarios::CATEGORY, id);
    let mut from = 0;
    loop {
        let events = api.context.executor.store.read_stream(&stream, from, STEP_EVENTS).await?;
        let read = events.len() as u64;
        for event in events {
            if let ScenarioEvent::Published(published) = history::decode(&event)?
                && published.version == version
            {
                return Ok(ScenarioVersion {
                    scenario: id.to_string(),
                    version,
                    graph: published.graph,
                    note: published.note,
                    at: event.recorded_at,
                    actor: event.meta.actor.0,
                    position: event.position,
                });
            }
        }
        if read < STEP_EVENTS as u64 {
            return Err(Problem::not_found("version of the scenario"));
        }
        from += read;
    }
}
