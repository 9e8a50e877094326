//! What can be read from a connection: what we know of it, and how much the site says there is.

use app_sdk::AppError;
use domain::connection::{ConnectionEvent, Connections};
use domain::decider::Decider as _;
use domain::ids::ConnectionId;
use domain::views::{CONNECTIONS, ConnectionView, RECORDS};
use engine::{StreamName, history};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::catalogue::{refusal, resources_of};
use crate::context::Api;
use crate::endpoint::{Answer, Id, Json, Params, Problem, ReadParams, Shared, State};
use crate::schema;

/// Newest events of a connection looked through for what was found before.
const EVENTS_MAX: u64 = 500;

#[derive(Serialize, ToSchema)]
pub struct Resources {
    pub items: Vec<Resource>,
    /// Own kinds of records that the look before the newest found and the newest did not.
    pub gone: Vec<String>,
}

/// A kind of records.
#[derive(Serialize, ToSchema)]
#[schema(as = ConnectionResource)]
pub struct Resource {
    pub id: String,
    pub name: String,
    /// Records of it that we know.
    pub known: u64,
    /// The newest look found it and the look before did not.
    pub is_new: bool,
}

/// What can be read from a connection, with how much of it we know.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}/resources",
    tag = "connections",
    operation_id = "list_connection_resources",
    params(("id" = String, Path, description = "Begins with cn_"), ReadParams),
    responses((status = 200, body = Resources))
)]
pub async fn resources(
    State(api): State<Shared>,
    Id(id): Id<ConnectionId>,
    Params(params): Params<ReadParams>,
) -> Answer<Resources> {
    api.shown(&CONNECTIONS, params.min_position).await?;
    let view = api.connection(&id).await?;
    let [now, before] = own_before_and_now(&api, &id).await?;
    let mut items = vec![];
    for resource in resources_of(&api.context.apps, &view) {
        items.push(Resource {
            name: name(&api, &view, &resource),
            known: api.known_records(&RECORDS, format!("{id}.{resource}.")).await?,
            is_new: before.as_ref().is_some_and(|before| !before.contains(&resource))
                && now.as_ref().is_some_and(|now| now.contains(&resource)),
            id: resource,
        });
    }
    let gone = match (now, before) {
        (Some(now), Some(before)) => before.into_iter().filter(|id| !now.contains(id)).collect(),
        _ => vec![],
    };
    Ok(Json(Resources { items, gone }))
}

#[derive(Serialize, ToSchema)]
pub struct Counted {
    pub items: Vec<ResourceCount>,
}

#[derive(Serialize, ToSchema)]
pub struct ResourceCount {
    pub id: String,
    pub name: String,
    /// As the site says; absent when it does not.
    pub total: Option<u64>,
    #[schema(value_type = Option<schema::Trouble>)]
    pub problem: Option<Value>,
}

/// Asks the site how many records of each kind it has. One small request for each kind; nothing is recorded.
#[utoipa::path(
    post,
    path = "/api/v1/connections/{id}/resources/count",
    tag = "connections",
    operation_id = "count_connection_resources",
    params(("id" = String, Path, description = "Begins with cn_")),
    responses((status = 200, body = Counted))
)]
pub async fn count(State(api): State<Shared>, Id(id): Id<ConnectionId>) -> Answer<Counted> {
    let view = api.connection(&id).await?;
    if let Some(problem) = refusal(&view) {
        return Err(problem);
    }
    let app = api.app(&view.app)?;
    let session = api.session(&id, &view).await?;
    let wanted = resources_of(&api.context.apps, &view);
    let counted = api.count(app, &session, &wanted).await?;
    let item = |(id, total): (String, Result<Option<u64>, AppError>)| {
        let problem = total.as_ref().err().map(
            |error| serde_json::json!({"code": error.code(), "message": error.to_string(), "remedy": error.remedy()}),
        );
        ResourceCount { name: name(&api, &view, &id), id, total: total.ok().flatten(), problem }
    };
    Ok(Json(Counted { items: wanted.iter().cloned().zip(counted).map(item).collect() }))
}

/// What people call a kind of records: the catalogue's name, else the site's own.
fn name(api: &Api, view: &ConnectionView, resource: &str) -> String {
    let app = api.context.apps.get(&view.app);
    let known = app.and_then(|app| app.entry.resources.iter().find(|entry| entry.id == resource));
    let own = || {
        let list = view.details.get("resources")?.as_array()?;
        let entry = list.iter().find(|entry| entry["id"] == resource)?;
        Some(entry["label"].as_str()?.chars().take(100).collect())
    };
    known.map(|entry| entry.name.clone()).or_else(own).unwrap_or_else(|| resource.to_owned())
}

/// The kinds that the newest look found, and the one before it that found others.
async fn own_before_and_now(api: &Api, id: &ConnectionId) -> Result<[Option<Vec<String>>; 2], Problem> {
    let stream = StreamName::new(Connections::CATEGORY, id);
    let mut found: Vec<Vec<String>> = vec![];
    for event in api.newest_events(&stream, EVENTS_MAX).await?.iter().rev() {
        let ConnectionEvent::Described(described) = history::decode(event)? else { continue };
        let Some(list) = described.details.get("resources").and_then(Value::as_array) else { continue };
        let mut ids: Vec<String> =
            list.iter().filter_map(|entry| Some(entry["id"].as_str()?.to_owned())).collect();
        ids.sort_unstable();
        if found.first() != Some(&ids) {
            found.push(ids);
        }
        if found.len() == 2 {
            break;
        }
    }
    let mut found = found.into_iter();
    Ok([found.next(), found.next()])
}
