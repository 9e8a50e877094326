use domain::views::TokenView;
use serde::Serialize;
use utoipa::ToSchema;

use super::page;
use crate::endpoint::{Answer, Json, ListParams, Listed, Params, Shared, State};

/// Whom an `actor` stands for.
#[derive(Serialize, ToSchema)]
pub struct Actor {
    /// As in the audit log: `token:tk_…`.
    pub actor: String,
    /// The access token's name.
    pub name: String,
}

/// The names behind the actors of the audit log, of revoked tokens too. Nothing else of a token is said.
#[utoipa::path(
    get,
    path = "/api/v1/actors",
    tag = "tokens",
    operation_id = "list_actors",
    params(ListParams),
    responses((status = 200, body = Listed<Actor>))
)]
pub async fn actors(State(api): State<Shared>, Params(params): Params<ListParams>) -> Answer<Listed<Actor>> {
    let page = page(&api, params, "actors").await?;
    let actor =
        |(_, view): (String, TokenView)| Actor { actor: format!("token:{}", view.id), name: view.name };
    let items = page.rows.into_iter().map(actor).collect();
    Ok(Json(Listed { items, next_cursor: page.next_cursor, total: None }))
}
