use axum::extract::Path;
use domain::event::decode;
use domain::ids::PortalId;
use domain::portal::{PortalLinked, PortalWritten};
use engine::{Recorded, StreamName};
use serde_json::{Map, Value};

use super::read::entity;
use crate::endpoint::{Answer, Json, Listed, Params, Problem, Shared, State};
use crate::past::{Change, ReadHistory};

/// How a Portal record came to be what it is, change by change, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/portal/{kind}/{id}/history",
    tag = "portal",
    operation_id = "list_portal_record_history",
    params(
        ("kind" = String, Path, description = "users, posts, pages, terms, media, comments or items"),
        ("id" = String, Path, description = "Begins with po_"),
        ReadHistory
    ),
    responses((status = 200, body = Listed<Change>))
)]
pub async fn history(
    State(api): State<Shared>,
    Path((kind, id)): Path<(String, String)>,
    Params(page): Params<ReadHistory>,
) -> Answer<Listed<Change>> {
    entity(&kind)?;
    let stream = StreamName::new("portal", PortalId::parse(&id)?);
    let mut found =
        api.history(&stream, &page, state).await?.ok_or_else(|| Problem::not_found("Portal record"))?;
    for change in &mut found.items {
        // A link says by itself what it changes; compared with a write's whole content it would seem to change all.
        if change.event == "portal.linked" {
            let event = api.context.executor.store.read_stream(&stream, change.revision, 1).await?.pop();
            let linked: Option<PortalLinked> = event
                .map(|event| decode(&event.event_type, &event.data))
                .transpose()
                .map_err(|error| Problem::fault(&error))?;
            change.changed = linked.map(|linked| linked.references.into_keys().collect()).unwrap_or_default();
        }
    }
    Ok(Json(found))
}

/// Fields and references as one object.
fn state(event: &Recorded, body: Option<Value>) -> Result<Value, Problem> {
    let mut fields = match body {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    if &*event.event_type == "portal.written" {
        let written: PortalWritten =
            decode(&event.event_type, &event.data).map_err(|error| Problem::fault(&error))?;
        let found = written.references.into_iter().map(|(field, id)| (field, id.to_string().into()));
        fields.extend(found);
    }
    Ok(Value::Object(fields))
}
