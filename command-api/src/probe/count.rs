//! How many records a source says it has.

use app_sdk::{App, AppError, Fetched, PageRequest, Session, Source};
use futures::StreamExt as _;
use tokio::time::{Instant, timeout_at};

use super::too_slow;
use crate::context::Api;
use crate::problem::Problem;

impl Api {
    /// The totals of several resources, in their order. A resource that cannot be counted does not keep the others
    /// from it, unless the time for all is over.
    pub async fn count(
        &self,
        app: &App,
        session: &Session,
        resources: &[String],
    ) -> Result<Vec<Result<Option<u64>, AppError>>, Problem> {
        let Some(source) = &app.source else { return Ok(resources.iter().map(|_| Ok(None)).collect()) };
        let _turn = self.turn().await?;
        let patience = self.patience();
        let deadline = Instant::now() + patience;
        let mut totals = vec![];
        for resource in resources {
            let counted = timeout_at(deadline, total(&**source, session, resource)).await;
            totals.push(counted.unwrap_or_else(|_| Err(too_slow(patience))));
        }
        Ok(totals)
    }
}

/// The first page says it; dropping the stream asks for no more.
async fn total(source: &dyn Source, session: &Session, resource: &str) -> Result<Option<u64>, AppError> {
    let request = PageRequest { resource: resource.to_owned(), limit: Some(1), ..PageRequest::default() };
    match source.pages(session, request).next().await {
        Some(Ok(Fetched::Page(page))) => Ok(page.total),
        Some(Ok(Fetched::End(end))) => Ok(end.total),
        Some(Err(error)) => Err(error),
        None => Ok(None),
    }
}
