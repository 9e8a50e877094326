//! The consent page of a remote system: where it is, and what the browser brings back from it.

use std::collections::BTreeMap;

use app_sdk::{App, AppError, ConsentAnswer, ConsentRequest, Discovery, Session};
use domain::views::ConnectionView;

use super::{Watcher, too_slow};
use crate::context::Api;
use crate::problem::Problem;

/// Where a browser is to be sent.
pub struct Sent {
    pub consent_url: String,
}

impl Api {
    /// The consent page for a connection, with our address to come back to.
    pub async fn consent_page(&self, app: &App, view: &ConnectionView, back: &str) -> Result<Sent, Problem> {
        let Some(authorise) = &app.authorise else {
            return Err(Problem::invalid(
                "NO_CONSENT_PAGE",
                format!("{} has no page to authorise on", app.entry.name),
                "enter a credential instead",
            ));
        };
        let found = match &view.identity {
            Some(identity) => Discovery {
                address: view.address.clone(),
                origin: view.origin.clone(),
                identity: identity.clone(),
                details: view.details.clone(),
            },
            None => self.discover(app, &view.address, &Watcher::nobody()).await?.discovery?,
        };
        let request = ConsentRequest {
            app_name: "Portal Integrations",
            app_id: &self.context.app_id,
            success_url: back,
            reject_url: &format!("{back}?success=false"),
        };
        Ok(Sent { consent_url: authorise.consent_url(&found, &request)? })
    }

    /// Takes in what a browser brought back, checked at the site.
    pub async fn accept_consent(
        &self,
        app: &App,
        session: &Session,
        query: &BTreeMap<String, String>,
    ) -> Result<ConsentAnswer, AppError> {
        let Some(authorise) = &app.authorise else { return Err(too_slow(self.patience())) };
        let patience = self.patience();
        let accepting = authorise.accept(session, &self.context.app_id, query);
        tokio::time::timeout(patience, accepting).await.unwrap_or_else(|_| Err(too_slow(patience)))
    }
}
