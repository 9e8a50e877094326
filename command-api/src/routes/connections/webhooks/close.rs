use domain::endpoint::{EndpointCommand, Endpoints};
use domain::ids::ConnectionId;

use super::secret::dropped;
use crate::endpoint::{Answer, Caller, Done, Id, Shared, State};

/// Closes the endpoint: from now on its address is unknown, and its secrets are destroyed.
#[utoipa::path(
    delete,
    path = "/api/v1/connections/{id}/webhooks",
    tag = "webhooks",
    operation_id = "close_webhooks",
    params(("id" = String, Path, description = "Begins with cn_")),
    responses((status = 200, body = Done))
)]
pub async fn close(State(api): State<Shared>, caller: Caller, Id(id): Id<ConnectionId>) -> Answer<Done> {
    let before = api.endpoint(&id).await?;
    let command = EndpointCommand::Close { reason: "closed by hand".to_owned() };
    let committed = api.execute::<Endpoints>(id.as_str(), command, &caller).await?;
    api.wipe(&id, dropped(&before.secrets, &[])).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
