use chrono::{DateTime, Utc};
use domain::ids::ScenarioId;
use domain::views::{RUNS, RunPhaseView, RunView};
use engine::ports::{Order, PageCursor, Query};
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
    /// The same as `phase`.
    #[param(value_type = Option<schema::RunPhase>)]
    pub status: Option<RunPhaseView>,
    /// Only those that started then or later; RFC 3339.
    pub from: Option<DateTime<Utc>>,
    /// Only those that started before; RFC 3339.
    pub to: Option<DateTime<Utc>>,
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
    let phase = filters.phase.or(filters.status).map(RunPhaseView::word);
    let mut equals = vec![];
    equals.extend(scenario.as_ref().map(|scenario| ("scenario", scenario.as_str().into())));
    equals.extend(phase.map(|phase| ("phase", phase.into())));
    let [from, to] = [filters.from, filters.to].map(|time| time.map(|time| time.timestamp_micros()));
    let times = format!("{}..{}", from.unwrap_or(i64::MIN), to.unwrap_or(i64::MAX));
    let list = ["runs", scenario.as_ref().map_or("", ScenarioId::as_str), phase.unwrap_or_default(), &times];
    let query = Query {
        equals,
        order_by: Some("started"),
        order: Order::Descending,
        limit: limit(filters.limit)?,
        // The place of a run that started at `to`, had it no id: whatever comes after it started before.
        after: to.map(|to| PageCursor { value: Some(to.into()), key: String::new() }),
        ..Query::default()
    };
    let is_whole = from.is_none() && to.is_none();
    let total = if is_whole { Some(api.context.reads.count(&RUNS, &query).await?) } else { None };
    let mut page = api.page::<RunView>(&RUNS, query, &list, filters.cursor.as_deref()).await?;
    let read = page.rows.len();
    page.rows.retain(|(_, view)| from.is_none_or(|from| view.started_at.timestamp_micros() >= from));
    // Runs come newest first: after one that is too old, all are.
    let next_cursor = page.next_cursor.filter(|_| page.rows.len() == read);
    let items = page.rows.into_iter().map(|(_, view)| view.into()).collect();
    Ok(Json(Listed { items, next_cursor, total }))
}
