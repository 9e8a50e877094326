use domain::endpoint::{EndpointCommand, Endpoints, Mode};
use domain::ids::ConnectionId;
use engine::Position;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::secret::{ShownOnce, dropped};
use crate::endpoint::{Body, Caller, Created, Id, Json, Shared, State, StatusCode};
use crate::extract::SecretText;
use crate::schema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenWebhooks {
    #[schema(value_type = schema::WebhookMode)]
    pub mode: Mode,
    /// Where the sender decides on it (24 to 256 bytes); one is made when absent.
    pub secret: Option<SecretText>,
}

#[derive(Serialize, ToSchema)]
pub struct WebhooksOpened {
    pub id: String,
    pub position: Position,
    pub changed: bool,
    #[serde(flatten)]
    pub once: ShownOnce,
}

/// Opens a connection's endpoint. The secret is in this answer and nowhere else.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/webhooks",
    tag = "webhooks",
    operation_id = "open_webhooks",
    params(("id" = String, Path, description = "Begins with cn_")),
    request_body = OpenWebhooks,
    responses((status = 201, body = WebhooksOpened))
)]
pub async fn open(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ConnectionId>,
    body: Body<OpenWebhooks>,
) -> Created<WebhooksOpened> {
    let OpenWebhooks { mode, secret } = body.value;
    api.connection(&id).await?;
    let before = api.endpoint(&id).await?;
    let fresh = api.keep_secret(&id, &mode, secret).await?;
    let command = EndpointCommand::Open { mode: mode.clone(), secret: fresh.stored.clone() };
    match api.execute::<Endpoints>(id.as_str(), command, &caller).await {
        Ok(committed) => {
            api.wipe(&id, dropped(&before.secrets, &[])).await?;
            let once = api.show_once(&id, &mode, &fresh);
            let opened =
                WebhooksOpened { id: id.to_string(), position: committed.position, changed: true, once };
            Ok((StatusCode::CREATED, Json(opened)))
        }
        Err(problem) => {
            api.wipe(&id, std::iter::once(fresh.stored.slot.as_str())).await?;
            Err(problem)
        }
    }
}
