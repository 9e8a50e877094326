use domain::access::{Role, TokenCommand, Tokens};
use domain::decider::Decider as _;
use domain::ids::TokenId;
use domain::views::TOKENS;
use engine::{Position, StreamName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{new_text, token_hash};
use crate::endpoint::{Body, Caller, Created, Json, Shared, State, StatusCode};
use crate::names;
use crate::schema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueToken {
    pub name: String,
    #[schema(value_type = schema::Role)]
    pub role: Role,
}

#[derive(Serialize, ToSchema)]
pub struct TokenIssued {
    pub id: String,
    pub position: Position,
    /// Shown this once. Absent when the request is a repeat: then it was shown before.
    pub token: Option<String>,
}

/// Issues an access token. Its text is in this answer and nowhere else.
#[utoipa::path(
    post,
    path = "/api/v1/tokens",
    tag = "tokens",
    operation_id = "issue_token",
    request_body = IssueToken,
    responses((status = 201, body = TokenIssued))
)]
pub async fn issue(
    State(api): State<Shared>,
    caller: Caller,
    body: Body<IssueToken>,
) -> Created<TokenIssued> {
    let Body { value: IssueToken { name, role }, once } = body;
    let name = names::checked(&name)?;
    let id = TokenId::new(&once.id(&*api.context.ids));
    let stream = StreamName::new(Tokens::CATEGORY, &id);
    let text = new_text(&api.context);
    let hash = token_hash(text.expose());
    let issue = TokenCommand::Issue { name, role, hash: hash.clone() };
    let begun = api.begin::<Tokens>(id.as_str(), vec![issue], &once.mark(caller.meta()))?;
    let ours = begun.events[0].id;
    let position = api.create(vec![begun], &once).await?;
    // A repeat appended nothing: then the text just made is nobody's token.
    let first = api.context.executor.store.read_stream(&stream, 0, 1).await?.pop();
    let token = first.filter(|event| event.id == ours).map(|_| text.expose().to_owned());
    api.shown(&TOKENS, Some(position)).await?;
    Ok((StatusCode::CREATED, Json(TokenIssued { id: id.to_string(), position, token })))
}
