//! Access tokens.

mod actors;
mod issue;
mod list;
mod revoke;

use domain::views::{TOKENS, TokenView};
use engine::ports::Query;
use utoipa_axum::routes;

use crate::endpoint::{Area, ListParams, Problem, Shared};
use crate::extract::limit;
use crate::reading::Rows;

pub fn area() -> Area {
    Area::default()
        .viewer(routes!(actors::actors))
        .administrator(routes!(list::list))
        .administrator(routes!(issue::issue))
        .administrator(routes!(revoke::revoke))
}

/// A page of tokens; `what` is the list's name, in its cursors and in words.
async fn page(api: &Shared, params: ListParams, what: &'static str) -> Result<Rows<TokenView>, Problem> {
    if params.q.is_some() {
        let message = format!("{what} cannot be searched");
        return Err(Problem::bad_request("INVALID_PARAMETER", message, "leave q out").at("q"));
    }
    api.shown(&TOKENS, params.min_position).await?;
    let query = Query { limit: limit(params.limit)?, ..Query::default() };
    api.page::<TokenView>(&TOKENS, query, &[what], params.cursor.as_deref()).await
}
