//! What reactors are given.

use std::sync::Arc;

use app_sdk::signature::{SigningKey, webhook_slot};
use app_sdk::{Apps, Credentials, Session};
use domain::endpoint::Mode;
use domain::ids::ConnectionId;
use domain::views::{CONNECTIONS, ConnectionPhase, ConnectionView, ENDPOINTS, EndpointView};
use engine::execute::Executor;
use engine::ports::{Bus, Cause, Clock, Ids, ReadStore, Secret, SecretSlot, Vault};

/// The ports and apps of this process.
#[derive(Clone)]
pub struct Parts {
    pub executor: Executor,
    pub reads: Arc<dyn ReadStore>,
    pub vault: Arc<dyn Vault>,
    pub bus: Arc<dyn Bus>,
    pub apps: Apps,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

/// What a connection's API credential is stored under in the vault.
pub const API_PURPOSE: &str = "api";

/// Why a connection cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NotUsable {
    /// A person has to do something first.
    #[error("{message}")]
    Refused { code: &'static str, message: String, remedy: &'static str },
    #[error("a store did not answer")]
    Store(#[source] engine::ports::Cause),
}

impl Parts {
    /// Opens a connection for use: it exists, is not paused, and its secret is there.
    pub async fn open(&self, id: &ConnectionId) -> Result<(ConnectionView, Session), NotUsable> {
        let view = self.usable(id).await?;
        let slot = SecretSlot {
            owner: id.to_string(),
            purpose: API_PURPOSE.to_owned(),
            origin: view.origin.clone(),
        };
        let credentials = match &view.auth_method {
            None => None,
            Some(method) => {
                let secret = self.vault.open(&slot).await.map_err(|error| NotUsable::Store(error.into()))?;
                Some(Credentials { method: method.clone(), account: view.account.clone(), secret })
            }
        };
        let has_companion = self.apps.get(&view.app).is_some_and(|app| app.outbox.is_some());
        let pairing = if has_companion { self.pairing(id).await.map_err(NotUsable::Store)? } else { None };
        let session = Session {
            connection: id.clone(),
            address: view.address.clone(),
            origin: view.origin.clone(),
            details: view.details.clone(),
            credentials,
            pairing,
        };
        Ok((view, session))
    }

    /// The secret that a companion on the other side was paired with: the newest of the connection's endpoint.
    async fn pairing(&self, id: &ConnectionId) -> Result<Option<Secret>, Cause> {
        let Some(doc) = self.reads.get(&ENDPOINTS, &[id.to_string()]).await?.pop().flatten() else {
            return Ok(None);
        };
        let EndpointView { state, .. } = serde_json::from_slice(&doc)?;
        let signs = state.is_open() && matches!(state.mode, Some(Mode::StandardWebhooks {}));
        let Some(line) = state.secrets.last().filter(|_| signs) else { return Ok(None) };
        let secret = self.vault.open(&webhook_slot(id, &line.slot)).await?;
        // Who signs with a key of his own has the private half; we could not.
        Ok(secret.filter(|secret| SigningKey::parse(secret).is_ok()))
    }

    /// The connection as it is now, if runs may use it.
    pub async fn usable(&self, id: &ConnectionId) -> Result<ConnectionView, NotUsable> {
        let found = self.reads.get(&CONNECTIONS, &[id.to_string()]).await;
        let found = found.map_err(|error| NotUsable::Store(error.into()))?.pop().flatten();
        let Some(doc) = found else {
            return Err(NotUsable::Refused {
                code: "CONNECTION_GONE",
                message: format!("the connection {id} does not exist any more"),
                remedy: "choose another connection in the scenario and publish it",
            });
        };
        let view: ConnectionView =
            serde_json::from_slice(&doc).map_err(|error| NotUsable::Store(error.into()))?;
        match view.phase {
            ConnectionPhase::Live => Ok(view),
            ConnectionPhase::Paused => Err(NotUsable::Refused {
                code: "CONNECTION_PAUSED",
                message: format!("the connection {} is paused", view.name),
                remedy: "resume the connection, then run again",
            }),
            ConnectionPhase::IdentityInDoubt => Err(NotUsable::Refused {
                code: "IDENTITY_CHANGED",
                message: format!("{} answers as another site than before", view.name),
                remedy: "look whether the site has moved or was copied, and confirm its new identity",
            }),
        }
    }
}
