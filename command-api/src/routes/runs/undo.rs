use domain::decider::Decider as _;
use domain::ids::RunId;
use domain::run::{Recall, RunCommand, RunMode, RunStarted, Runs, Trigger};
use domain::views::{RUNS, RunView};
use engine::StreamName;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::endpoint::{Body, Caller, Created, Id, Problem, Shared, State};
use crate::routes::{ReimportMode, RunAccepted, accepted};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoRun {
    /// `preview` says what would happen and writes nothing.
    pub mode: ReimportMode,
}

/// Takes back what a run wrote: what it created is removed, what it updated gets its values from before. Fields that
/// were changed since stay as they are, and are named. Large undos wait for `POST /api/v1/runs/{id}/approve`.
#[utoipa::path(
    post,
    path = "/api/v1/runs/{id}/undo",
    tag = "runs",
    operation_id = "undo_run",
    params(("id" = String, Path, description = "Begins with rn_")),
    request_body = UndoRun,
    responses((status = 202, body = RunAccepted))
)]
pub async fn undo(
    State(api): State<Shared>,
    caller: Caller,
    Id(of): Id<RunId>,
    body: Body<UndoRun>,
) -> Created<RunAccepted> {
    let Body { value: wanted, once } = body;
    let run = RunId::new(&once.id(&*api.context.ids));
    if let Some(position) = api.created_before(&StreamName::new(Runs::CATEGORY, &run), &once).await? {
        return Ok(accepted(&run, position));
    }
    api.fresh(&RUNS).await?;
    let view: Option<RunView> = api.find(&RUNS, of.as_str()).await?;
    let view = view.ok_or_else(|| Problem::not_found("run"))?;
    if view.mode == RunMode::DryRun {
        return Err(Problem::conflict("DRY_RUN", "a dry run writes nothing", "there is nothing to undo"));
    }
    if !view.phase.is_over() {
        let remedy = "wait for its end, or cancel it first";
        return Err(Problem::conflict("NOT_OVER", "the run is still under way", remedy));
    }
    let before = api.run_started(&of).await?;
    let started = RunStarted {
        mode: if wanted.mode == ReimportMode::Preview { RunMode::DryRun } else { RunMode::Apply },
        trigger: Trigger::Manual,
        limit: None,
        recall: Some(Recall::Undo { of }),
        ..before
    };
    let begun =
        api.begin::<Runs>(run.as_str(), vec![RunCommand::Start(started)], &once.mark(caller.meta()))?;
    let position = api.create(vec![begun], &once).await?;
    Ok(accepted(&run, position))
}
