use domain::decider::Decider as _;
use domain::ids::RunId;
use domain::run::{Recall, RunCommand, RunMode, RunStarted, Runs, Scope};
use domain::views::{RUNS, RunPhaseView, RunView};
use engine::StreamName;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::endpoint::{Body, Caller, Created, Id, Problem, Shared, State};
use crate::routes::{RunAccepted, accepted};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewRun {}

/// Shows item by item what a run that waits for approval would do: the same run once more, without writing.
#[utoipa::path(
    post,
    path = "/api/v1/runs/{id}/preview",
    tag = "runs",
    operation_id = "preview_run",
    params(("id" = String, Path, description = "Begins with rn_")),
    request_body = PreviewRun,
    responses((status = 202, body = RunAccepted))
)]
pub async fn preview(
    State(api): State<Shared>,
    caller: Caller,
    Id(of): Id<RunId>,
    body: Body<PreviewRun>,
) -> Created<RunAccepted> {
    let once = body.once;
    let run = RunId::new(&once.id(&*api.context.ids));
    if let Some(position) = api.created_before(&StreamName::new(Runs::CATEGORY, &run), &once).await? {
        return Ok(accepted(&run, position));
    }
    api.fresh(&RUNS).await?;
    let view: Option<RunView> = api.find(&RUNS, of.as_str()).await?;
    let view = view.ok_or_else(|| Problem::not_found("run"))?;
    if view.phase != RunPhaseView::AwaitingApproval {
        let remedy = "look at the run's items; what it did stands there";
        return Err(Problem::conflict("NOT_WAITING", "the run does not wait for approval", remedy));
    }
    let before = api.run_started(&of).await?;
    let recall = before.recall.map(|recall| match recall {
        Recall::Reimport(scope) => Recall::Reimport(Scope { preview: None, ..scope }),
        other => other,
    });
    let started = RunStarted { mode: RunMode::DryRun, recall, ..before };
    let begun =
        api.begin::<Runs>(run.as_str(), vec![RunCommand::Start(started)], &once.mark(caller.meta()))?;
    let position = api.create(vec![begun], &once).await?;
    Ok(accepted(&run, position))
}
