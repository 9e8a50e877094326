use super::{AppShown, shown};
use crate::endpoint::{Answer, Json, Listed, Shared, State};

/// The catalogue.
#[utoipa::path(
    get,
    path = "/api/v1/apps",
    tag = "apps",
    operation_id = "list_apps",
    responses((status = 200, body = Listed<AppShown>))
)]
pub async fn list(State(api): State<Shared>) -> Answer<Listed<AppShown>> {
    let items: Vec<AppShown> = api.context.apps.all().map(shown).collect();
    let total = Some(items.len() as u64);
    Ok(Json(Listed { items, next_cursor: None, total }))
}
