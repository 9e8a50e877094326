use domain::ids::ScenarioId;
use domain::scenario::{ScenarioCommand, Scenarios};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Body, Caller, Done, Id, Shared, State};
use crate::names;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameScenario {
    pub name: String,
}

/// Renames a scenario.
#[utoipa::path(
    post,
    path = "/api/v1/scenarios/{id}/rename",
    tag = "scenarios",
    operation_id = "rename_scenario",
    params(("id" = String, Path, description = "Begins with sc_")),
    request_body = RenameScenario,
    responses((status = 200, body = Done))
)]
pub async fn rename(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ScenarioId>,
    body: Body<RenameScenario>,
) -> Answer<Done> {
    let command = ScenarioCommand::Rename { name: names::checked(&body.value.name)? };
    let committed = api.execute::<Scenarios>(id.as_str(), command, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
