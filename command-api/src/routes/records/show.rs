use axum::extract::Path;
use chrono::{DateTime, Utc};
use domain::ids::ConnectionId;
use domain::record::RecordKey;
use engine::StreamName;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Json, Problem, Shared, State};

/// Newest revisions shown; the log keeps all.
const REVISIONS_MAX: u64 = 100;

/// A record of a source, with how it came to be.
#[derive(Serialize, ToSchema)]
pub struct RecordShown {
    pub connection: String,
    pub resource: String,
    pub id: String,
    /// As the source sent it; absent when the person it speaks of was erased or the record is gone.
    #[schema(value_type = Object)]
    pub record: Option<Value>,
    /// Newest first.
    pub revisions: Vec<RevisionShown>,
}

#[derive(Serialize, ToSchema)]
pub struct RevisionShown {
    pub revision: u64,
    pub position: u64,
    pub at: DateTime<Utc>,
    /// `record.changed` or `record.gone`.
    pub event: String,
    /// Who saw it: usually a run.
    pub actor: String,
}

/// One record, opened.
#[utoipa::path(
    get,
    path = "/api/v1/records/{connection}/{resource}/{id}",
    tag = "records",
    operation_id = "show_record",
    params(
        ("connection" = String, Path, description = "Begins with cn_"),
        ("resource" = String, Path, description = "users, posts, …"),
        ("id" = String, Path, description = "The source's id")
    ),
    responses((status = 200, body = RecordShown))
)]
pub async fn show(
    State(api): State<Shared>,
    Path((connection, resource, id)): Path<(String, String, String)>,
) -> Answer<RecordShown> {
    let key = RecordKey { connection: ConnectionId::parse(&connection)?, resource, id };
    let stream = StreamName::new("record", key.path());
    let store = &api.context.executor.store;
    let last = store.read_last(std::slice::from_ref(&stream)).await?.pop().flatten();
    let last = last.ok_or_else(|| Problem::not_found("record"))?;
    let from = (last.revision + 1).saturating_sub(REVISIONS_MAX);
    let limit = usize::try_from(REVISIONS_MAX).unwrap_or(1);
    let mut events = store.read_stream(&stream, from, limit).await?;
    events.reverse();
    let record = api.newest_records(&[key.path()]).await?.pop().flatten();
    let revisions = events.into_iter().map(|event| RevisionShown {
        revision: event.revision,
        position: event.position,
        at: event.recorded_at,
        event: event.event_type.to_string(),
        actor: event.meta.actor.0,
    });
    Ok(Json(RecordShown {
        connection: key.connection.to_string(),
        resource: key.resource,
        id: key.id,
        record,
        revisions: revisions.collect(),
    }))
}
