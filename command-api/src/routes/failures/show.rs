use domain::ids::FailureId;
use domain::views::{FAILURES, FailureView};

use super::document::Failure;
use crate::endpoint::{Answer, Id, Json, Params, Problem, ReadParams, Shared, State};

/// One failure.
#[utoipa::path(
    get,
    path = "/api/v1/failures/{id}",
    tag = "failures",
    operation_id = "show_failure",
    params(("id" = String, Path, description = "Begins with fl_"), ReadParams),
    responses((status = 200, body = Failure))
)]
pub async fn show(
    State(api): State<Shared>,
    Id(id): Id<FailureId>,
    Params(params): Params<ReadParams>,
) -> Answer<Failure> {
    api.shown(&FAILURES, params.min_position).await?;
    let found: Option<FailureView> = api.find(&FAILURES, id.as_str()).await?;
    found.map(|view| Json(view.into())).ok_or_else(|| Problem::not_found("failure"))
}
