use domain::access::{Role, TokenCommand, Tokens};
use domain::ids::TokenId;
use domain::views::{TOKENS, TokenView};
use engine::ports::Query;

use crate::context::Api;
use crate::endpoint::{Answer, Caller, Done, Id, Problem, Shared, State};

/// Tokens looked through in one step.
const STEP_ROWS: usize = 500;

/// Revokes a token at once. The last administrator's cannot be revoked.
#[utoipa::path(
    delete,
    path = "/api/v1/tokens/{id}",
    tag = "tokens",
    operation_id = "revoke_token",
    params(("id" = String, Path, description = "Begins with tk_")),
    responses((status = 200, body = Done))
)]
pub async fn revoke(State(api): State<Shared>, caller: Caller, Id(id): Id<TokenId>) -> Answer<Done> {
    // One at a time, so that two administrators cannot revoke each other.
    let _turn = api.revoking.lock().await;
    api.fresh(&TOKENS).await?;
    if is_last_administrator(&api, &id).await? {
        return Err(Problem::conflict(
            "LAST_ADMINISTRATOR",
            "this is the last token of an administrator",
            "issue another administrator's token first",
        ));
    }
    let committed = api.execute::<Tokens>(id.as_str(), TokenCommand::Revoke, &caller).await?;
    // It is answered when no request finds the token any more.
    api.shown(&TOKENS, Some(committed.position)).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}

async fn is_last_administrator(api: &Api, id: &TokenId) -> Result<bool, Problem> {
    let mut cursor: Option<String> = None;
    let mut is_one = false;
    loop {
        let query = Query { limit: STEP_ROWS, ..Query::default() };
        let page = api.page::<TokenView>(&TOKENS, query, &["administrators"], cursor.as_deref()).await?;
        let live = |view: &TokenView| view.revoked_at.is_none() && view.role == Role::Administrator;
        for (_, view) in page.rows.iter().filter(|(_, view)| live(view)) {
            if view.id == id.as_str() {
                is_one = true;
            } else {
                return Ok(false);
            }
        }
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return Ok(is_one),
        }
    }
}
