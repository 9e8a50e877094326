use domain::ids::ScenarioId;
use domain::scenario::{ScenarioCommand, Scenarios};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::graph;
use crate::endpoint::{Answer, Body, Caller, Done, Id, Shared, State};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveDraft {
    /// The draft that was edited; a stale one is refused with 409.
    pub expected: u64,
    #[schema(value_type = Object)]
    pub graph: Value,
}

/// Saves a scenario's draft. It may be half done; what is wrong with it says `validate`.
#[utoipa::path(
    put,
    path = "/api/v1/scenarios/{id}/draft",
    tag = "scenarios",
    operation_id = "save_draft",
    params(("id" = String, Path, description = "Begins with sc_")),
    request_body = SaveDraft,
    responses((status = 200, body = Done))
)]
pub async fn save_draft(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ScenarioId>,
    body: Body<SaveDraft>,
) -> Answer<Done> {
    let SaveDraft { expected, graph: document } = body.value;
    graph(&document)?;
    let command = ScenarioCommand::SaveDraft { expected: Some(expected), graph: document };
    let committed = api.execute::<Scenarios>(id.as_str(), command, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
