use axum::extract::Path;
use domain::ids::ConnectionId;
use domain::record::RecordKey;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::endpoint::{Answer, Json, Listed, Params, Problem, Shared, State};
use crate::lineage::Lineage;
use domain::views::LINKS;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only Portal fields that this field of the record feeds: `title`, `title.rendered`.
    pub path: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// What became of a record: for each Portal record that was made of it, where each field came from, step by step.
#[utoipa::path(
    get,
    path = "/api/v1/records/{connection}/{resource}/{id}/lineage",
    tag = "records",
    operation_id = "show_record_lineage",
    params(
        ("connection" = String, Path, description = "Begins with cn_"),
        ("resource" = String, Path, description = "users, posts, …"),
        ("id" = String, Path, description = "The source's id"),
        Which
    ),
    responses((status = 200, body = Listed<Lineage>))
)]
pub async fn lineage(
    State(api): State<Shared>,
    Path((connection, resource, id)): Path<(String, String, String)>,
    Params(which): Params<Which>,
) -> Answer<Listed<Lineage>> {
    let key = RecordKey { connection: ConnectionId::parse(&connection)?, resource, id };
    api.shown(&LINKS, which.min_position).await?;
    let found = api.lineage_of_record(&key).await?;
    let mut items = found.ok_or_else(|| Problem::not_found("record"))?;
    if let Some(path) = &which.path {
        for lineage in &mut items {
            lineage.fields.retain(|field| field.is_fed_by(path));
        }
    }
    Ok(Json(Listed { items, next_cursor: None, total: None }))
}
