use domain::ids::ConnectionId;
use domain::watch::{WatchCommand, Watches, watch_key};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Body, Caller, Done, Id, Shared, State};
use crate::names::checked_word;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestSweep {
    /// The kind of records: users, posts, …
    pub resource: String,
}

/// Has everything of one kind read soon: finds what nobody told of, and what is gone. Only kinds that a published
/// scenario watches are read.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/watches/sweep",
    tag = "connections",
    operation_id = "request_sweep",
    params(("id" = String, Path, description = "Begins with cn_")),
    request_body = RequestSweep,
    responses((status = 200, body = Done))
)]
pub async fn request_sweep(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ConnectionId>,
    body: Body<RequestSweep>,
) -> Answer<Done> {
    api.connection(&id).await?;
    let resource = checked_word(body.value.resource, "resource")?;
    let key = watch_key(&id, &resource);
    let committed = api.execute::<Watches>(&key, WatchCommand::RequestSweep, &caller).await?;
    Ok(Done::new(key, committed.position, committed.changed))
}
