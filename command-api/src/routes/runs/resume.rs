use domain::ids::RunId;
use domain::run::{RunCommand, Runs};

use crate::endpoint::{Answer, Caller, Done, Id, Shared, State};

/// Lets a paused run go on where it stopped.
#[utoipa::path(
    post,
    path = "/api/v1/runs/{id}/resume",
    tag = "runs",
    operation_id = "resume_run",
    params(("id" = String, Path, description = "Begins with rn_")),
    responses((status = 200, body = Done))
)]
pub async fn resume(State(api): State<Shared>, caller: Caller, Id(id): Id<RunId>) -> Answer<Done> {
    let committed = api.execute::<Runs>(id.as_str(), RunCommand::Resume, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
