//! Opening a connection for a question.

use app_sdk::{Credentials, Session};
use domain::ids::ConnectionId;
use domain::views::ConnectionView;
use engine::ports::SecretSlot;

use crate::context::Api;
use crate::problem::Problem;

/// What a connection's API credential is stored under in the vault; `projector` opens it by the same name.
const API_PURPOSE: &str = "api";

/// Where a connection's secret is. The origin is the stored one: nobody can have it opened for another site.
pub fn slot(connection: &ConnectionId, origin: &str) -> SecretSlot {
    SecretSlot { owner: connection.to_string(), purpose: API_PURPOSE.to_owned(), origin: origin.to_owned() }
}

impl Api {
    /// A connection with the credentials it has.
    pub async fn session(&self, id: &ConnectionId, view: &ConnectionView) -> Result<Session, Problem> {
        let credentials = match &view.auth_method {
            None => None,
            Some(method) => Some(Credentials {
                method: method.clone(),
                account: view.account.clone(),
                secret: self.context.vault.open(&slot(id, &view.origin)).await?,
            }),
        };
        Ok(session_with(id, view, credentials))
    }
}

/// A connection with credentials that are not stored yet.
pub fn session_with(id: &ConnectionId, view: &ConnectionView, credentials: Option<Credentials>) -> Session {
    Session {
        connection: id.clone(),
        address: view.address.clone(),
        origin: view.origin.clone(),
        details: view.details.clone(),
        credentials,
        pairing: None,
    }
}
