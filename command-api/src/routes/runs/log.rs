use domain::ids::RunId;
use domain::views::{RUN_LOG, RunLogView};
use engine::ports::Query;
use serde_json::{Value, json};

use crate::endpoint::{Answer, Id, Json, ListParams, Listed, Params, Shared, State};
use crate::extract::limit;

/// The run's log, line by line, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/runs/{id}/log",
    tag = "runs",
    params(("id" = String, Path, description = "Begins with rn_"), ListParams),
    responses((status = 200, body = Object))
)]
pub async fn list(
    State(api): State<Shared>,
    id: Id<RunId>,
    Params(params): Params<ListParams>,
) -> Answer<Listed<Value>> {
    api.shown(&RUN_LOG, params.min_position).await?;
    api.run(&id.0).await?;
    let query = Query { key_prefix: format!("{}/", id.0), limit: limit(params.limit)?, ..Query::default() };
    let list = ["run-log", id.0.as_str()];
    let page = api.page::<RunLogView>(&RUN_LOG, query, &list, params.cursor.as_deref()).await?;
    let items = page.rows.into_iter().map(|(_, view)| json!(view)).collect();
    Ok(Json(Listed { items, next_cursor: page.next_cursor, total: None }))
}
