use domain::ids::ScenarioId;
use domain::scenario::{ScenarioCommand, Scenarios};

use crate::endpoint::{Answer, Caller, Done, Id, Shared, State};

/// Deletes a scenario. Its runs and what they imported stay; its mappings, too.
#[utoipa::path(
    delete,
    path = "/api/v1/scenarios/{id}",
    tag = "scenarios",
    operation_id = "delete_scenario",
    params(("id" = String, Path, description = "Begins with sc_")),
    responses((status = 200, body = Done))
)]
pub async fn delete(State(api): State<Shared>, caller: Caller, Id(id): Id<ScenarioId>) -> Answer<Done> {
    let committed = api.execute::<Scenarios>(id.as_str(), ScenarioCommand::Delete, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
