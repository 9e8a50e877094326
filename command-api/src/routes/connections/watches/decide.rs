use domain::ids::ConnectionId;
use domain::watch::{WatchCommand, Watches, watch_key};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Body, Caller, Done, Id, Shared, State};
use crate::names::checked_word;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideGone {
    /// The kind of records: users, posts, …
    pub resource: String,
    /// The missing records are gone: each is asked for once more, and archived in Portal if the source denies it. Else
    /// they are kept, and the next sweep may ask again.
    pub approved: bool,
}

/// Decides about missing records that were too many to be believed.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/watches/gone",
    tag = "connections",
    operation_id = "decide_gone",
    params(("id" = String, Path, description = "Begins with cn_")),
    request_body = DecideGone,
    responses((status = 200, body = Done))
)]
pub async fn decide_gone(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ConnectionId>,
    body: Body<DecideGone>,
) -> Answer<Done> {
    api.connection(&id).await?;
    let resource = checked_word(body.value.resource, "resource")?;
    let key = watch_key(&id, &resource);
    let command = WatchCommand::Decide { approved: body.value.approved };
    let committed = api.execute::<Watches>(&key, command, &caller).await?;
    Ok(Done::new(key, committed.position, committed.changed))
}
