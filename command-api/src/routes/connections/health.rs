use chrono::{DateTime, Utc};
use domain::connection::{ConnectionEvent, Connections, Health, Stage, StageResult};
use domain::decider::Decider as _;
use domain::ids::ConnectionId;
use engine::{Recorded, StreamName, history};
use serde::Serialize;
use utoipa::ToSchema;

use crate::context::Api;
use crate::endpoint::{Answer, Id, Json, Problem, Shared, State};
use crate::schema;

/// Newest events of a connection looked through.
const EVENTS_MAX: u64 = 500;
/// Tests shown.
const TESTS_MAX: usize = 100;

#[derive(Serialize, ToSchema)]
pub struct HealthHistory {
    /// Newest first, at most 100.
    pub items: Vec<HealthLine>,
}

/// One test.
#[derive(Serialize, ToSchema)]
pub struct HealthLine {
    pub at: DateTime<Utc>,
    pub position: u64,
    pub actor: String,
    #[schema(value_type = schema::Health)]
    pub health: Health,
    /// All stages together.
    pub took_ms: u64,
    /// The stages that did not pass.
    #[schema(value_type = Vec<schema::Stage>)]
    pub stages: Vec<Stage>,
}

/// How a connection did in its newest tests.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}/health",
    tag = "connections",
    operation_id = "show_connection_health",
    params(("id" = String, Path, description = "Begins with cn_")),
    responses((status = 200, body = HealthHistory))
)]
pub async fn health(State(api): State<Shared>, Id(id): Id<ConnectionId>) -> Answer<HealthHistory> {
    api.connection(&id).await?;
    let stream = StreamName::new(Connections::CATEGORY, &id);
    let mut items = vec![];
    for event in api.newest_events(&stream, EVENTS_MAX).await?.into_iter().rev() {
        if items.len() == TESTS_MAX {
            break;
        }
        let ConnectionEvent::Tested(tested) = history::decode(&event)? else { continue };
        let mut stages = tested.stages;
        let took_ms = stages.iter().map(|stage| stage.millis).sum();
        stages.retain(|stage| matches!(stage.result, StageResult::Failed | StageResult::Warned));
        items.push(HealthLine {
            at: event.recorded_at,
            position: event.position,
            actor: event.meta.actor.0,
            health: tested.health,
            took_ms,
            stages,
        });
    }
    Ok(Json(HealthHistory { items }))
}

impl Api {
    /// The newest events of a stream, oldest first.
    pub async fn newest_events(&self, stream: &StreamName, most: u64) -> Result<Vec<Recorded>, Problem> {
        let store = &self.context.executor.store;
        let last = store.read_last(std::slice::from_ref(stream)).await?.pop().flatten();
        let Some(last) = last else { return Ok(vec![]) };
        let from = (last.revision + 1).saturating_sub(most);
        Ok(store.read_stream(stream, from, usize::try_from(most).unwrap_or(usize::MAX)).await?)
    }
}
