use domain::ids::ScenarioId;
use domain::views::{SCENARIOS, ScenarioView};

use super::Scenario;
use crate::endpoint::{Answer, Id, Json, Params, Problem, ReadParams, Shared, State};

/// One scenario with its draft and its published graph.
#[utoipa::path(
    get,
    path = "/api/v1/scenarios/{id}",
    tag = "scenarios",
    operation_id = "show_scenario",
    params(("id" = String, Path, description = "Begins with sc_"), ReadParams),
    responses((status = 200, body = Scenario))
)]
pub async fn show(
    State(api): State<Shared>,
    Id(id): Id<ScenarioId>,
    Params(params): Params<ReadParams>,
) -> Answer<Scenario> {
    api.shown(&SCENARIOS, params.min_position).await?;
    let found: Option<ScenarioView> = api.find(&SCENARIOS, id.as_str()).await?;
    let mut shown =
        [Scenario::at(api.context.clock.now(), found.ok_or_else(|| Problem::not_found("scenario"))?)];
    api.tell_activity(&mut shown).await?;
    let [scenario] = shown;
    Ok(Json(scenario))
}
