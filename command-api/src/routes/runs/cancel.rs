use domain::ids::RunId;
use domain::run::{RunCommand, Runs};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Body, Caller, Done, Id, Shared, State};
use crate::names;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelRun {
    /// Why, for whoever looks at the run.
    pub reason: Option<String>,
}

/// Ends a run after the page it is at. What was written stays.
#[utoipa::path(
    post,
    path = "/api/v1/runs/{id}/cancel",
    tag = "runs",
    operation_id = "cancel_run",
    params(("id" = String, Path, description = "Begins with rn_")),
    request_body = CancelRun,
    responses((status = 200, body = Done))
)]
pub async fn cancel(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<RunId>,
    body: Body<CancelRun>,
) -> Answer<Done> {
    let reason = names::checked_reason(body.value.reason, "cancelled by hand")?;
    let committed = api.execute::<Runs>(id.as_str(), RunCommand::Cancel { reason }, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
