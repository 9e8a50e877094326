use axum::extract::Path;
use domain::ids::PortalId;
use domain::views::{PORTAL, PortalRow};

use super::read::{PortalRecord, entity};
use crate::endpoint::{Answer, Json, Params, Problem, ReadParams, Shared, State};

/// One of Portal's records.
#[utoipa::path(
    get,
    path = "/api/v1/portal/{kind}/{id}",
    tag = "portal",
    operation_id = "show_portal_record",
    params(
        ("kind" = String, Path, description = "users, posts, pages, terms, media, comments or items"),
        ("id" = String, Path, description = "Begins with po_"),
        ReadParams
    ),
    responses((status = 200, body = PortalRecord))
)]
pub async fn show(
    State(api): State<Shared>,
    Path((kind, id)): Path<(String, String)>,
    Params(params): Params<ReadParams>,
) -> Answer<PortalRecord> {
    let entity = entity(&kind)?;
    let id = PortalId::parse(&id)?;
    api.shown(&PORTAL, params.min_position).await?;
    let found: Option<PortalRow> = api.find(&PORTAL, id.as_str()).await?;
    let row = found.filter(|row| row.entity == entity).ok_or_else(|| Problem::not_found("Portal record"))?;
    let record = api.portal_records(vec![(id.to_string(), row)]).await?.pop();
    Ok(Json(record.ok_or_else(|| Problem::not_found("Portal record"))?))
}
