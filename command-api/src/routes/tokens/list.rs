use chrono::{DateTime, Utc};
use domain::access::Role;
use domain::views::{TOKENS, TokenView};
use engine::ports::Query;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Json, ListParams, Listed, Params, Problem, Shared, State};
use crate::extract::limit;
use crate::schema;

/// A token, without its text, which nobody has any more.
#[derive(Serialize, ToSchema)]
pub struct Token {
    pub id: String,
    pub name: String,
    #[schema(value_type = schema::Role)]
    pub role: Role,
    pub issued_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Access tokens, revoked ones too.
#[utoipa::path(
    get,
    path = "/api/v1/tokens",
    tag = "tokens",
    operation_id = "list_tokens",
    params(ListParams),
    responses((status = 200, body = Listed<Token>))
)]
pub async fn list(State(api): State<Shared>, Params(params): Params<ListParams>) -> Answer<Listed<Token>> {
    if params.q.is_some() {
        return Err(
            Problem::bad_request("INVALID_PARAMETER", "tokens cannot be searched", "leave q out").at("q")
        );
    }
    api.shown(&TOKENS, params.min_position).await?;
    let query = Query { limit: limit(params.limit)?, ..Query::default() };
    let page = api.page::<TokenView>(&TOKENS, query, &["tokens"], params.cursor.as_deref()).await?;
    let token = |(_, view): (String, TokenView)| Token {
        id: view.id,
        name: view.name,
        role: view.role,
        issued_at: view.issued_at,
        revoked_at: view.revoked_at,
    };
    let items = page.rows.into_iter().map(token).collect();
    Ok(Json(Listed { items, next_cursor: page.next_cursor, total: None }))
}
