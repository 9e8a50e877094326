use domain::failure::FailureState;
use domain::ids::ScenarioId;
use domain::views::{FAILURES, FailureView};
use engine::ports::{Order, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use super::document::Failure;
use crate::endpoint::{Answer, Json, Listed, Params, Shared, State};
use crate::extract::limit;
use crate::schema;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    #[param(value_type = Option<schema::FailureState>)]
    pub state: Option<FailureState>,
    /// Only of this scenario.
    pub scenario: Option<String>,
    /// Rows of a page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// Failures, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/failures",
    tag = "failures",
    operation_id = "list_failures",
    params(Filters),
    responses((status = 200, body = Listed<Failure>))
)]
pub async fn list(State(api): State<Shared>, Params(filters): Params<Filters>) -> Answer<Listed<Failure>> {
    api.shown(&FAILURES, filters.min_position).await?;
    let scenario = filters.scenario.as_deref().map(ScenarioId::parse).transpose()?;
    let state = filters.state.map(FailureState::word);
    let mut equals = vec![];
    equals.extend(state.map(|state| ("state", state.into())));
    equals.extend(scenario.as_ref().map(|scenario| ("scenario", scenario.as_str().into())));
    let list = ["failures", state.unwrap_or_default(), scenario.as_ref().map_or("", ScenarioId::as_str)];
    let query = Query {
        key_prefix: "fl_".to_owned(),
        equals,
        order_by: Some("last"),
        order: Order::Descending,
        limit: limit(filters.limit)?,
        ..Query::default()
    };
    let total = api.context.reads.count(&FAILURES, &query).await?;
    let page = api.page::<FailureView>(&FAILURES, query, &list, filters.cursor.as_deref()).await?;
    let items = page.rows.into_iter().map(|(_, view)| view.into()).collect();
    Ok(Json(Listed { items, next_cursor: page.next_cursor, total: Some(total) }))
}
