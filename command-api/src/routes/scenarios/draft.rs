use domain::ids::ScenarioId;
use domain::scenario::check::Problem as GraphProblem;
use domain::scenario::graph::Graph;
use domain::scenario::{ScenarioCommand, Scenarios};
use domain::views::{CONNECTIONS, MAPPINGS, SCENARIOS};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::endpoint::{Answer, Body, Caller, Done, Id, Json, Problem, Shared, State};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The draft that was edited; a stale one is refused.
    expected: u64,
    #[schema(value_type = Object)]
    graph: Value,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Publishing {
    /// The draft that is meant; the newest when nobody says.
    #[serde(default)]
    draft: Option<u64>,
    #[serde(default)]
    note: Option<String>,
}

/// Saves a draft. It may be incomplete; publishing is where it must be sound.
#[utoipa::path(
    put,
    path = "/api/v1/scenarios/{id}/draft",
    tag = "scenarios",
    params(("id" = String, Path, description = "Begins with sc_")),
    request_body = Draft,
    responses((status = 200, body = Done))
)]
pub async fn save(
    State(api): State<Shared>,
    caller: Caller,
    id: Id<ScenarioId>,
    body: Body<Draft>,
) -> Answer<Done> {
    let Draft { expected, graph } = body.value;
    Graph::parse(&graph).map_err(|problems| graph_problems(&problems))?;
    let command = ScenarioCommand::SaveDraft { expected: Some(expected), graph };
    let committed = api.execute::<Scenarios>(id.0.as_str(), command, &caller).await?;
    Ok(Done::new(id.0.as_str(), committed.position, committed.changed))
}

/// Says everything that is wrong with the draft: which node, which field, what to do.
#[utoipa::path(
    post,
    path = "/api/v1/scenarios/{id}/validate",
    tag = "scenarios",
    params(("id" = String, Path, description = "Begins with sc_")),
    request_body = Nothing,
    responses((status = 200, body = Object))
)]
pub async fn validate(State(api): State<Shared>, id: Id<ScenarioId>, _body: Body<Nothing>) -> Answer<Value> {
    for view in [&SCENARIOS, &CONNECTIONS, &MAPPINGS] {
        api.fresh(view).await?;
    }
    let scenario = api.scenario(&id.0).await?;
    let problems = match Graph::parse(&scenario.draft_graph) {
        Ok(graph) => api.check(&graph).await?,
        Err(problems) => problems,
    };
    let can_publish = !problems.iter().any(GraphProblem::is_error);
    Ok(Json(json!({ "draft": scenario.draft, "can_publish": can_publish, "problems": problems })))
}

/// Publishes the draft as the next version, with every mapping pinned. Refused unless it can run.
#[utoipa::path(
    post,
    path = "/api/v1/scenarios/{id}/publish",
    tag = "scenarios",
    params(("id" = String, Path, description = "Begins with sc_")),
    request_body = Publishing,
    responses((status = 200, body = Done))
)]
pub async fn publish(
    State(api): State<Shared>,
    caller: Caller,
    id: Id<ScenarioId>,
    body: Body<Publishing>,
) -> Answer<Done> {
    for view in [&SCENARIOS, &CONNECTIONS, &MAPPINGS] {
        api.fresh(view).await?;
    }
    let scenario = api.scenario(&id.0).await?;
    let graph = Graph::parse(&scenario.draft_graph).map_err(|problems| graph_problems(&problems))?;
    let looked = api.look_up(&graph).await?;
    let problems = domain::scenario::check::check(&graph, &looked);
    if problems.iter().any(GraphProblem::is_error) {
        return Err(graph_problems(&problems));
    }
    let note = body.value.note.unwrap_or_default().chars().take(1_000).collect();
    let command = ScenarioCommand::Publish {
        draft: body.value.draft.unwrap_or(scenario.draft),
        graph: looked.pinned(scenario.draft_graph),
        note,
    };
    let committed = api.execute::<Scenarios>(id.0.as_str(), command, &caller).await?;
    Ok(Done::new(id.0.as_str(), committed.position, committed.changed))
}

/// All problems of a graph; the first error is the title.
pub fn graph_problems(problems: &[GraphProblem]) -> Problem {
    let first = problems.iter().find(|problem| problem.is_error()).or(problems.first());
    let (detail, remedy) = first.map_or_else(
        || ("the graph cannot be run".to_owned(), "correct it and try again".to_owned()),
        |problem| (problem.message.clone(), problem.remedy.clone()),
    );
    let problem = Problem::invalid("INVALID_GRAPH", detail, remedy);
    let problem = match first.and_then(|problem| problem.node.as_ref()) {
        Some(node) => problem.at(node.as_str()),
        None => problem,
    };
    problem.with(problems.iter().map(|problem| json!(problem)).collect())
}
