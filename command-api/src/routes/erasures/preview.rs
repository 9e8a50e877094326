use app_sdk::Apps;
use domain::record::RecordKey;
use domain::views::{CONNECTIONS, ConnectionView, LINKS, LinkView, link_key};
use engine::ports::Query;
use serde::Serialize;
use utoipa::ToSchema;

use super::WhichPerson;
use crate::context::Api;
use crate::endpoint::{Answer, Body, Json, Problem, Shared, State};
use crate::erasing::{self, Person};

/// Connections looked through for copies.
const CONNECTIONS_MAX: usize = 500;

/// What is held of a person, and what erasing would do.
#[derive(Serialize, ToSchema)]
pub struct PersonHeld {
    /// False when the log holds nothing of them.
    pub found: bool,
    /// Whose keys would be destroyed.
    pub subjects: Vec<String>,
    /// How many e-mail addresses are theirs. Their records would not come back by any of them.
    pub addresses: usize,
    /// Source records: `{connection}.{resource}.{id}`.
    pub records: Vec<String>,
    /// Portal records of this installation.
    pub portal: Vec<String>,
    /// Events that would lose their content.
    pub events: usize,
    /// Content of others that names the person; it is erased only with `mentions`.
    pub mentions: Vec<Mentioned>,
    /// Copies in destinations elsewhere. This installation cannot erase there: do it in those systems.
    pub elsewhere: Vec<Elsewhere>,
}

#[derive(Serialize, ToSchema)]
pub struct Mentioned {
    pub position: u64,
    /// The stream: `record-…` or `portal-…`.
    pub stream: String,
}

#[derive(Serialize, ToSchema)]
pub struct Elsewhere {
    pub connection: String,
    pub id: String,
    pub record: String,
}

/// Finds a person in everything that is held, and says what erasing would do. Changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/erasures/preview",
    tag = "erasures",
    operation_id = "preview_erasure",
    request_body = WhichPerson,
    responses((status = 200, body = PersonHeld))
)]
pub async fn preview(State(api): State<Shared>, body: Body<WhichPerson>) -> Answer<PersonHeld> {
    let person = erasing::find(&api.context, &body.value.asked()?).await?;
    Ok(Json(held(&api, &person).await?))
}

pub async fn held(api: &Api, person: &Person) -> Result<PersonHeld, Problem> {
    let records = person.streams("record");
    Ok(PersonHeld {
        found: !person.is_nobody(),
        subjects: person.subjects.iter().cloned().collect(),
        addresses: person.addresses.len(),
        elsewhere: elsewhere(api, &records).await?,
        records,
        portal: person.streams("portal"),
        events: person.events.len(),
        mentions: person
            .mentions
            .iter()
            .map(|mention| Mentioned { position: mention.position, stream: mention.stream.to_string() })
            .collect(),
    })
}

async fn elsewhere(api: &Api, records: &[String]) -> Result<Vec<Elsewhere>, Problem> {
    let query = Query { limit: CONNECTIONS_MAX, ..Query::default() };
    let page = api.context.reads.list(&CONNECTIONS, &query).await?;
    let mut found = vec![];
    for row in page.rows {
        let view: ConnectionView =
            serde_json::from_slice(&row.doc).map_err(|error| Problem::fault(&error))?;
        if !is_elsewhere(&api.context.apps, &view) {
            continue;
        }
        let keys: Vec<String> = records
            .iter()
            .filter(|record| RecordKey::parse(record).is_some())
            .map(|record| link_key(&view.id, record))
            .collect();
        let links = api.find_all::<LinkView>(&LINKS, &keys).await?;
        for (record, link) in records.iter().zip(links) {
            if let Some(link) = link {
                found.push(Elsewhere {
                    connection: view.id.clone(),
                    id: link.portal,
                    record: record.clone(),
                });
            }
        }
    }
    Ok(found)
}

/// A destination that is not this installation's own log.
fn is_elsewhere(apps: &Apps, view: &ConnectionView) -> bool {
    !view.address.starts_with("embedded:") && apps.get(&view.app).is_some_and(|app| app.actions.is_some())
}
