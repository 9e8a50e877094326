//! A few records straight from a site, looked at and not recorded.

use app_sdk::{App, AppError, Fetched, PageRequest, Session, SourceItem};
use futures::StreamExt as _;

use super::too_slow;
use crate::context::Api;
use crate::problem::Problem;

impl Api {
    /// The first records of a resource, or those named.
    pub async fn sample(
        &self,
        app: &App,
        session: &Session,
        resource: &str,
        ids: &[String],
        limit: usize,
    ) -> Result<Vec<SourceItem>, Problem> {
        let Some(source) = &app.source else {
            return Err(Problem::invalid(
                "NOT_A_SOURCE",
                format!("{} has no records to read", app.entry.name),
                "choose a connection to an app that records can be read from",
            ));
        };
        let request = PageRequest {
            resource: resource.to_owned(),
            ids: ids.to_vec(),
            limit: Some(limit as u64),
            ..PageRequest::default()
        };
        let _turn = self.turn().await?;
        let patience = self.patience();
        let mut pages = source.pages(session, request);
        let reading = async {
            let mut items = vec![];
            while let Some(fetched) = pages.next().await {
                match fetched? {
                    Fetched::Page(page) => items.extend(page.items),
                    Fetched::End(_) => break,
                }
                if items.len() >= limit {
                    break;
                }
            }
            items.truncate(limit);
            Ok::<_, AppError>(items)
        };
        let read = tokio::time::timeout(patience, reading).await;
        Ok(read.unwrap_or_else(|_| Err(too_slow(patience)))?)
    }
}
