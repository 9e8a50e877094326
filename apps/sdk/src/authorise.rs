//! Authorisation in the browser, on the remote system's own page.

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::check::Discovery;
use crate::error::AppError;
use crate::session::{Credentials, Session};

pub struct ConsentRequest<'a> {
    pub app_name: &'a str,
    /// This installation's constant UUID.
    pub app_id: &'a str,
    /// Where the browser returns with the credential; holds a one-time nonce in its path.
    pub success_url: &'a str,
    pub reject_url: &'a str,
}

pub struct ConsentAnswer {
    pub credentials: Credentials,
    /// The remote system's handle of the credential.
    pub handle: Option<String>,
}

#[async_trait]
pub trait Authorise: Send + Sync {
    /// Where to send the browser. Refused with the reason when the site offers no consent page.
    fn consent_url(&self, found: &Discovery, request: &ConsentRequest<'_>) -> Result<String, AppError>;

    /// Takes what the browser brought back, checks it against the site that was asked, and verifies it there.
    async fn accept(
        &self,
        session: &Session,
        app_id: &str,
        query: &BTreeMap<String, String>,
    ) -> Result<ConsentAnswer, AppError>;

    /// Withdraws the credential at the remote system, where it can be withdrawn.
    async fn revoke(&self, session: &Session, handle: &str) -> Result<(), AppError>;
}
