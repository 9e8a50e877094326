use domain::connection::{ConnectionCommand, Connections};
use domain::ids::ConnectionId;

use crate::endpoint::{Answer, Caller, Done, Id, Shared, State};

/// Says that the site is the right one although it calls itself something else now.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/confirm-identity",
    tag = "connections",
    operation_id = "confirm_identity",
    params(("id" = String, Path, description = "Begins with cn_")),
    responses((status = 200, body = Done))
)]
pub async fn confirm_identity(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ConnectionId>,
) -> Answer<Done> {
    let command = ConnectionCommand::ConfirmIdentity;
    let committed = api.execute::<Connections>(id.as_str(), command, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
