use domain::decider::Decider as _;
use domain::ids::{RunId, ScenarioId};
use domain::run::{RunCommand, RunMode, RunStarted, Runs, Trigger};
use domain::scenario::check::{self, Problem as GraphProblem};
use domain::views::ScenarioView;
use engine::{Position, StreamName};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::graph;
use super::turn::not_published;
use crate::context::Api;
use crate::endpoint::{Body, Caller, Created, Id, Json, Problem, Shared, State, StatusCode};

/// Most records that a limit may name.
const LIMIT_MAX: u64 = 10_000_000;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartRun {
    /// Everything but the writing.
    #[serde(default)]
    pub dry_run: bool,
    /// Stop after this many records of each fetch.
    pub limit: Option<u64>,
    /// Run the draft instead of the published version; only with `dry_run`.
    #[serde(default)]
    pub draft: bool,
}

#[derive(Serialize, ToSchema)]
pub struct RunAccepted {
    /// The run.
    pub id: String,
    /// The same.
    pub run: String,
    /// Ask a read with this as `min_position` to see the run.
    pub position: Position,
}

/// Starts a run. It goes on in the background; ask for it by its id, or listen to the stream.
#[utoipa::path(
    post,
    path = "/api/v1/scenarios/{id}/runs",
    tag = "runs",
    operation_id = "start_run",
    params(("id" = String, Path, description = "Begins with sc_")),
    request_body = StartRun,
    responses((status = 202, body = RunAccepted))
)]
pub async fn start_run(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ScenarioId>,
    body: Body<StartRun>,
) -> Created<RunAccepted> {
    let Body { value: wanted, once } = body;
    let run = RunId::new(&once.id(&*api.context.ids));
    let stream = StreamName::new(Runs::CATEGORY, &run);
    if let Some(position) = api.created_before(&stream, &once).await? {
        return Ok(accepted(&run, position));
    }
    if wanted.limit.is_some_and(|limit| !(1..=LIMIT_MAX).contains(&limit)) {
        let detail = format!("a limit is 1 to {LIMIT_MAX}");
        return Err(Problem::invalid("INVALID_LIMIT", detail, "leave it out for everything").at("limit"));
    }
    let view = api.scenario(&id).await?;
    let (version, graph) = what(&api, view, &wanted).await?;
    let started = RunStarted {
        scenario: id,
        version,
        graph,
        mode: if wanted.dry_run { RunMode::DryRun } else { RunMode::Apply },
        trigger: Trigger::Manual,
        limit: wanted.limit,
        recall: None,
    };
    let begun =
        api.begin::<Runs>(run.as_str(), vec![RunCommand::Start(started)], &once.mark(caller.meta()))?;
    let position = api.create(vec![begun], &once).await?;
    Ok(accepted(&run, position))
}

pub fn accepted(run: &RunId, position: Position) -> (StatusCode, Json<RunAccepted>) {
    (StatusCode::ACCEPTED, Json(RunAccepted { id: run.to_string(), run: run.to_string(), position }))
}

/// The version and graph that are to be run, if they may be.
async fn what(api: &Api, view: ScenarioView, wanted: &StartRun) -> Result<(u64, Value), Problem> {
    let (version, document) = match (wanted.draft, wanted.dry_run) {
        (true, true) => (0, view.draft_graph),
        (true, false) => {
            return Err(Problem::invalid(
                "DRAFT_IS_DRY",
                "a draft can only be run as a dry run",
                "publish the scenario, or add dry_run",
            )
            .at("draft"));
        }
        (false, _) if view.version == 0 => return Err(not_published(&view.name)),
        (false, _) if view.off => {
            return Err(Problem::conflict(
                "SCENARIO_OFF",
                format!("the scenario {} is turned off", view.name),
                "turn it on first",
            ));
        }
        (false, _) => (view.version, view.version_graph),
    };
    let parsed = graph(&document)?;
    let looked = api.look_up(&parsed).await?;
    if wanted.draft {
        let problems = check::check(&parsed, &looked);
        if problems.iter().any(GraphProblem::is_error) {
            return Err(problems.into());
        }
    }
    match looked.not_usable(&parsed) {
        Some(problem) => Err(problem),
        None => Ok((version, document)),
    }
}
