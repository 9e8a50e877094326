use axum::extract::Path;
use domain::views::{AUDIT, AuditView, audit_key};
use engine::StreamName;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::search::AuditLine;
use crate::context::Api;
use crate::endpoint::{Answer, Json, Params, Problem, ReadParams, Shared, State};

/// Events looked through for what was there before.
const EVENTS_MAX: u64 = 500;
/// What nobody needs to see: not secret by itself, but only of use to who has the secret.
const LEFT_OUT: [&str; 2] = ["hash", "handle"];

/// One line, with what it changed.
#[derive(Serialize, ToSchema)]
pub struct AuditEntry {
    #[serde(flatten)]
    pub line: AuditLine,
    /// What the event says.
    #[schema(value_type = Object)]
    pub after: Value,
    /// What the event of the same kind before it said of the same thing; absent when there was none.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
}

/// One line of the audit log, with what it changed.
#[utoipa::path(
    get,
    path = "/api/v1/audit/{position}",
    tag = "audit",
    operation_id = "show_audit_entry",
    params(("position" = u64, Path, description = "Its place in the log"), ReadParams),
    responses((status = 200, body = AuditEntry))
)]
pub async fn show(
    State(api): State<Shared>,
    Path(position): Path<u64>,
    Params(params): Params<ReadParams>,
) -> Answer<AuditEntry> {
    api.shown(&AUDIT, params.min_position).await?;
    let found: Option<AuditView> = api.find(&AUDIT, &audit_key(position)).await?;
    let line = found.ok_or_else(|| Problem::not_found("line of the audit log"))?;
    let event = api.context.executor.store.read_at(position).await?;
    let event = event.ok_or_else(|| Problem::not_found("event"))?;
    let before = before(&api, &event.stream, event.revision, &event.event_type).await?;
    Ok(Json(AuditEntry { line: line.into(), after: shown(&event.data)?, before }))
}

/// What the same thing was before: the event of the same kind, or of a name the one that gave it first.
async fn before(
    api: &Api,
    stream: &StreamName,
    revision: u64,
    event_type: &str,
) -> Result<Option<Value>, Problem> {
    let from = revision.saturating_sub(EVENTS_MAX);
    let count = usize::try_from(revision - from).unwrap_or(0);
    if count == 0 {
        return Ok(None);
    }
    let events = api.context.executor.store.read_stream(stream, from, count).await?;
    if let Some(same) = events.iter().rev().find(|event| &*event.event_type == event_type) {
        return shown(&same.data).map(Some);
    }
    let first = events.first().filter(|event| event.revision == 0 && event_type.ends_with(".renamed"));
    let Some(first) = first else { return Ok(None) };
    let name = shown(&first.data)?.get("name").cloned();
    Ok(name.map(|name| json!({ "name": name })))
}

fn shown(data: &[u8]) -> Result<Value, Problem> {
    let mut data: Value = serde_json::from_slice(data).map_err(|error| Problem::fault(&error))?;
    if let Some(object) = data.as_object_mut() {
        object.retain(|name, _| !LEFT_OUT.contains(&name.as_str()));
    }
    Ok(data)
}
