use axum::extract::Path;
use domain::ids::PortalId;
use domain::views::LINKS;
use engine::StreamName;

use super::read::entity;
use crate::endpoint::{Answer, Json, Params, Problem, Shared, State};
use crate::lineage::Lineage;
use crate::past::ReadAt;

/// Where each field of a Portal record came from; with `at`, as it was then.
#[utoipa::path(
    get,
    path = "/api/v1/portal/{kind}/{id}/lineage",
    tag = "portal",
    operation_id = "show_portal_record_lineage",
    params(
        ("kind" = String, Path, description = "users, posts, pages, terms, media, comments or items"),
        ("id" = String, Path, description = "Begins with po_"),
        ReadAt
    ),
    responses((status = 200, body = Lineage))
)]
pub async fn lineage(
    State(api): State<Shared>,
    Path((kind, id)): Path<(String, String)>,
    Params(params): Params<ReadAt>,
) -> Answer<Lineage> {
    entity(&kind)?;
    let stream = StreamName::new("portal", PortalId::parse(&id)?);
    let at = api.position_of(params.at.as_deref()).await?;
    api.shown(&LINKS, params.min_position).await?;
    let missing = || Problem::not_found("Portal record");
    let last = api.last_event(&stream, at).await?.ok_or_else(missing)?;
    Ok(Json(api.lineage_of_portal(&stream, &last).await?.ok_or_else(missing)?))
}
