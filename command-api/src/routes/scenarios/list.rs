use domain::views::{SCENARIOS, ScenarioView};
use engine::ports::Query;
use serde_json::Value;

use super::Scenario;
use crate::endpoint::{Answer, Json, ListParams, Listed, Params, Shared, State};
use crate::extract::{limit, search};

/// Scenarios by name, without their graphs.
#[utoipa::path(
    get,
    path = "/api/v1/scenarios",
    tag = "scenarios",
    operation_id = "list_scenarios",
    params(ListParams),
    responses((status = 200, body = Listed<Scenario>))
)]
pub async fn list(State(api): State<Shared>, Params(params): Params<ListParams>) -> Answer<Listed<Scenario>> {
    api.shown(&SCENARIOS, params.min_position).await?;
    let q = search(params.q)?;
    let query = Query {
        contains: q.clone().map(|q| ("name", q)),
        order_by: Some("name"),
        limit: limit(params.limit)?,
        ..Query::default()
    };
    let total = api.context.reads.count(&SCENARIOS, &query).await?;
    let list = ["scenarios", q.as_deref().unwrap_or_default()];
    let page = api.page::<ScenarioView>(&SCENARIOS, query, &list, params.cursor.as_deref()).await?;
    let now = api.context.clock.now();
    let line = |(_, view): (String, ScenarioView)| {
        let shown = Scenario::at(now, view);
        Scenario { draft_graph: Value::Null, version_graph: Value::Null, versions: vec![], ..shown }
    };
    let mut items: Vec<Scenario> = page.rows.into_iter().map(line).collect();
    api.tell_activity(&mut items).await?;
    Ok(Json(Listed { items, next_cursor: page.next_cursor, total: Some(total) }))
}
