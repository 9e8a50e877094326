use domain::ids::ConnectionId;
use domain::record::RecordKey;
use domain::views::{RECORDS, RecordView};
use engine::ports::Query;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::endpoint::{Answer, Json, Listed, Params, Problem, Shared, State};
use crate::extract::limit;

/// Longest name of a resource, in bytes.
const RESOURCE_BYTES_MAX: usize = 100;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// The connection whose records are meant.
    pub connection: String,
    /// The source's kind of record: `users`, `posts`.
    pub resource: String,
    /// Rows of a page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// A record's newest revision.
#[derive(Serialize, ToSchema)]
pub struct RecordLine {
    /// The source's id.
    pub id: String,
    pub revision: u64,
    /// The source's own version.
    pub version: Option<String>,
    pub position: u64,
    /// It no longer exists in its source.
    pub gone: bool,
}

/// Records of one kind of one connection.
#[utoipa::path(
    get,
    path = "/api/v1/records",
    tag = "records",
    operation_id = "list_records",
    params(Filters),
    responses((status = 200, body = Listed<RecordLine>))
)]
pub async fn list(State(api): State<Shared>, Params(filters): Params<Filters>) -> Answer<Listed<RecordLine>> {
    let connection = ConnectionId::parse(&filters.connection)?;
    let resource = filters.resource;
    if resource.is_empty() || resource.len() > RESOURCE_BYTES_MAX || resource.contains('.') {
        return Err(Problem::bad_request(
            "INVALID_RESOURCE",
            "a resource is a short name without dots",
            "use a resource that the connection lists",
        )
        .at("resource"));
    }
    api.shown(&RECORDS, filters.min_position).await?;
    let query = Query {
        key_prefix: format!("{connection}.{resource}."),
        limit: limit(filters.limit)?,
        ..Query::default()
    };
    let list = ["records", connection.as_str(), &resource];
    let page = api.page::<RecordView>(&RECORDS, query, &list, filters.cursor.as_deref()).await?;
    let line = |(path, view): (String, RecordView)| RecordLine {
        id: RecordKey::parse(&path).map_or(path, |key| key.id),
        revision: view.revision,
        version: view.version,
        position: view.position,
        gone: view.gone,
    };
    Ok(Json(Listed {
        items: page.rows.into_iter().map(line).collect(),
        next_cursor: page.next_cursor,
        total: None,
    }))
}
