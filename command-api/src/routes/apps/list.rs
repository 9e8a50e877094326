use super::{AppShown, shown};
use crate::endpoint::{Answer, Json, Listed, Params, ReadParams, Shared, State};

/// The catalogue.
#[utoipa::path(
    get,
    path = "/api/v1/apps",
    tag = "apps",
    operation_id = "list_apps",
    params(ReadParams),
    responses((status = 200, body = Listed<AppShown>))
)]
pub async fn list(State(api): State<Shared>, _params: Params<ReadParams>) -> Answer<Listed<AppShown>> {
    let items: Vec<AppShown> = api.context.apps.all().map(shown).collect();
    let total = Some(items.len() as u64);
    Ok(Json(Listed { items, next_cursor: None, total }))
}
