use domain::connection::Connections;
use domain::ids::ConnectionId;
use domain::views::{CONNECTIONS, ConnectionView};

use super::Connection;
use crate::endpoint::{Answer, Id, Json, Params, Problem, Shared, State};
use crate::past::ReadAt;

/// One connection, with its history; with `at`, as it was then, also one that was deleted since.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}",
    tag = "connections",
    operation_id = "show_connection",
    params(("id" = String, Path, description = "Begins with cn_"), ReadAt),
    responses((status = 200, body = Connection))
)]
pub async fn show(
    State(api): State<Shared>,
    Id(id): Id<ConnectionId>,
    Params(params): Params<ReadAt>,
) -> Answer<Connection> {
    api.shown(&CONNECTIONS, params.min_position).await?;
    let then = api.then::<Connections, _>(&CONNECTIONS, id.as_str(), params.at.as_deref()).await?;
    let (found, as_of): (Option<ConnectionView>, _) = match then {
        Some((found, position)) => (found, Some(position)),
        None => (api.find(&CONNECTIONS, id.as_str()).await?, None),
    };
    let view = found.ok_or_else(|| Problem::not_found("connection"))?;
    Ok(Json(Connection { as_of, ..view.into() }))
}
