use domain::ids::RunId;
use domain::run::{RunCommand, Runs};

use crate::endpoint::{Answer, Caller, Done, Id, Shared, State};

/// Pauses a run after the page it is at.
#[utoipa::path(
    post,
    path = "/api/v1/runs/{id}/pause",
    tag = "runs",
    operation_id = "pause_run",
    params(("id" = String, Path, description = "Begins with rn_")),
    responses((status = 200, body = Done))
)]
pub async fn pause(State(api): State<Shared>, caller: Caller, Id(id): Id<RunId>) -> Answer<Done> {
    let committed = api.execute::<Runs>(id.as_str(), RunCommand::Pause, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
