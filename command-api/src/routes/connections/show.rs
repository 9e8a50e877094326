use domain::ids::ConnectionId;
use domain::views::{CONNECTIONS, ConnectionView};

use super::Connection;
use crate::endpoint::{Answer, Id, Json, Params, Problem, ReadParams, Shared, State};

/// One connection, with its history.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}",
    tag = "connections",
    operation_id = "show_connection",
    params(("id" = String, Path, description = "Begins with cn_"), ReadParams),
    responses((status = 200, body = Connection))
)]
pub async fn show(
    State(api): State<Shared>,
    Id(id): Id<ConnectionId>,
    Params(params): Params<ReadParams>,
) -> Answer<Connection> {
    api.shown(&CONNECTIONS, params.min_position).await?;
    let found: Option<ConnectionView> = api.find(&CONNECTIONS, id.as_str()).await?;
    found.map(|view| Json(view.into())).ok_or_else(|| Problem::not_found("connection"))
}
