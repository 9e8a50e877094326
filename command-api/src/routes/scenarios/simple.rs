//! Commands on a scenario that need little or no input.

use domain::ids::ScenarioId;
use domain::scenario::{ScenarioCommand, Scenarios};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::context::Api;
use crate::endpoint::{Answer, Body, Caller, Done, Id, Shared, State};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    #[serde(default)]
    reason: Option<String>,
}

/// Lets a scenario run again.
#[utoipa::path(
    post,
    path = "/api/v1/scenarios/{id}/turn-on",
    tag = "scenarios",
    params(("id" = String, Path, description = "Begins with sc_")),
    request_body = Nothing,
    responses((status = 200, body = Done))
)]
pub async fn turn_on(
    State(api): State<Shared>,
    caller: Caller,
    id: Id<ScenarioId>,
    _body: Body<Nothing>,
) -> Answer<Done> {
    command(&api, &caller, &id, ScenarioCommand::TurnOn).await
}

/// Keeps a scenario from running; what runs goes on to its end.
#[utoipa::path(
    post,
    path = "/api/v1/scenarios/{id}/turn-off",
    tag = "scenarios",
    params(("id" = String, Path, description = "Begins with sc_")),
    request_body = Reason,
    responses((status = 200, body = Done))
)]
pub async fn turn_off(
    State(api): State<Shared>,
    caller: Caller,
    id: Id<ScenarioId>,
    body: Body<Reason>,
) -> Answer<Done> {
    let reason = body.value.reason.unwrap_or_else(|| "by hand".to_owned()).chars().take(500).collect();
    command(&api, &caller, &id, ScenarioCommand::TurnOff { reason }).await
}

/// Deletes a scenario. Its runs and what they imported stay.
#[utoipa::path(
    delete,
    path = "/api/v1/scenarios/{id}",
    tag = "scenarios",
    params(("id" = String, Path, description = "Begins with sc_")),
    responses((status = 200, body = Done))
)]
pub async fn delete(State(api): State<Shared>, caller: Caller, id: Id<ScenarioId>) -> Answer<Done> {
    command(&api, &caller, &id, ScenarioCommand::Delete).await
}

async fn command(api: &Api, caller: &Caller, id: &Id<ScenarioId>, command: ScenarioCommand) -> Answer<Done> {
    let committed = api.execute::<Scenarios>(id.0.as_str(), command, caller).await?;
    Ok(Done::new(id.0.as_str(), committed.position, committed.changed))
}
