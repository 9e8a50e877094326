use domain::ids::ScenarioId;
use domain::scenario::Scenarios;
use domain::views::{SCENARIOS, ScenarioView};

use super::Scenario;
use crate::endpoint::{Answer, Id, Json, Params, Problem, Shared, State};
use crate::past::ReadAt;

/// One scenario with its draft and its published graph; with `at`, as it was then, also one that was deleted since. What
/// it did is told of now only.
#[utoipa::path(
    get,
    path = "/api/v1/scenarios/{id}",
    tag = "scenarios",
    operation_id = "show_scenario",
    params(("id" = String, Path, description = "Begins with sc_"), ReadAt),
    responses((status = 200, body = Scenario))
)]
pub async fn show(
    State(api): State<Shared>,
    Id(id): Id<ScenarioId>,
    Params(params): Params<ReadAt>,
) -> Answer<Scenario> {
    api.shown(&SCENARIOS, params.min_position).await?;
    let missing = || Problem::not_found("scenario");
    let then = api.then::<Scenarios, ScenarioView>(&SCENARIOS, id.as_str(), params.at.as_deref()).await?;
    if let Some((found, position)) = then {
        let shown = Scenario::at(api.context.clock.now(), found.ok_or_else(missing)?);
        return Ok(Json(Scenario { next_run_at: None, as_of: Some(position), ..shown }));
    }
    let found: Option<ScenarioView> = api.find(&SCENARIOS, id.as_str()).await?;
    let mut shown = [Scenario::at(api.context.clock.now(), found.ok_or_else(missing)?)];
    api.tell_activity(&mut shown).await?;
    let [scenario] = shown;
    Ok(Json(scenario))
}
