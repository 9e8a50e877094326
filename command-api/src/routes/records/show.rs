use axum::extract::Path;
use chrono::{DateTime, Utc};
use domain::ids::ConnectionId;
use domain::record::RecordKey;
use engine::StreamName;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Json, Params, Problem, Shared, State};
use crate::past::ReadAt;

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
    /// The revision that is shown.
    pub revision: u64,
    /// It no longer existed in its source.
    pub gone: bool,
    /// The position that was asked for; absent for now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<u64>,
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

/// One record, opened; with `at`, as it was known then.
#[utoipa::path(
    get,
    path = "/api/v1/records/{connection}/{resource}/{id}",
    tag = "records",
    operation_id = "show_record",
    params(
        ("connection" = String, Path, description = "Begins with cn_"),
        ("resource" = String, Path, description = "users, posts, …"),
        ("id" = String, Path, description = "The source's id"),
        ReadAt
    ),
    responses((status = 200, body = RecordShown))
)]
pub async fn show(
    State(api): State<Shared>,
    Path((connection, resource, id)): Path<(String, String, String)>,
    Params(params): Params<ReadAt>,
) -> Answer<RecordShown> {
    let key = RecordKey { connection: ConnectionId::parse(&connection)?, resource, id };
    let as_of = api.position_of(params.at.as_deref()).await?;
    let stream = StreamName::new("record", key.path());
    let last = api.last_event(&stream, as_of).await?.ok_or_else(|| missing(as_of))?;
    let from = (last.revision + 1).saturating_sub(REVISIONS_MAX);
    let limit = usize::try_from(last.revision + 1 - from).unwrap_or(1);
    let mut events = api.context.executor.store.read_stream(&stream, from, limit).await?;
    events.reverse();
    let record = crate::bodies::json(api.open_bodies(&[&last]).await?.pop().flatten())?;
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
        revision: last.revision,
        gone: &*last.event_type == "record.gone",
        as_of,
        revisions: revisions.collect(),
    }))
}

fn missing(as_of: Option<u64>) -> Problem {
    match as_of {
        None => Problem::not_found("record"),
        Some(position) => Problem::not_found(&format!("record at position {position}")),
    }
}
