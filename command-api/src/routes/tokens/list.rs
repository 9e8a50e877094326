use chrono::{DateTime, Utc};
use domain::access::Role;
use domain::views::TokenView;
use serde::Serialize;
use utoipa::ToSchema;

use super::page;
use crate::endpoint::{Answer, Json, ListParams, Listed, Params, Shared, State};
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
    let page = page(&api, params, "tokens").await?;
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
