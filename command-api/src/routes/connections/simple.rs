//! Commands on a connection that need little or no input.

use domain::connection::{ConnectionCommand, Connections};
use domain::ids::ConnectionId;
use domain::views::CONNECTIONS;
use serde::Deserialize;
use utoipa::ToSchema;

use super::credentials::Tested;
use crate::context::Api;
use crate::endpoint::{Answer, Body, Caller, Done, Id, Json, Problem, Shared, State};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    #[serde(default)]
    reason: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewName {
    name: String,
}

/// Tests a connection, stage by stage, and remembers the result.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/test",
    tag = "connections",
    params(("id" = String, Path, description = "Begins with cn_")),
    request_body = Nothing,
    responses((status = 200, body = Tested))
)]
pub async fn test(
    State(api): State<Shared>,
    caller: Caller,
    id: Id<ConnectionId>,
    _body: Body<Nothing>,
) -> Answer<Tested> {
    api.fresh(&CONNECTIONS).await?;
    let view = api.connection(&id.0).await?;
    let app = api.app(&view.app)?.clone();
    let session = api.session(&id.0, &view).await?;
    let tested = api.test(&app, &session).await?;
    let (health, stages) = (tested.outcome.health, tested.stages.clone());
    let committed =
        api.execute_all::<Connections>(id.0.as_str(), tested.commands(&view), caller.meta()).await?;
    Ok(Json(Tested { id: id.0.to_string(), health, stages, position: committed.position }))
}

/// Pauses a connection: nothing is read or written through it.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/pause",
    tag = "connections",
    params(("id" = String, Path, description = "Begins with cn_")),
    request_body = Reason,
    responses((status = 200, body = Done))
)]
pub async fn pause(
    State(api): State<Shared>,
    caller: Caller,
    id: Id<ConnectionId>,
    body: Body<Reason>,
) -> Answer<Done> {
    let reason = body.value.reason.unwrap_or_else(|| "by hand".to_owned()).chars().take(500).collect();
    command(&api, &caller, &id, ConnectionCommand::Pause { reason }).await
}

/// Lets a paused connection go on.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/resume",
    tag = "connections",
    params(("id" = String, Path, description = "Begins with cn_")),
    request_body = Nothing,
    responses((status = 200, body = Done))
)]
pub async fn resume(
    State(api): State<Shared>,
    caller: Caller,
    id: Id<ConnectionId>,
    _body: Body<Nothing>,
) -> Answer<Done> {
    command(&api, &caller, &id, ConnectionCommand::Resume).await
}

/// Confirms that a site which answers under another address is still the right one.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/confirm-identity",
    tag = "connections",
    params(("id" = String, Path, description = "Begins with cn_")),
    request_body = Nothing,
    responses((status = 200, body = Done))
)]
pub async fn confirm_identity(
    State(api): State<Shared>,
    caller: Caller,
    id: Id<ConnectionId>,
    _body: Body<Nothing>,
) -> Answer<Done> {
    command(&api, &caller, &id, ConnectionCommand::ConfirmIdentity).await
}

/// Gives a connection another name.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/rename",
    tag = "connections",
    params(("id" = String, Path, description = "Begins with cn_")),
    request_body = NewName,
    responses((status = 200, body = Done))
)]
pub async fn rename(
    State(api): State<Shared>,
    caller: Caller,
    id: Id<ConnectionId>,
    body: Body<NewName>,
) -> Answer<Done> {
    command(&api, &caller, &id, ConnectionCommand::Rename { name: body.value.name }).await
}

/// Deletes a connection: its credential is withdrawn at the site where that is possible, and destroyed here. What was
/// imported stays.
#[utoipa::path(
    delete,
    path = "/api/v1/connections/{id}",
    tag = "connections",
    params(("id" = String, Path, description = "Begins with cn_")),
    responses((status = 200, body = Done))
)]
pub async fn delete(State(api): State<Shared>, caller: Caller, id: Id<ConnectionId>) -> Answer<Done> {
    if id.0.as_str() == crate::templates::PORTAL_CONNECTION {
        return Err(Problem::conflict(
            "BUILT_IN",
            "the connection to the built-in Portal cannot be deleted",
            "pause it if nothing is to be written",
        ));
    }
    api.fresh(&CONNECTIONS).await?;
    let view = api.connection(&id.0).await?;
    if let Some(handle) = &view.handle {
        let app = api.app(&view.app)?.clone();
        let session = api.session(&id.0, &view).await?;
        api.revoke(&app, &session, handle).await;
    }
    let done = command(&api, &caller, &id, ConnectionCommand::Delete).await?;
    api.context.vault.destroy(id.0.as_str()).await?;
    Ok(done)
}

async fn command(
    api: &Api,
    caller: &Caller,
    id: &Id<ConnectionId>,
    command: ConnectionCommand,
) -> Answer<Done> {
    let committed = api.execute::<Connections>(id.0.as_str(), command, caller).await?;
    Ok(Done::new(id.0.as_str(), committed.position, committed.changed))
}
