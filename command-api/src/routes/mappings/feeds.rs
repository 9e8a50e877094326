use domain::ids::MappingId;
use domain::mapping::Feed;
use domain::views::{MAPPINGS, MappingView};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::definitions::compile;
use crate::endpoint::{Answer, Id, Json, Listed, Params, Problem, Shared, State};
use crate::schema;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only what this field of the source feeds, or a part of it: `title`, `title.rendered`.
    pub path: Option<String>,
    /// The newest when absent.
    pub revision: Option<u64>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// Which Portal fields a mapping fills from which fields of the source.
#[utoipa::path(
    get,
    path = "/api/v1/mappings/{id}/feeds",
    tag = "mappings",
    operation_id = "list_mapping_feeds",
    params(("id" = String, Path, description = "Begins with mp_"), Which),
    responses((status = 200, body = Listed<schema::Feed>))
)]
pub async fn feeds(
    State(api): State<Shared>,
    Id(id): Id<MappingId>,
    Params(which): Params<Which>,
) -> Answer<Listed<Feed>> {
    api.shown(&MAPPINGS, which.min_position).await?;
    let found: Option<MappingView> = api.find(&MAPPINGS, id.as_str()).await?;
    let view = found.ok_or_else(|| Problem::not_found("mapping"))?;
    let definition = match which.revision.filter(|revision| *revision != view.revision) {
        None => view.definition,
        Some(revision) => {
            let found = api.definition(&id, revision).await?;
            found.ok_or_else(|| Problem::not_found("revision of the mapping"))?
        }
    };
    if definition.is_null() {
        // It has a name and no fields yet.
        return Ok(Json(Listed { items: vec![], next_cursor: None, total: None }));
    }
    let items = compile(&definition).map_err(Problem::from)?.feeds(which.path.as_deref());
    Ok(Json(Listed { items, next_cursor: None, total: None }))
}
