use domain::ids::ScenarioId;
use domain::scenario::check::{self, Problem as GraphProblem};
use domain::scenario::{ScenarioCommand, Scenarios};
use serde::Deserialize;
use utoipa::ToSchema;

use super::graph;
use crate::endpoint::{Answer, Body, Caller, Done, Id, Problem, Shared, State};

/// Longest note, in characters.
const NOTE_CHARS_MAX: usize = 2_000;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// The draft that is meant; a stale one is refused with 409. The newest when absent.
    pub draft: Option<u64>,
    /// What has changed, for people.
    #[serde(default)]
    pub note: String,
}

/// Publishes the draft as the next version, with every mapping pinned to its newest revision. Refused with all
/// problems unless it can run.
#[utoipa::path(
    post,
    path = "/api/v1/scenarios/{id}/publish",
    tag = "scenarios",
    operation_id = "publish_scenario",
    params(("id" = String, Path, description = "Begins with sc_")),
    request_body = Publish,
    responses((status = 200, body = Done))
)]
pub async fn publish(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ScenarioId>,
    body: Body<Publish>,
) -> Answer<Done> {
    let Publish { draft, note } = body.value;
    if note.chars().count() > NOTE_CHARS_MAX {
        return Err(
            Problem::invalid("TOO_LONG", "a note has at most 2000 characters", "shorten it").at("note")
        );
    }
    let view = api.scenario(&id).await?;
    let draft = draft.unwrap_or(view.draft);
    if view.draft != draft {
        return Err(Problem::conflict(
            "STALE_DRAFT",
            format!("the draft was changed meanwhile; it is now number {}", view.draft),
            "load the draft again, look at it and publish",
        )
        .at("draft"));
    }
    let parsed = graph(&view.draft_graph)?;
    let looked = api.look_up(&parsed).await?;
    let problems = check::check(&parsed, &looked);
    if problems.iter().any(GraphProblem::is_error) {
        return Err(problems.into());
    }
    let graph = looked.pinned(view.draft_graph);
    let command = ScenarioCommand::Publish { draft, graph, note };
    let committed = api.execute::<Scenarios>(id.as_str(), command, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
