use domain::ids::RunId;
use domain::views::{RUNS, RunView};

use super::document::Run;
use crate::endpoint::{Answer, Id, Json, Params, Problem, ReadParams, Shared, State};

/// One run.
#[utoipa::path(
    get,
    path = "/api/v1/runs/{id}",
    tag = "runs",
    operation_id = "show_run",
    params(("id" = String, Path, description = "Begins with rn_"), ReadParams),
    responses((status = 200, body = Run))
)]
pub async fn show(
    State(api): State<Shared>,
    Id(id): Id<RunId>,
    Params(params): Params<ReadParams>,
) -> Answer<Run> {
    api.shown(&RUNS, params.min_position).await?;
    let found: Option<RunView> = api.find(&RUNS, id.as_str()).await?;
    found.map(|view| Json(view.into())).ok_or_else(|| Problem::not_found("run"))
}
