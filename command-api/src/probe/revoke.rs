//! Withdrawing a credential at the remote system.

use std::time::Duration;

use app_sdk::{App, Session};

use crate::context::Api;

/// A site that is down must not keep a person from deleting its connection.
const PATIENCE: Duration = Duration::from_secs(10);

impl Api {
    /// Withdraws a credential, if the site can be reached and knows how. What became of it is only logged: the
    /// connection goes either way, and so does our copy of the secret.
    pub async fn revoke(&self, app: &App, session: &Session, handle: &str) -> bool {
        let Some(authorise) = &app.authorise else { return false };
        match tokio::time::timeout(PATIENCE, authorise.revoke(session, handle)).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!(connection = %session.connection, code = error.code(), "the site did not withdraw the credential");
                false
            }
            Err(_) => {
                tracing::warn!(connection = %session.connection, "the site did not answer in time to withdraw the credential");
                false
            }
        }
    }
}
