use chrono::TimeDelta;
use domain::endpoint::{EndpointCommand, Endpoints};
use domain::ids::ConnectionId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::open::WebhooksOpened;
use super::secret::dropped;
use crate::endpoint::{Answer, Body, Caller, Id, Json, Problem, Shared, State};
use crate::extract::SecretText;

/// Hours that both secrets are accepted when nobody says.
const OVERLAP_HOURS: i64 = 24;
/// Beyond this no sum of times makes sense; the domain has a smaller bound of its own.
const HOURS_MAX: i64 = 1_000_000;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateSecret {
    /// One is made when absent.
    pub secret: Option<SecretText>,
    /// How long the secret before is accepted too; default 24, at most 168. 0 ends it at once.
    pub overlap_hours: Option<i64>,
}

/// Gives the endpoint a new secret, shown once. The one before is accepted until the overlap ends.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/webhooks/rotate",
    tag = "webhooks",
    operation_id = "rotate_webhook_secret",
    params(("id" = String, Path, description = "Begins with cn_")),
    request_body = RotateSecret,
    responses((status = 200, body = WebhooksOpened))
)]
pub async fn rotate(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ConnectionId>,
    body: Body<RotateSecret>,
) -> Answer<WebhooksOpened> {
    let RotateSecret { secret, overlap_hours } = body.value;
    let overlap = TimeDelta::hours(overlap_hours.unwrap_or(OVERLAP_HOURS).clamp(-1, HOURS_MAX));
    let before = api.endpoint(&id).await?;
    let Some(mode) = before.mode.clone().filter(|_| before.is_open()) else {
        return Err(Problem::not_found("endpoint"));
    };
    let fresh = api.keep_secret(&id, &mode, secret).await?;
    let now = api.context.clock.now();
    let command = EndpointCommand::Rotate { secret: fresh.stored.clone(), now, overlap };
    match api.execute::<Endpoints>(id.as_str(), command, &caller).await {
        Ok(committed) => {
            let after = api.endpoint(&id).await?;
            api.wipe(&id, dropped(&before.secrets, &after.secrets)).await?;
            let once = api.show_once(&id, &mode, &fresh);
            let position = committed.position;
            Ok(Json(WebhooksOpened { id: id.to_string(), position, changed: true, once }))
        }
        Err(problem) => {
            api.wipe(&id, std::iter::once(fresh.stored.slot.as_str())).await?;
            Err(problem)
        }
    }
}
