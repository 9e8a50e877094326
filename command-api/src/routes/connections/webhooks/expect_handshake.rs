use domain::endpoint::{EndpointCommand, Endpoints};
use domain::ids::ConnectionId;

use crate::endpoint::{Answer, Caller, Done, Id, Shared, State};

/// Lets the sender introduce itself again: pings and challenges are answered until the next authentic delivery. A shop
/// needs it before its webhook is activated again.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/webhooks/expect-handshake",
    tag = "webhooks",
    operation_id = "expect_webhook_handshake",
    params(("id" = String, Path, description = "Begins with cn_")),
    responses((status = 200, body = Done))
)]
pub async fn expect_handshake(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ConnectionId>,
) -> Answer<Done> {
    let command = EndpointCommand::AwaitHandshake;
    let committed = api.execute::<Endpoints>(id.as_str(), command, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
