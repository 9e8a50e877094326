use domain::endpoint::{EndpointCommand, Endpoints};
use domain::ids::ConnectionId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::secret::dropped;
use crate::endpoint::{Answer, Body, Caller, Done, Id, Shared, State};
use crate::names;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeSecret {
    /// The secret's number.
    pub number: u64,
    pub reason: Option<String>,
}

/// Ends an older secret at once, before its overlap is over.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/webhooks/revoke",
    tag = "webhooks",
    operation_id = "revoke_webhook_secret",
    params(("id" = String, Path, description = "Begins with cn_")),
    request_body = RevokeSecret,
    responses((status = 200, body = Done))
)]
pub async fn revoke(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ConnectionId>,
    body: Body<RevokeSecret>,
) -> Answer<Done> {
    let RevokeSecret { number, reason } = body.value;
    let reason = names::checked_reason(reason, "revoked by hand")?;
    let before = api.endpoint(&id).await?;
    let command = EndpointCommand::Revoke { number, reason };
    let committed = api.execute::<Endpoints>(id.as_str(), command, &caller).await?;
    let after = api.endpoint(&id).await?;
    api.wipe(&id, dropped(&before.secrets, &after.secrets)).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
