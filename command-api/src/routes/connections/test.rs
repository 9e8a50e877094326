use domain::connection::{Connections, Health, Stage};
use domain::ids::ConnectionId;
use engine::Position;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Caller, Id, Json, Shared, State};
use crate::schema;

/// What a test found.
#[derive(Serialize, ToSchema)]
pub struct Tested {
    pub id: String,
    pub position: Position,
    pub changed: bool,
    #[schema(value_type = schema::Health)]
    pub health: Health,
    #[schema(value_type = Vec<schema::Stage>)]
    pub stages: Vec<Stage>,
}

/// Tests a connection with its own credential at its own address, and remembers what was found.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/test",
    tag = "connections",
    operation_id = "test_connection",
    params(("id" = String, Path, description = "Begins with cn_")),
    responses((status = 200, body = Tested))
)]
pub async fn test(State(api): State<Shared>, caller: Caller, Id(id): Id<ConnectionId>) -> Answer<Tested> {
    let view = api.connection(&id).await?;
    let app = api.app(&view.app)?;
    let session = api.session(&id, &view).await?;
    let checked = api.test(app, &session).await?;
    let (health, stages) = (checked.outcome.health, checked.stages.clone());
    let commands = checked.commands(&view);
    let committed = api.execute_all::<Connections>(id.as_str(), commands, caller.meta()).await?;
    Ok(Json(Tested { id: id.to_string(), position: committed.position, changed: true, health, stages }))
}
