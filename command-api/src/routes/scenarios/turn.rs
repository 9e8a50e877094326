//! On and off are two verbs of one switch.

use domain::ids::ScenarioId;
use domain::scenario::{ScenarioCommand, Scenarios};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Body, Caller, Done, Id, Problem, Shared, State};
use crate::names;

/// Lets a published scenario be run.
#[utoipa::path(
    post,
    path = "/api/v1/scenarios/{id}/turn-on",
    tag = "scenarios",
    operation_id = "turn_on_scenario",
    params(("id" = String, Path, description = "Begins with sc_")),
    responses((status = 200, body = Done))
)]
pub async fn turn_on(State(api): State<Shared>, caller: Caller, Id(id): Id<ScenarioId>) -> Answer<Done> {
    let view = api.scenario(&id).await?;
    if view.version == 0 {
        return Err(not_published(&view.name));
    }
    let committed = api.execute::<Scenarios>(id.as_str(), ScenarioCommand::TurnOn, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TurnOff {
    /// Why, for whoever finds it off.
    pub reason: Option<String>,
}

/// Keeps a scenario from being run. Running runs come to their end.
#[utoipa::path(
    post,
    path = "/api/v1/scenarios/{id}/turn-off",
    tag = "scenarios",
    operation_id = "turn_off_scenario",
    params(("id" = String, Path, description = "Begins with sc_")),
    request_body = TurnOff,
    responses((status = 200, body = Done))
)]
pub async fn turn_off(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ScenarioId>,
    body: Body<TurnOff>,
) -> Answer<Done> {
    let reason = names::checked_reason(body.value.reason, "turned off by hand")?;
    let committed =
        api.execute::<Scenarios>(id.as_str(), ScenarioCommand::TurnOff { reason }, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}

pub fn not_published(name: &str) -> Problem {
    Problem::conflict(
        "NOT_PUBLISHED",
        format!("the scenario {name} has no published version"),
        "publish its draft first; until then it can be tried with draft and dry_run",
    )
}
