use app_sdk::{App, Credentials, Discovery, Session};
use domain::connection::{
    ConnectionCommand as C, ConnectionDescribed, Connections, CredentialsStored, Health,
};
use domain::decider::Decider as _;
use domain::ids::ConnectionId;
use engine::{Position, StreamName};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::Auth;
use crate::context::Api;
use crate::endpoint::{Body, Caller, Created, Json, Problem, Shared, State, StatusCode};
use crate::extract::Once;
use crate::probe::{Checked, Watcher, slot};
use crate::schema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Add {
    pub app: String,
    /// As a person would type it: `example.org`, or any page of the site.
    pub address: String,
    /// The site's own name when absent.
    pub name: Option<String>,
    /// Absent when it is authorised on the site's page afterwards.
    pub auth: Option<Auth>,
    /// Test it at once. Default: when there is something to authorise with.
    pub test: Option<bool>,
    /// Store nothing unless the test passes.
    #[serde(default)]
    pub require_healthy: bool,
}

#[derive(Serialize, ToSchema)]
pub struct Added {
    pub id: String,
    /// Ask a read with this as `min_position` to see it.
    pub position: Position,
    pub changed: bool,
    #[schema(value_type = schema::Health)]
    pub health: Health,
}

/// Adds a connection: finds the site, tests the credential, stores it. A test that fails does not keep it from being
/// added unless `require_healthy` says so.
#[utoipa::path(
    post,
    path = "/api/v1/connections",
    tag = "connections",
    operation_id = "create_connection",
    request_body = Add,
    responses((status = 201, body = Added))
)]
pub async fn create(State(api): State<Shared>, caller: Caller, body: Body<Add>) -> Created<Added> {
    let Body { value: add, once } = body;
    let id = ConnectionId::new(&once.id(&*api.context.ids));
    if let Some(position) = before(&api, &id, &once).await? {
        let health = api.connection(&id).await.map_or(Health::Unknown, |view| view.health);
        return Ok(answer(&id, position, health));
    }
    let app = api.app(&add.app)?;
    let credentials = add.auth.map(|auth| auth.checked(app)).transpose()?;
    let looked = api.discover(app, &add.address, &Watcher::nobody()).await?;
    let stages = looked.stages;
    let found = looked.discovery.map_err(|error| {
        Problem::from(error).at("address").with(stages.iter().map(|stage| json!(stage)).collect())
    })?;
    let wanted = add.test.unwrap_or(credentials.is_some()) || add.require_healthy;
    let checked = if wanted { Some(test(&api, app, &id, &found, credentials.clone()).await?) } else { None };
    if let Some(checked) = checked.as_ref().filter(|checked| add.require_healthy && checked.is_failing()) {
        return Err(checked.refusal());
    }
    let name = add.name.unwrap_or_else(|| named(&found));
    let adding = Adding { api: &api, id: &id, app, name, found };
    let (position, health) = adding.store(credentials, checked, &caller, &once).await?;
    Ok(answer(&id, position, health))
}

fn answer(id: &ConnectionId, position: Position, health: Health) -> (StatusCode, Json<Added>) {
    (StatusCode::CREATED, Json(Added { id: id.to_string(), position, changed: true, health }))
}

async fn before(api: &Api, id: &ConnectionId, once: &Once) -> Result<Option<Position>, Problem> {
    api.created_before(&StreamName::new(Connections::CATEGORY, id), once).await
}

async fn test(
    api: &Api,
    app: &App,
    id: &ConnectionId,
    found: &Discovery,
    credentials: Option<Credentials>,
) -> Result<Checked, Problem> {
    let session = Session {
        connection: id.clone(),
        address: found.address.clone(),
        origin: found.origin.clone(),
        details: found.details.clone(),
        credentials,
        pairing: None,
    };
    api.test(app, &session).await
}

/// The site's name, or its host when it has none.
fn named(found: &Discovery) -> String {
    let plain: String = found.identity.name.chars().filter(|c| !c.is_control()).take(120).collect();
    let host = || found.origin.split("://").last().unwrap_or("Connection").chars().take(120).collect();
    if plain.trim().is_empty() { host() } else { plain }
}

struct Adding<'a> {
    api: &'a Api,
    id: &'a ConnectionId,
    app: &'a App,
    name: String,
    found: Discovery,
}

impl Adding<'_> {
    /// The secret first, then everything there is to say in one append: there is never a connection that claims a
    /// credential which is not in the vault.
    async fn store(
        self,
        credentials: Option<Credentials>,
        checked: Option<Checked>,
        caller: &Caller,
        once: &Once,
    ) -> Result<(Position, Health), Problem> {
        let Self { api, id, app, name, found } = self;
        let vault = &api.context.vault;
        let mut commands = vec![C::Add {
            app: app.entry.id.clone(),
            name,
            address: found.address.clone(),
            origin: found.origin.clone(),
        }];
        if let Some(Credentials { method, account, secret }) = credentials {
            let fingerprint = match secret {
                Some(secret) => vault.store(&slot(id, &found.origin), &secret).await?,
                None => String::new(),
            };
            let stored = CredentialsStored { method, account, fingerprint, handle: None };
            commands.push(C::StoreCredentials(stored));
        }
        let mut health = Health::Unknown;
        let mut described = ConnectionDescribed { identity: found.identity, details: found.details };
        let tested = checked.map(|checked| {
            health = checked.outcome.health;
            let Checked { outcome, stages } = checked;
            if let Some(details) = outcome.details {
                described.details = details;
            }
            C::RecordTest(domain::connection::ConnectionTested { health: outcome.health, stages })
        });
        commands.push(C::Describe(described));
        commands.extend(tested);
        let begun = api.begin::<Connections>(id.as_str(), commands, &once.mark(caller.meta()));
        let created = match begun {
            Ok(append) => api.create(vec![append], once).await,
            Err(problem) => Err(problem),
        };
        match created {
            Ok(position) => Ok((position, health)),
            Err(problem) => {
                // Unless somebody else made it meanwhile, nothing refers to the secret any more.
                if before(api, id, once).await.is_ok_and(|before| before.is_none()) {
                    vault.destroy(id.as_str()).await?;
                }
                Err(problem)
            }
        }
    }
}
