use domain::ids::{RunId, ScenarioId};
use domain::run::{RunCommand, RunMode, RunStarted, Runs, Trigger};
use domain::scenario::check::Problem as GraphProblem;
use domain::scenario::graph::Graph;
use domain::views::{CONNECTIONS, MAPPINGS, SCENARIOS, ScenarioView};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::draft::graph_problems;
use crate::context::Api;
use crate::endpoint::{Body, Caller, Created, Id, Json, Problem, Shared, State, StatusCode};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRun {
    /// Everything but the writing.
    #[serde(default)]
    dry_run: bool,
    /// Stop after so many records of each fetch.
    #[serde(default)]
    limit: Option<u64>,
    /// Try the draft instead of the published version; only as a dry run.
    #[serde(default)]
    draft: bool,
}

#[derive(Serialize, ToSchema)]
pub struct StartedRun {
    /// The run.
    id: String,
    position: u64,
}

/// Starts a run of the published version. The answer comes when it is on disk; the work is done after it.
#[utoipa::path(
    post,
    path = "/api/v1/scenarios/{id}/runs",
    tag = "scenarios",
    params(("id" = String, Path, description = "Begins with sc_")),
    request_body = NewRun,
    responses((status = 202, body = StartedRun))
)]
pub async fn start(
    State(api): State<Shared>,
    caller: Caller,
    id: Id<ScenarioId>,
    body: Body<NewRun>,
) -> Created<StartedRun> {
    for view in [&SCENARIOS, &CONNECTIONS, &MAPPINGS] {
        api.fresh(view).await?;
    }
    let new = body.value;
    let scenario = api.scenario(&id.0).await?;
    let graph = graph(&api, scenario, &new).await?;
    let (version, graph) = graph;
    let started = RunStarted {
        scenario: id.0.clone(),
        version,
        graph,
        mode: if new.dry_run { RunMode::DryRun } else { RunMode::Apply },
        trigger: Trigger::Manual,
        limit: new.limit,
    };
    let run = RunId::new(&body.once.id(&*api.context.ids));
    let meta = body.once.mark(caller.meta());
    let append = api.begin::<Runs>(run.as_str(), vec![RunCommand::Start(started)], &meta)?;
    let position = api.create(vec![append], &body.once).await?;
    Ok((StatusCode::ACCEPTED, Json(StartedRun { id: run.to_string(), position })))
}

/// What is to be run, if it can run now.
async fn graph(api: &Api, scenario: ScenarioView, new: &NewRun) -> Result<(u64, Value), Problem> {
    if scenario.off {
        return Err(Problem::conflict("SCENARIO_OFF", "the scenario is turned off", "turn it on first"));
    }
    if new.limit == Some(0) {
        return Err(
            Problem::invalid("INVALID_LIMIT", "a limit is at least 1", "leave it out for all").at("limit")
        );
    }
    let (version, document) = match (new.draft, scenario.version) {
        (true, _) if !new.dry_run => {
            return Err(Problem::invalid(
                "DRAFT_WRITES",
                "a draft can only be tried dry",
                "publish it first",
            )
            .at("draft"));
        }
        (true, _) => (0, scenario.draft_graph),
        (false, 0) => {
            return Err(Problem::conflict(
                "NOT_PUBLISHED",
                "the scenario was never published",
                "publish it first",
            ));
        }
        (false, version) => (version, scenario.version_graph),
    };
    let graph = Graph::parse(&document).map_err(|problems| graph_problems(&problems))?;
    let looked = api.look_up(&graph).await?;
    if let Some(refusal) = looked.not_usable(&graph) {
        return Err(refusal);
    }
    let problems = domain::scenario::check::check(&graph, &looked);
    if problems.iter().any(GraphProblem::is_error) {
        return Err(graph_problems(&problems));
    }
    Ok((version, looked.pinned(document)))
}
