use axum::extract::Path;
use domain::views::{PORTAL, PortalRow};
use engine::ports::Query;

use super::read::{PortalRecord, entity};
use crate::endpoint::{Answer, Json, ListParams, Listed, Params, Shared, State};
use crate::extract::{limit, search};

/// Portal's records of one kind, by id.
#[utoipa::path(
    get,
    path = "/api/v1/portal/{kind}",
    tag = "portal",
    operation_id = "list_portal_records",
    params(("kind" = String, Path, description = "users, posts, pages, terms, media, comments or items"), ListParams),
    responses((status = 200, body = Listed<PortalRecord>))
)]
pub async fn list(
    State(api): State<Shared>,
    Path(kind): Path<String>,
    Params(params): Params<ListParams>,
) -> Answer<Listed<PortalRecord>> {
    let entity = entity(&kind)?;
    api.shown(&PORTAL, params.min_position).await?;
    let q = search(params.q)?;
    let query = Query {
        equals: vec![("entity", entity.into())],
        contains: q.clone().map(|q| ("label", q)),
        limit: limit(params.limit)?,
        ..Query::default()
    };
    let list = ["portal", entity, q.as_deref().unwrap_or_default()];
    let page = api.page::<PortalRow>(&PORTAL, query, &list, params.cursor.as_deref()).await?;
    Ok(Json(Listed {
        items: api.portal_records(page.rows).await?,
        next_cursor: page.next_cursor,
        total: None,
    }))
}
