use domain::connection::{Connections, Health, Stage};
use domain::ids::ConnectionId;
use domain::views::CONNECTIONS;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::add::{Auth, checked, store as keep};
use crate::endpoint::{Answer, Body, Caller, Id, Json, Shared, State};
use crate::probe;
use crate::schema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCredentials {
    auth: Auth,
    /// Keep them even if the test with them fails.
    #[serde(default)]
    save_although_failing: bool,
}

#[derive(Serialize, ToSchema)]
pub struct Tested {
    pub id: String,
    #[schema(value_type = schema::Health)]
    pub health: Health,
    #[schema(value_type = Vec<schema::Stage>)]
    pub stages: Vec<Stage>,
    pub position: u64,
}

/// Replaces a connection's credentials, after a test with the new ones.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/credentials",
    tag = "connections",
    params(("id" = String, Path, description = "Begins with cn_")),
    request_body = NewCredentials,
    responses((status = 200, body = Tested))
)]
pub async fn store(
    State(api): State<Shared>,
    caller: Caller,
    id: Id<ConnectionId>,
    body: Body<NewCredentials>,
) -> Answer<Tested> {
    api.fresh(&CONNECTIONS).await?;
    let view = api.connection(&id.0).await?;
    let app = api.app(&view.app)?.clone();
    let credentials = checked(body.value.auth)?;
    let session = probe::session_with(&id.0, &view, Some(credentials.clone()));
    let tested = api.test(&app, &session).await?;
    if tested.is_failing() && !body.value.save_although_failing {
        return Err(tested.refusal());
    }
    let (health, stages) = (tested.outcome.health, tested.stages.clone());
    let mut commands = vec![keep(&api, &id.0, &view.origin, credentials, None).await?];
    commands.extend(tested.commands(&view));
    let committed = api.execute_all::<Connections>(id.0.as_str(), commands, caller.meta()).await?;
    Ok(Json(Tested { id: id.0.to_string(), health, stages, position: committed.position }))
}
