use domain::connection::{ConnectionCommand, Connections};
use domain::ids::ConnectionId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Body, Caller, Done, Id, Shared, State};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameConnection {
    pub name: String,
}

/// Renames a connection.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/rename",
    tag = "connections",
    operation_id = "rename_connection",
    params(("id" = String, Path, description = "Begins with cn_")),
    request_body = RenameConnection,
    responses((status = 200, body = Done))
)]
pub async fn rename(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ConnectionId>,
    body: Body<RenameConnection>,
) -> Answer<Done> {
    let command = ConnectionCommand::Rename { name: body.value.name };
    let committed = api.execute::<Connections>(id.as_str(), command, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
