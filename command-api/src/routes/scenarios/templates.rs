use crate::endpoint::{Answer, Json, Listed, Params, ReadParams, Shared, State};
use crate::templates::Template;

/// Scenarios to start from.
#[utoipa::path(
    get,
    path = "/api/v1/templates",
    tag = "scenarios",
    operation_id = "list_templates",
    params(ReadParams),
    responses((status = 200, body = Listed<Template>))
)]
pub async fn templates(State(api): State<Shared>, _params: Params<ReadParams>) -> Answer<Listed<Template>> {
    let items = api.context.templates.all().to_vec();
    let total = Some(items.len() as u64);
    Ok(Json(Listed { items, next_cursor: None, total }))
}
