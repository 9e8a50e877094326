use domain::views::{TOKENS, TokenView};
use engine::ports::Query;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Json, ListParams, Listed, Params, Problem, Shared, State};
use crate::extract::limit;

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
    if params.q.is_some() {
        return Err(
            Problem::bad_request("INVALID_PARAMETER", "actors cannot be searched", "leave q out").at("q")
        );
    }
    api.shown(&TOKENS, params.min_position).await?;
    let query = Query { limit: limit(params.limit)?, ..Query::default() };
    let page = api.page::<TokenView>(&TOKENS, query, &["actors"], params.cursor.as_deref()).await?;
    let actor =
        |(_, view): (String, TokenView)| Actor { actor: format!("token:{}", view.id), name: view.name };
    let items = page.rows.into_iter().map(actor).collect();
    Ok(Json(Listed { items, next_cursor: page.next_cursor, total: None }))
}
