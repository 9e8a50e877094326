use domain::ids::RunId;
use domain::run::{RunCommand, Runs};

use crate::endpoint::{Answer, Caller, Done, Id, Shared, State};

/// Lets a run do what it has shown that it would do.
#[utoipa::path(
    post,
    path = "/api/v1/runs/{id}/approve",
    tag = "runs",
    operation_id = "approve_run",
    params(("id" = String, Path, description = "Begins with rn_")),
    responses((status = 200, body = Done))
)]
pub async fn approve(State(api): State<Shared>, caller: Caller, Id(id): Id<RunId>) -> Answer<Done> {
    let committed = api.execute::<Runs>(id.as_str(), RunCommand::Approve, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
