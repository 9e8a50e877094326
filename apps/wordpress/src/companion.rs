//! Portal Connector, the plugin on the site: its numbered outbox and its feed of changes, asked for by requests that are
//! signed with the pairing's secret, so that no WordPress account is needed. The contract is `plugin/README.md`.

mod feed;
mod outbox;
mod signed;

use std::sync::Arc;

use app_sdk::egress::Egress;
use app_sdk::{AppError, Outbox, OutboxPage, OutboxQuestion, Session};
use async_trait::async_trait;
use chrono::{DateTime, Utc};

pub use self::feed::Feed;
use crate::call::Site;
use crate::details::Details;

/// What the root of a site with the plugin lists.
pub const NAMESPACE: &str = "portal/v1";
/// Rows in one answer, as many as the plugin gives.
const LIMIT: &str = "500";

pub struct Companion {
    egress: Arc<Egress>,
}

impl Companion {
    pub fn new(egress: Arc<Egress>) -> Self {
        Self { egress }
    }
}

#[async_trait]
impl Outbox for Companion {
    async fn ask(
        &self,
        session: &Session,
        question: OutboxQuestion,
        now: DateTime<Utc>,
    ) -> Result<Option<OutboxPage>, AppError> {
        let site = Site::open(Arc::clone(&self.egress), session, &Details::of(session)?)?;
        outbox::ask(&site, question, now).await
    }
}
