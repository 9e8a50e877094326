use domain::ids::RunId;
use domain::run::{RunCommand, Runs};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::context::Api;
use crate::endpoint::{Answer, Body, Caller, Done, Id, Shared, State};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    #[serde(default)]
    reason: Option<String>,
}

/// Pauses a run after the current page.
#[utoipa::path(
    post,
    path = "/api/v1/runs/{id}/pause",
    tag = "runs",
    params(("id" = String, Path, description = "Begins with rn_")),
    request_body = Nothing,
    responses((status = 200, body = Done))
)]
pub async fn pause(
    State(api): State<Shared>,
    caller: Caller,
    id: Id<RunId>,
    _body: Body<Nothing>,
) -> Answer<Done> {
    command(&api, &caller, &id, RunCommand::Pause).await
}

/// Lets a paused run go on where it stopped.
#[utoipa::path(
    post,
    path = "/api/v1/runs/{id}/resume",
    tag = "runs",
    params(("id" = String, Path, description = "Begins with rn_")),
    request_body = Nothing,
    responses((status = 200, body = Done))
)]
pub async fn resume(
    State(api): State<Shared>,
    caller: Caller,
    id: Id<RunId>,
    _body: Body<Nothing>,
) -> Answer<Done> {
    command(&api, &caller, &id, RunCommand::Resume).await
}

/// Stops a run after the current page. What it imported stays.
#[utoipa::path(
    post,
    path = "/api/v1/runs/{id}/cancel",
    tag = "runs",
    params(("id" = String, Path, description = "Begins with rn_")),
    request_body = Reason,
    responses((status = 200, body = Done))
)]
pub async fn cancel(
    State(api): State<Shared>,
    caller: Caller,
    id: Id<RunId>,
    body: Body<Reason>,
) -> Answer<Done> {
    let reason = body.value.reason.unwrap_or_else(|| "by hand".to_owned()).chars().take(500).collect();
    command(&api, &caller, &id, RunCommand::Cancel { reason }).await
}

async fn command(api: &Api, caller: &Caller, id: &Id<RunId>, command: RunCommand) -> Answer<Done> {
    let committed = api.execute::<Runs>(id.0.as_str(), command, caller).await?;
    Ok(Done::new(id.0.as_str(), committed.position, committed.changed))
}
