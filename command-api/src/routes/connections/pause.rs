use domain::connection::{ConnectionCommand, Connections};
use domain::ids::ConnectionId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Body, Caller, Done, Id, Shared, State};
use crate::names;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseConnection {
    /// Why, for whoever finds it paused.
    pub reason: Option<String>,
}

/// Pauses a connection: runs that use it stop at the next page, and none begins.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/pause",
    tag = "connections",
    operation_id = "pause_connection",
    params(("id" = String, Path, description = "Begins with cn_")),
    request_body = PauseConnection,
    responses((status = 200, body = Done))
)]
pub async fn pause(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ConnectionId>,
    body: Body<PauseConnection>,
) -> Answer<Done> {
    let reason = names::checked_reason(body.value.reason, "paused by hand")?;
    let command = ConnectionCommand::Pause { reason };
    let committed = api.execute::<Connections>(id.as_str(), command, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
