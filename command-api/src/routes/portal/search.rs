use domain::ids::ConnectionId;
use domain::record::RecordKey;
use domain::views::{CONNECTIONS, ConnectionView, LINKS, LinkView, PORTAL, PortalRow, link_key};
use engine::ports::Query;
use serde::Deserialize;
use utoipa::IntoParams;

use super::read::{PortalRecord, entity};
use crate::catalogue::resources_of;
use crate::context::Api;
use crate::endpoint::{Answer, Json, Listed, Params, Problem, Shared, State};
use crate::extract::{limit, search};
use crate::templates::PORTAL_CONNECTION;

/// Connections whose records are looked up by their id in the source.
const CONNECTIONS_MAX: usize = 100;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// Part of the title, name or e-mail address, or the record's whole id in its source. Nothing else is searched:
    /// what records hold is sealed. Titles are searched in their first 60 characters.
    pub q: Option<String>,
    /// users, posts, pages, terms, media, comments or items. All when absent.
    pub kind: Option<String>,
    /// Only what came from this connection. The page may then be short and still have a next one.
    pub source: Option<String>,
    /// Rows of a page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// Portal's records of all kinds, by id. What is found by its id in the source comes first.
#[utoipa::path(
    get,
    path = "/api/v1/portal",
    tag = "portal",
    operation_id = "search_portal_records",
    params(Filters),
    responses((status = 200, body = Listed<PortalRecord>))
)]
pub async fn search_records(
    State(api): State<Shared>,
    Params(filters): Params<Filters>,
) -> Answer<Listed<PortalRecord>> {
    let entity = filters.kind.as_deref().map(entity).transpose()?;
    let source = filters.source.as_deref().map(ConnectionId::parse).transpose()?;
    api.shown(&PORTAL, filters.min_position).await?;
    let q = search(filters.q)?;
    let from = source.as_ref().map(|source| format!("{source}."));
    let wanted = |row: &PortalRow| {
        entity.is_none_or(|entity| row.entity == entity)
            && from.as_ref().is_none_or(|from| row.external.starts_with(from))
    };
    let mut rows = match &q {
        Some(id) if filters.cursor.is_none() => by_source_id(&api, id).await?,
        _ => vec![],
    };
    let query = Query {
        equals: entity.map(|entity| ("entity", entity.into())).into_iter().collect(),
        contains: q.clone().map(|q| ("label", q)),
        limit: limit(filters.limit)?,
        ..Query::default()
    };
    let is_whole = q.is_none() && source.is_none();
    let total = if is_whole { Some(api.context.reads.count(&PORTAL, &query).await?) } else { None };
    let list = [
        "portal-search",
        entity.unwrap_or_default(),
        q.as_deref().unwrap_or_default(),
        source.as_ref().map_or("", ConnectionId::as_str),
    ];
    let page = api.page::<PortalRow>(&PORTAL, query, &list, filters.cursor.as_deref()).await?;
    for row in page.rows {
        if rows.iter().all(|(id, _)| *id != row.0) {
            rows.push(row);
        }
    }
    rows.retain(|(_, row)| wanted(row));
    Ok(Json(Listed { items: api.portal_records(rows).await?, next_cursor: page.next_cursor, total }))
}

/// What was made of the records that have this id in any source, in the built-in Portal.
async fn by_source_id(api: &Api, id: &str) -> Result<Vec<(String, PortalRow)>, Problem> {
    let query = Query { limit: CONNECTIONS_MAX, ..Query::default() };
    let connections = api.page::<ConnectionView>(&CONNECTIONS, query, &[], None).await?;
    let mut keys = vec![];
    for (_, view) in &connections.rows {
        let Ok(connection) = ConnectionId::parse(&view.id) else { continue };
        for resource in resources_of(&api.context.apps, view) {
            let key = RecordKey { connection: connection.clone(), resource, id: id.to_owned() };
            keys.push(link_key(PORTAL_CONNECTION, &key.path()));
        }
    }
    let links = api.find_all::<LinkView>(&LINKS, &keys).await?;
    let ids: Vec<String> = links.into_iter().flatten().map(|link| link.portal).collect();
    let found = api.find_all::<PortalRow>(&PORTAL, &ids).await?;
    Ok(ids.into_iter().zip(found).filter_map(|(id, row)| Some((id, row?))).collect())
}
