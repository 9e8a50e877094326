use domain::connection::{ConnectionCommand, Connections};
use domain::ids::ConnectionId;

use crate::endpoint::{Answer, Caller, Done, Id, Shared, State};

/// Lets a paused connection work again.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/resume",
    tag = "connections",
    operation_id = "resume_connection",
    params(("id" = String, Path, description = "Begins with cn_")),
    responses((status = 200, body = Done))
)]
pub async fn resume(State(api): State<Shared>, caller: Caller, Id(id): Id<ConnectionId>) -> Answer<Done> {
    let command = ConnectionCommand::Resume;
    let committed = api.execute::<Connections>(id.as_str(), command, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
