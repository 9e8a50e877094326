use domain::ids::ScenarioId;
use domain::scenario::{ScenarioCommand, Scenarios};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::endpoint::{Body, Caller, Created, Done, Id, Shared, State};
use crate::names;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Duplicate {
    /// `Copy of …` when absent.
    pub name: Option<String>,
}

/// Makes another scenario with this one's draft. Its mappings are the same ones; it is not published.
#[utoipa::path(
    post,
    path = "/api/v1/scenarios/{id}/duplicate",
    tag = "scenarios",
    operation_id = "duplicate_scenario",
    params(("id" = String, Path, description = "Begins with sc_")),
    request_body = Duplicate,
    responses((status = 201, body = Done))
)]
pub async fn duplicate(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ScenarioId>,
    body: Body<Duplicate>,
) -> Created<Done> {
    let Body { value: wanted, once } = body;
    let view = api.scenario(&id).await?;
    let copied = || format!("Copy of {}", view.name).chars().take(names::NAME_CHARS_MAX).collect();
    let name = names::checked(&wanted.name.unwrap_or_else(copied))?;
    let copy = ScenarioId::new(&once.id(&*api.context.ids));
    let mut commands = vec![ScenarioCommand::Create { name, template: view.template }];
    if view.draft > 0 {
        commands.push(ScenarioCommand::SaveDraft { expected: None, graph: view.draft_graph });
    }
    let begun = api.begin::<Scenarios>(copy.as_str(), commands, &once.mark(caller.meta()))?;
    let position = api.create(vec![begun], &once).await?;
    Ok(Done::created(copy.as_str(), position))
}
