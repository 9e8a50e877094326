use axum::extract::Path;
use domain::ids::PortalId;
use domain::views::{PORTAL, PortalRow};
use engine::StreamName;

use super::read::{PortalRecord, entity};
use crate::endpoint::{Answer, Json, Params, Problem, Shared, State};
use crate::past::ReadAt;

/// One of Portal's records; with `at`, as it was then.
#[utoipa::path(
    get,
    path = "/api/v1/portal/{kind}/{id}",
    tag = "portal",
    operation_id = "show_portal_record",
    params(
        ("kind" = String, Path, description = "users, posts, pages, terms, media, comments or items"),
        ("id" = String, Path, description = "Begins with po_"),
        ReadAt
    ),
    responses((status = 200, body = PortalRecord))
)]
pub async fn show(
    State(api): State<Shared>,
    Path((kind, id)): Path<(String, String)>,
    Params(params): Params<ReadAt>,
) -> Answer<PortalRecord> {
    let entity = entity(&kind)?;
    let id = PortalId::parse(&id)?;
    let missing = || Problem::not_found("Portal record");
    let record = if let Some(position) = api.position_of(params.at.as_deref()).await? {
        api.portal_record_at(&StreamName::new("portal", &id), position).await?.ok_or_else(missing)?
    } else {
        api.shown(&PORTAL, params.min_position).await?;
        let found: Option<PortalRow> = api.find(&PORTAL, id.as_str()).await?;
        let row = found.ok_or_else(missing)?;
        api.portal_records(vec![(id.to_string(), row)]).await?.pop().ok_or_else(missing)?
    };
    if record.entity != entity {
        return Err(missing());
    }
    Ok(Json(record))
}
