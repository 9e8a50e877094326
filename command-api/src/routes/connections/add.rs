use app_sdk::Credentials;
use domain::connection::{
    ConnectionCommand, ConnectionDescribed, Connections, CredentialsStored, Health, Stage,
};
use domain::ids::ConnectionId;
use domain::views::{ConnectionPhase, ConnectionView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::context::Api;
use crate::endpoint::{Body, Caller, Created, Json, Problem, Shared, State, StatusCode};
use crate::extract::SecretText;
use crate::probe::{self, slot};
use crate::schema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConnection {
    app: String,
    /// As a person types it.
    address: String,
    /// Default: what the site calls itself.
    #[serde(default)]
    name: Option<String>,
    /// Absent: added without a credential, to be authorised in the browser.
    #[serde(default)]
    auth: Option<Auth>,
    /// Refuse to add a connection whose test fails.
    #[serde(default)]
    require_healthy: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// One of the app's methods.
    pub method: String,
    #[serde(default)]
    pub account: Option<String>,
    #[serde(default)]
    pub secret: Option<SecretText>,
}

#[derive(Serialize, ToSchema)]
pub struct AddedConnection {
    id: String,
    name: String,
    address: String,
    #[schema(value_type = schema::Health)]
    health: Health,
    #[schema(value_type = Vec<schema::Stage>)]
    stages: Vec<Stage>,
    position: u64,
}

/// Adds a connection: finds the site, tests the credential, seals it. A failing test is recorded, not refused, unless
/// `require_healthy` is set.
#[utoipa::path(post, path = "/api/v1/connections", tag = "connections", request_body = NewConnection, responses((status = 201, body = AddedConnection)))]
pub async fn add(
    State(api): State<Shared>,
    caller: Caller,
    body: Body<NewConnection>,
) -> Created<AddedConnection> {
    let new = body.value;
    let id = ConnectionId::new(&body.once.id(&*api.context.ids));
    let app = api.app(&new.app)?.clone();
    let found = api.discover(&app, &new.address).await?;
    let mut stages = found.stages;
    let discovery = found
        .discovery
        .map_err(Problem::from)
        .map_err(|problem| problem.with(stages.iter().map(|stage| serde_json::json!(stage)).collect()))?;
    let name = new.name.unwrap_or_else(|| shortened(&discovery.identity.name, &discovery.address));
    let view = unsaved(&id, &app.entry.id, &name, &discovery, api.context.clock.now());
    let credentials = new.auth.map(checked).transpose()?;
    let session = probe::session_with(&id, &view, credentials.clone());
    let checked = api.test(&app, &session).await?;
    if new.require_healthy && checked.is_failing() {
        return Err(checked.refusal());
    }
    let health = checked.outcome.health;
    stages.extend(checked.stages.iter().cloned());
    let mut commands = vec![
        ConnectionCommand::Add {
            app: app.entry.id.clone(),
            name: name.clone(),
            address: discovery.address.clone(),
            origin: discovery.origin.clone(),
        },
        ConnectionCommand::Describe(ConnectionDescribed {
            identity: discovery.identity.clone(),
            details: discovery.details.clone(),
        }),
    ];
    if let Some(credentials) = credentials {
        commands.push(store(&api, &id, &discovery.origin, credentials, None).await?);
    }
    commands.extend(checked.commands(&view));
    let append = api.begin::<Connections>(id.as_str(), commands, &body.once.mark(caller.meta()))?;
    let position = api.create(vec![append], &body.once).await?;
    let added =
        AddedConnection { id: id.to_string(), name, address: discovery.address, health, stages, position };
    Ok((StatusCode::CREATED, Json(added)))
}

/// Puts a credential into the vault; the command that tells so.
pub async fn store(
    api: &Api,
    id: &ConnectionId,
    origin: &str,
    credentials: Credentials,
    handle: Option<String>,
) -> Result<ConnectionCommand, Problem> {
    let fingerprint = match &credentials.secret {
        Some(secret) => api.context.vault.store(&slot(id, origin), secret).await?,
        None => String::new(),
    };
    Ok(ConnectionCommand::StoreCredentials(CredentialsStored {
        method: credentials.method,
        account: credentials.account,
        fingerprint,
        handle,
    }))
}

/// Credentials as an app takes them.
pub fn checked(auth: Auth) -> Result<Credentials, Problem> {
    let known = auth.method.len() <= 40 && auth.method.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let account = auth.account.as_deref().unwrap_or_default();
    if !known || account.len() > 300 || account.contains(':') || account.chars().any(char::is_control) {
        return Err(Problem::invalid(
            "INVALID_CREDENTIALS",
            "a method is a short word; an account has no colon and no control characters",
            "use one of the app's methods, and the user name as the site shows it",
        )
        .at("auth"));
    }
    Ok(Credentials { method: auth.method, account: auth.account, secret: auth.secret.map(|secret| secret.0) })
}

fn shortened(name: &str, address: &str) -> String {
    let clean: String = name.chars().filter(|c| !c.is_control()).take(120).collect();
    if clean.trim().is_empty() { address.chars().take(120).collect() } else { clean }
}

/// A connection before it is one.
fn unsaved(
    id: &ConnectionId,
    app: &str,
    name: &str,
    found: &app_sdk::Discovery,
    now: chrono::DateTime<chrono::Utc>,
) -> ConnectionView {
    ConnectionView {
        id: id.to_string(),
        app: app.to_owned(),
        name: name.to_owned(),
        address: found.address.clone(),
        origin: found.origin.clone(),
        phase: ConnectionPhase::Live,
        health: Health::Unknown,
        checked_at: None,
        stages: vec![],
        auth_method: None,
        account: None,
        fingerprint: None,
        handle: None,
        identity: Some(found.identity.clone()),
        details: found.details.clone(),
        added_at: now,
        history: vec![],
    }
}
