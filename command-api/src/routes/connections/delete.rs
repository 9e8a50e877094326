use domain::connection::{ConnectionCommand, Connections};
use domain::ids::ConnectionId;
use domain::views::{CONNECTIONS, ConnectionView};

use crate::endpoint::{Answer, Caller, Done, Id, Problem, Shared, State};
use crate::templates::PORTAL_CONNECTION;

/// Deletes a connection: withdraws the credential at the site where that is possible, and destroys our copy. What was
/// imported stays.
#[utoipa::path(
    delete,
    path = "/api/v1/connections/{id}",
    tag = "connections",
    operation_id = "delete_connection",
    params(("id" = String, Path, description = "Begins with cn_")),
    responses((status = 200, body = Done))
)]
pub async fn delete(State(api): State<Shared>, caller: Caller, Id(id): Id<ConnectionId>) -> Answer<Done> {
    if id.as_str() == PORTAL_CONNECTION {
        return Err(Problem::conflict(
            "BUILT_IN",
            "the Portal of this installation cannot be deleted",
            "pause it instead if nothing may be written",
        ));
    }
    api.fresh(&CONNECTIONS).await?;
    let view: Option<ConnectionView> = api.find(&CONNECTIONS, id.as_str()).await?;
    let session = match &view {
        Some(view) => Some(api.session(&id, view).await?),
        None => None,
    };
    // First the fact, so that nothing begins to use the connection any more; then the secrets. Deleting again after a
    // crash between the two destroys them.
    let committed = api.execute::<Connections>(id.as_str(), ConnectionCommand::Delete, &caller).await?;
    api.context.vault.destroy(id.as_str()).await?;
    if let (Some(view), Some(session)) = (view, session)
        && let (Some(handle), Some(app)) = (view.handle, api.context.apps.get(&view.app).cloned())
    {
        let api = api.clone();
        tokio::spawn(async move { api.revoke(&app, &session, &handle).await });
    }
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
