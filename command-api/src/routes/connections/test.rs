use axum::Extension;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::connection::{Connections, Health, Stage};
use domain::ids::ConnectionId;
use engine::Position;
use serde::Serialize;
use utoipa::ToSchema;

use crate::edge::RequestId;
use crate::endpoint::{Caller, Id, Problem, Shared, State};
use crate::probe::{Check, Watcher};
use crate::schema;
use crate::watched;

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
///
/// With `Accept: text/event-stream` it can be watched: `check` messages as stages begin and end, at last `found` with
/// this answer, or `problem`.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/test",
    tag = "connections",
    operation_id = "test_connection",
    params(("id" = String, Path, description = "Begins with cn_")),
    responses((status = 200, content((Tested = "application/json"), (Check = "text/event-stream"))))
)]
pub async fn test(
    State(api): State<Shared>,
    caller: Caller,
    request: Option<Extension<RequestId>>,
    Id(id): Id<ConnectionId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = api.connection(&id).await?;
    api.app(&view.app)?;
    let worker = api.clone();
    let test = async move |watcher: Watcher| {
        let app = worker.app(&view.app)?;
        let session = worker.session(&id, &view).await?;
        let checked = worker.test_watched(app, &session, &watcher).await?;
        let (health, stages) = (checked.outcome.health, checked.stages.clone());
        let commands = checked.commands(&view);
        let committed = worker.execute_all::<Connections>(id.as_str(), commands, caller.meta()).await?;
        Ok(Tested { id: id.to_string(), position: committed.position, changed: true, health, stages })
    };
    Ok(watched::answer(&api, &headers, request, test).await)
}
