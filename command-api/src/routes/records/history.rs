use axum::extract::Path;
use domain::ids::ConnectionId;
use domain::record::RecordKey;
use engine::StreamName;
use serde_json::Value;

use crate::endpoint::{Answer, Json, Listed, Params, Problem, Shared, State};
use crate::past::{Change, ReadHistory};

/// What was seen of a record, change by change, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/records/{connection}/{resource}/{id}/history",
    tag = "records",
    operation_id = "list_record_history",
    params(
        ("connection" = String, Path, description = "Begins with cn_"),
        ("resource" = String, Path, description = "users, posts, …"),
        ("id" = String, Path, description = "The source's id"),
        ReadHistory
    ),
    responses((status = 200, body = Listed<Change>))
)]
pub async fn history(
    State(api): State<Shared>,
    Path((connection, resource, id)): Path<(String, String, String)>,
    Params(page): Params<ReadHistory>,
) -> Answer<Listed<Change>> {
    let key = RecordKey { connection: ConnectionId::parse(&connection)?, resource, id };
    let stream = StreamName::new("record", key.path());
    let found = api.history(&stream, &page, |_, body| Ok(body.unwrap_or_else(nothing))).await?;
    found.map(Json).ok_or_else(|| Problem::not_found("record"))
}

/// A record that is gone, or of an erased person, shows no fields.
fn nothing() -> Value {
    Value::Object(serde_json::Map::new())
}
