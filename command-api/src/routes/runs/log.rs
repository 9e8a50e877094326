use chrono::{DateTime, Utc};
use domain::ids::RunId;
use domain::run::Level;
use domain::views::{RUN_LOG, RunLogView};
use engine::ports::Query;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::endpoint::{Answer, Id, Json, Listed, Params, Shared, State};
use crate::extract::limit;
use crate::schema;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Rows of a page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

#[derive(Serialize, ToSchema)]
pub struct LogLine {
    pub at: DateTime<Utc>,
    pub position: u64,
    #[schema(value_type = schema::Level)]
    pub level: Level,
    pub code: String,
    pub message: String,
    pub node: Option<String>,
}

/// What a run noted on its way, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/runs/{id}/log",
    tag = "runs",
    operation_id = "list_run_log",
    params(("id" = String, Path, description = "Begins with rn_"), Page),
    responses((status = 200, body = Listed<LogLine>))
)]
pub async fn log(
    State(api): State<Shared>,
    Id(id): Id<RunId>,
    Params(page): Params<Page>,
) -> Answer<Listed<LogLine>> {
    api.shown(&RUN_LOG, page.min_position).await?;
    let query = Query { key_prefix: format!("{id}/"), limit: limit(page.limit)?, ..Query::default() };
    let list = ["run-log", id.as_str()];
    let rows = api.page::<RunLogView>(&RUN_LOG, query, &list, page.cursor.as_deref()).await?;
    let line = |(_, view): (String, RunLogView)| LogLine {
        at: view.at,
        position: view.position,
        level: view.level,
        code: view.code,
        message: view.message,
        node: view.node,
    };
    let items = rows.rows.into_iter().map(line).collect();
    Ok(Json(Listed { items, next_cursor: rows.next_cursor, total: None }))
}
