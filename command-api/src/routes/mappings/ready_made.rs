use domain::mapping::READY_MADE;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Json, Listed, Params, ReadParams};
use crate::problem::Problem;

/// A definition that comes with the product, to start from.
#[derive(Serialize, ToSchema)]
pub struct ReadyMadeMapping {
    pub name: &'static str,
    pub app: &'static str,
    pub resource: &'static str,
    pub entity: &'static str,
    #[schema(value_type = Object)]
    pub definition: Value,
}

/// Definitions that come with the product.
#[utoipa::path(
    get,
    path = "/api/v1/ready-made-mappings",
    tag = "mappings",
    operation_id = "list_ready_made_mappings",
    params(ReadParams),
    responses((status = 200, body = Listed<ReadyMadeMapping>))
)]
pub async fn ready_made(_params: Params<ReadParams>) -> Answer<Listed<ReadyMadeMapping>> {
    let mut items = Vec::with_capacity(READY_MADE.len());
    for ready in READY_MADE {
        let definition = serde_json::from_str(ready.json).map_err(|error| Problem::fault(&error))?;
        let (name, app, resource, entity) = (ready.name, ready.app, ready.resource, ready.entity);
        items.push(ReadyMadeMapping { name, app, resource, entity, definition });
    }
    let total = Some(items.len() as u64);
    Ok(Json(Listed { items, next_cursor: None, total }))
}
