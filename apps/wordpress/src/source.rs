//! WordPress as a source of records.

use std::sync::Arc;

use app_sdk::catalogue::Limits;
use app_sdk::egress::Egress;
use app_sdk::politeness::PaceLimits;
use app_sdk::{AppError, Fetched, PageRequest, Session, Source};
use futures::stream::BoxStream;

use crate::pages;

pub struct WordPressSource {
    egress: Arc<Egress>,
    limits: PaceLimits,
}

impl WordPressSource {
    pub fn new(egress: Arc<Egress>, limits: &Limits) -> Self {
        let limits = PaceLimits {
            concurrency: usize::try_from(limits.concurrency).unwrap_or(1),
            requests_per_minute: limits.requests_per_minute.and_then(|n| u32::try_from(n).ok()),
        };
        Self { egress, limits }
    }
}

impl Source for WordPressSource {
    fn pages(
        &self,
        session: &Session,
        request: PageRequest,
    ) -> BoxStream<'static, Result<Fetched, AppError>> {
        self.egress.pace(&session.connection).set_limits(self.limits);
        pages::stream(Arc::clone(&self.egress), session, request)
    }
}
