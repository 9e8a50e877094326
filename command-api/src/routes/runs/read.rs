use domain::ids::RunId;
use domain::views::{RUNS, RunView};
use engine::ports::{IndexValue, Order, Query};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use crate::context::Api;
use crate::endpoint::{Answer, Id, Json, Listed, Params, Problem, ReadParams, Shared, State};
use crate::extract::limit;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// Only this scenario's.
    pub scenario: Option<String>,
    /// running, paused, cancelling, succeeded, partly-failed, failed or cancelled.
    pub phase: Option<String>,
    /// Rows of a page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// Runs, newest first.
#[utoipa::path(get, path = "/api/v1/runs", tag = "runs", params(Filters), responses((status = 200, body = Object)))]
pub async fn list(State(api): State<Shared>, Params(filters): Params<Filters>) -> Answer<Listed<Value>> {
    api.shown(&RUNS, filters.min_position).await?;
    let named = [("scenario", &filters.scenario), ("phase", &filters.phase)];
    let equals =
        named.iter().filter_map(|(name, value)| Some((*name, IndexValue::from(value.as_deref()?)))).collect();
    let query = Query {
        equals,
        order_by: Some("started"),
        order: Order::Descending,
        limit: limit(filters.limit)?,
        ..Query::default()
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let list = ["runs".to_owned(), text(&filters.scenario), text(&filters.phase)];
    let list: Vec<&str> = list.iter().map(String::as_str).collect();
    let page = api.page::<RunView>(&RUNS, query, &list, filters.cursor.as_deref()).await?;
    let items = page.rows.into_iter().map(|(_, view)| json!(view)).collect();
    Ok(Json(Listed { items, next_cursor: page.next_cursor, total: None }))
}

/// One run: phase, counts, how far each fetch is.
#[utoipa::path(
    get,
    path = "/api/v1/runs/{id}",
    tag = "runs",
    params(("id" = String, Path, description = "Begins with rn_"), ReadParams),
    responses((status = 200, body = Object))
)]
pub async fn show(
    State(api): State<Shared>,
    id: Id<RunId>,
    Params(params): Params<ReadParams>,
) -> Answer<Value> {
    api.shown(&RUNS, params.min_position).await?;
    Ok(Json(json!(api.run(&id.0).await?)))
}

impl Api {
    pub async fn run(&self, id: &RunId) -> Result<RunView, Problem> {
        self.find(&RUNS, id.as_str()).await?.ok_or_else(|| Problem::not_found("run"))
    }
}
