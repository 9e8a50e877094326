use domain::ids::ScenarioId;
use domain::views::{RUNS, RunPhaseView, RunView};
use engine::ports::{Order, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use super::document::Run;
use crate::endpoint::{Answer, Json, Listed, Params, Shared, State};
use crate::extract::limit;
use crate::schema;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// Only of this scenario.
    pub scenario: Option<String>,
    #[param(value_type = Option<schema::RunPhase>)]
    pub phase: Option<RunPhaseView>,
    /// Rows of a page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// Runs, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/runs",
    tag = "runs",
    operation_id = "list_runs",
    params(Filters),
    responses((status = 200, body = Listed<Run>))
)]
pub async fn list(State(api): State<Shared>, Params(filters): Params<Filters>) -> Answer<Listed<Run>> {
    api.shown(&RUNS, filters.min_position).await?;
    let scenario = filters.scenario.as_deref().map(ScenarioId::parse).transpose()?;
    let phase = filters.phase.map(RunPhaseView::word);
    let mut equals = vec![];
    equals.extend(scenario.as_ref().map(|scenario| ("scenario", scenario.as_str().into())));
    equals.extend(phase.map(|phase| ("phase", phase.into())));
    let list = ["runs", scenario.as_ref().map_or("", ScenarioId::as_str), phase.unwrap_or_default()];
    let query = Query {
        equals,
        order_by: Some("started"),
        order: Order::Descending,
        limit: limit(filters.limit)?,
        ..Query::default()
    };
    let total = api.context.reads.count(&RUNS, &query).await?;
    let page = api.page::<RunView>(&RUNS, query, &list, filters.cursor.as_deref()).await?;
    let items = page.rows.into_iter().map(|(_, view)| view.into()).collect();
    Ok(Json(Listed { items, next_cursor: page.next_cursor, total: Some(total) }))
}
