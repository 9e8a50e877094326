use domain::views::{MAPPINGS, MappingView};
use engine::ports::Query;
use serde_json::Value;

use super::MappingShown;
use crate::endpoint::{Answer, Json, ListParams, Listed, Params, Shared, State};
use crate::extract::{limit, search};

/// Mappings by name, without their definitions.
#[utoipa::path(
    get,
    path = "/api/v1/mappings",
    tag = "mappings",
    operation_id = "list_mappings",
    params(ListParams),
    responses((status = 200, body = Listed<MappingShown>))
)]
pub async fn list(
    State(api): State<Shared>,
    Params(params): Params<ListParams>,
) -> Answer<Listed<MappingShown>> {
    api.shown(&MAPPINGS, params.min_position).await?;
    let q = search(params.q)?;
    let query = Query {
        contains: q.clone().map(|q| ("name", q)),
        order_by: Some("name"),
        limit: limit(params.limit)?,
        ..Query::default()
    };
    let total = api.context.reads.count(&MAPPINGS, &query).await?;
    let list = ["mappings", q.as_deref().unwrap_or_default()];
    let page = api.page::<MappingView>(&MAPPINGS, query, &list, params.cursor.as_deref()).await?;
    let line = |(_, view): (String, MappingView)| {
        MappingShown::from(MappingView { definition: Value::Null, revisions: vec![], ..view })
    };
    let items = page.rows.into_iter().map(line).collect();
    Ok(Json(Listed { items, next_cursor: page.next_cursor, total: Some(total) }))
}
