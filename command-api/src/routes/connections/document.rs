//! A connection as the API shows it: everything but secrets and the site's handle of the credential.

use chrono::{DateTime, Utc};
use domain::connection::{Health, Identity, Stage};
use domain::views::{ConnectionPhase, ConnectionView, HistoryLine};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::schema;

#[derive(Serialize, ToSchema)]
pub struct Connection {
    pub id: String,
    pub app: String,
    pub name: String,
    pub address: String,
    /// The only place that the credential is sent to.
    pub origin: String,
    #[schema(value_type = schema::ConnectionPhase)]
    pub phase: ConnectionPhase,
    #[schema(value_type = schema::Health)]
    pub health: Health,
    pub checked_at: Option<DateTime<Utc>>,
    /// Stages of the newest test.
    #[schema(value_type = Vec<schema::Stage>)]
    pub stages: Vec<Stage>,
    pub auth_method: Option<String>,
    /// Whom we act as.
    pub account: Option<String>,
    /// Tells two credentials apart, and nothing else.
    pub fingerprint: Option<String>,
    #[schema(value_type = Option<schema::Identity>)]
    pub identity: Option<Identity>,
    /// What discovery found, in the app's own words.
    #[schema(value_type = Object)]
    pub details: Value,
    pub added_at: DateTime<Utc>,
    /// Newest first; empty in lists.
    #[schema(value_type = Vec<schema::HistoryLine>)]
    pub history: Vec<HistoryLine>,
    /// The position that was asked for; absent for now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<u64>,
}

impl From<ConnectionView> for Connection {
    fn from(view: ConnectionView) -> Self {
        Self {
            id: view.id,
            app: view.app,
            name: view.name,
            address: view.address,
            origin: view.origin,
            phase: view.phase,
            health: view.health,
            checked_at: view.checked_at,
            stages: view.stages,
            auth_method: view.auth_method,
            account: view.account,
            fingerprint: view.fingerprint,
            identity: view.identity,
            details: view.details,
            added_at: view.added_at,
            history: view.history,
            as_of: None,
        }
    }
}

impl Connection {
    /// Without what only the connection's own page shows.
    pub fn line(view: ConnectionView) -> Self {
        Self { history: vec![], stages: vec![], details: Value::Null, ..Self::from(view) }
    }
}
