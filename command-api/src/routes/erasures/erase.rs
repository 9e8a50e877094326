use domain::erasure::{ErasureCommand, ErasureRequested, Erasures};
use domain::ids::ErasureId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::WhichPerson;
use super::preview::{PersonHeld, held};
use crate::endpoint::{Body, Caller, Created, Json, Problem, Shared, State, StatusCode};
use crate::erasing;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErasePerson {
    pub email: Option<String>,
    /// `{connection}.{resource}.{id}`
    pub record: Option<String>,
    /// Why; it stays in the log, so it must not name the person.
    pub reason: String,
    /// Also take the content of others away that names the person: whole posts, for instance.
    #[serde(default)]
    pub mentions: bool,
}

#[derive(Serialize, ToSchema)]
pub struct Erased {
    pub id: String,
    pub position: u64,
    /// What was held until now. Absent when the request is a repeat.
    pub held: Option<PersonHeld>,
}

/// Erases a person: their keys, the content sealed with them, and what the views made of it. They do not come back with
/// the next import. It cannot be undone.
#[utoipa::path(
    post,
    path = "/api/v1/erasures",
    tag = "erasures",
    operation_id = "erase_person",
    request_body = ErasePerson,
    responses((status = 201, body = Erased))
)]
pub async fn erase(State(api): State<Shared>, caller: Caller, body: Body<ErasePerson>) -> Created<Erased> {
    let Body { value: ErasePerson { email, record, reason, mentions }, once } = body;
    let reason = super::reason(&reason)?;
    let asked = WhichPerson { email, record }.asked()?;
    let context = &api.context;
    let person = erasing::find(context, &asked).await?;
    let shown = held(&api, &person).await?;
    let mut identities = Vec::with_capacity(person.addresses.len());
    for address in &person.addresses {
        identities.push(context.vault.identity_hash(address).await?);
    }
    let requested = ErasureRequested {
        subjects: person.subjects.iter().cloned().collect(),
        identities,
        positions: person.events.keys().copied().collect(),
        mentions: if mentions { person.mentions.iter().map(|m| m.position).collect() } else { vec![] },
        reason,
    };
    let id = ErasureId::new(&once.id(&*context.ids));
    let meta = once.mark(caller.meta());
    let begun = api.begin::<Erasures>(id.as_str(), vec![ErasureCommand::Request(requested)], &meta)?;
    let ours = begun.events[0].id;
    let stream = begun.stream.clone();
    api.create(vec![begun], &once).await?;
    let first = context.executor.store.read_stream(&stream, 0, 1).await?.pop();
    let is_first = first.is_some_and(|event| event.id == ours);
    let done = erasing::carry_out(context, id.as_str(), caller.meta()).await;
    let position = done.map_err(|error| Problem::fault(&*error))?;
    let held = is_first.then_some(shown);
    Ok((StatusCode::CREATED, Json(Erased { id: id.to_string(), position, held })))
}
