//! Access tokens.

use domain::access::{Role, TokenCommand, Tokens};
use domain::ids::TokenId;
use domain::views::{TOKENS, TokenView};
use engine::ports::Query;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::access::{new_text, token_hash};
use crate::endpoint::{
    Answer, Area, Body, Caller, Created, Done, Id, Json, ListParams, Listed, Params, Problem, Shared, State,
    StatusCode,
};
use crate::extract::limit;
use crate::schema;

pub fn area() -> Area {
    Area::default().administrator(routes!(list, issue)).administrator(routes!(revoke))
}

/// Access tokens, without their texts: those are shown once and kept by nobody.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "tokens", params(ListParams), responses((status = 200, body = Object)))]
pub async fn list(State(api): State<Shared>, Params(params): Params<ListParams>) -> Answer<Listed<Value>> {
    api.shown(&TOKENS, params.min_position).await?;
    let query = Query { limit: limit(params.limit)?, ..Query::default() };
    let page = api.page::<TokenView>(&TOKENS, query, &["tokens"], params.cursor.as_deref()).await?;
    let line = |(_, view): (String, TokenView)| {
        json!({
            "id": view.id, "name": view.name, "role": view.role,
            "issued_at": view.issued_at, "revoked_at": view.revoked_at
        })
    };
    Ok(Json(Listed {
        items: page.rows.into_iter().map(line).collect(),
        next_cursor: page.next_cursor,
        total: None,
    }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    name: String,
    #[schema(value_type = schema::Role)]
    role: Role,
}

#[derive(Serialize, ToSchema)]
pub struct IssuedToken {
    id: String,
    /// Shown this once.
    token: String,
    position: u64,
}

/// Issues a token. Its text is in this answer and nowhere else.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "tokens", request_body = NewToken, responses((status = 201, body = IssuedToken)))]
pub async fn issue(State(api): State<Shared>, caller: Caller, body: Body<NewToken>) -> Created<IssuedToken> {
    let name = body.value.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 120 || name.chars().any(char::is_control) {
        return Err(
            Problem::invalid("INVALID_NAME", "a name has 1 to 120 characters", "choose another").at("name")
        );
    }
    let id = TokenId::new(&body.once.id(&*api.context.ids));
    let text = new_text(&api.context);
    let command = TokenCommand::Issue { name, role: body.value.role, hash: token_hash(text.expose()) };
    let committed = api.execute::<Tokens>(id.as_str(), command, &caller).await?;
    let issued =
        IssuedToken { id: id.to_string(), token: text.expose().to_owned(), position: committed.position };
    Ok((StatusCode::CREATED, Json(issued)))
}

/// Revokes a token at once. The last administrator's token stays, or nobody could issue another.
#[utoipa::path(
    delete,
    path = "/api/v1/tokens/{id}",
    tag = "tokens",
    params(("id" = String, Path, description = "Begins with tk_")),
    responses((status = 200, body = Done))
)]
pub async fn revoke(State(api): State<Shared>, caller: Caller, id: Id<TokenId>) -> Answer<Done> {
    api.fresh(&TOKENS).await?;
    let query = Query { limit: 500, ..Query::default() };
    let all = api.page::<TokenView>(&TOKENS, query, &["tokens"], None).await?.rows;
    let live = |view: &TokenView| view.revoked_at.is_none() && view.role == Role::Administrator;
    let others = all.iter().filter(|(key, view)| key != id.0.as_str() && live(view)).count();
    if others == 0 && all.iter().any(|(key, view)| key == id.0.as_str() && live(view)) {
        return Err(Problem::conflict(
            "LAST_ADMINISTRATOR",
            "this is the last token of an administrator",
            "issue another administrator token first",
        ));
    }
    let committed = api.execute::<Tokens>(id.0.as_str(), TokenCommand::Revoke, &caller).await?;
    Ok(Done::new(id.0.as_str(), committed.position, committed.changed))
}
