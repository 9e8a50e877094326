use domain::ids::MappingId;
use domain::mapping::READY_MADE;
use domain::views::{MAPPINGS, MappingView};
use engine::ports::Query;
use serde_json::{Value, json};

use crate::endpoint::{Answer, Id, Json, ListParams, Listed, Params, Problem, ReadParams, Shared, State};
use crate::extract::{limit, search};

/// Saved mappings.
#[utoipa::path(get, path = "/api/v1/mappings", tag = "mappings", params(ListParams), responses((status = 200, body = Object)))]
pub async fn list(State(api): State<Shared>, Params(params): Params<ListParams>) -> Answer<Listed<Value>> {
    api.shown(&MAPPINGS, params.min_position).await?;
    let q = search(params.q)?;
    let query =
        Query { contains: q.clone().map(|q| ("name", q)), limit: limit(params.limit)?, ..Query::default() };
    let list = ["mappings", q.as_deref().unwrap_or_default()];
    let page = api.page::<MappingView>(&MAPPINGS, query, &list, params.cursor.as_deref()).await?;
    let items = page.rows.into_iter().map(|(_, view)| json!(view)).collect();
    Ok(Json(Listed { items, next_cursor: page.next_cursor, total: None }))
}

/// One mapping at its newest revision.
#[utoipa::path(
    get,
    path = "/api/v1/mappings/{id}",
    tag = "mappings",
    params(("id" = String, Path, description = "Begins with mp_"), ReadParams),
    responses((status = 200, body = Object))
)]
pub async fn show(
    State(api): State<Shared>,
    id: Id<MappingId>,
    Params(params): Params<ReadParams>,
) -> Answer<Value> {
    api.shown(&MAPPINGS, params.min_position).await?;
    let view: Option<MappingView> = api.find(&MAPPINGS, id.0.as_str()).await?;
    Ok(Json(json!(view.ok_or_else(|| Problem::not_found("mapping"))?)))
}

/// Definitions that come with the product, to start from.
#[utoipa::path(get, path = "/api/v1/ready-made-mappings", tag = "mappings", params(ReadParams), responses((status = 200, body = Object)))]
pub async fn ready_made(Params(_params): Params<ReadParams>) -> Answer<Listed<Value>> {
    let items = READY_MADE.iter().map(|ready| {
        let definition: Value = serde_json::from_str(ready.json).unwrap_or_default();
        json!({
            "name": ready.name, "app": ready.app, "resource": ready.resource, "entity": ready.entity,
            "definition": definition
        })
    });
    Ok(Json(Listed { items: items.collect(), next_cursor: None, total: None }))
}
