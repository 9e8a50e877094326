use domain::ids::MappingId;
use domain::views::{MAPPINGS, MappingView};
use serde::Deserialize;
use utoipa::IntoParams;

use super::MappingShown;
use crate::endpoint::{Answer, Id, Json, Params, Problem, Shared, State};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct At {
    /// An older revision instead of the newest.
    pub revision: Option<u64>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// One mapping with its definition.
#[utoipa::path(
    get,
    path = "/api/v1/mappings/{id}",
    tag = "mappings",
    operation_id = "show_mapping",
    params(("id" = String, Path, description = "Begins with mp_"), At),
    responses((status = 200, body = MappingShown))
)]
pub async fn show(
    State(api): State<Shared>,
    Id(id): Id<MappingId>,
    Params(at): Params<At>,
) -> Answer<MappingShown> {
    api.shown(&MAPPINGS, at.min_position).await?;
    let found: Option<MappingView> = api.find(&MAPPINGS, id.as_str()).await?;
    let mut view = found.ok_or_else(|| Problem::not_found("mapping"))?;
    if let Some(revision) = at.revision.filter(|revision| *revision != view.revision) {
        let definition = api.definition(&id, revision).await?;
        view.definition = definition.ok_or_else(|| Problem::not_found("revision of the mapping"))?;
        view.revision = revision;
    }
    Ok(Json(view.into()))
}
