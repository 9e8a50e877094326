use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::WhichPerson;
use super::preview::{PersonHeld, held};
use crate::endpoint::{Answer, Body, Json, Problem, Shared, State};
use crate::erasing;

/// Everything that is held of a person, readable by people and machines.
#[derive(Serialize, ToSchema)]
pub struct SubjectExport {
    pub held: PersonHeld,
    /// Oldest first.
    pub content: Vec<HeldContent>,
}

#[derive(Serialize, ToSchema)]
pub struct HeldContent {
    pub position: u64,
    pub at: DateTime<Utc>,
    /// What happened: `record.changed`, `portal.written`, …
    pub event: String,
    pub stream: String,
    pub revision: u64,
    pub actor: String,
    #[schema(value_type = Object)]
    pub content: Value,
}

/// A copy of everything that is held of a person, every revision of it.
#[utoipa::path(
    post,
    path = "/api/v1/subject-exports",
    tag = "erasures",
    operation_id = "export_subject",
    request_body = WhichPerson,
    responses((status = 200, body = SubjectExport))
)]
pub async fn export(State(api): State<Shared>, body: Body<WhichPerson>) -> Answer<SubjectExport> {
    let person = erasing::find(&api.context, &body.value.asked()?).await?;
    let mut content = Vec::with_capacity(person.events.len());
    for position in person.events.keys() {
        let Some(event) = api.context.executor.store.read_at(*position).await? else { continue };
        let Some(body) = api.open_bodies(&[&event]).await?.pop().flatten() else { continue };
        content.push(HeldContent {
            position: event.position,
            at: event.recorded_at,
            event: event.event_type.to_string(),
            stream: event.stream.to_string(),
            revision: event.revision,
            actor: event.meta.actor.0,
            content: serde_json::from_slice(&body).map_err(|error| Problem::fault(&error))?,
        });
    }
    Ok(Json(SubjectExport { held: held(&api, &person).await?, content }))
}
