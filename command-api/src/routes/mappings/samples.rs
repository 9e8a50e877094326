//! Real records to try a mapping on: those that were recorded, else a few straight from the site.

use domain::ids::ConnectionId;
use domain::record::RecordKey;
use domain::views::{RECORDS, RecordView};
use engine::ports::{Order, Query};
use serde_json::Value;

use crate::context::Api;
use crate::endpoint::Problem;

/// Which records are wanted.
pub struct Wanted<'a> {
    pub connection: &'a ConnectionId,
    pub resource: &'a str,
    pub ids: &'a [String],
    pub count: usize,
}

impl Api {
    /// Records with their ids.
    pub async fn samples(&self, wanted: &Wanted<'_>) -> Result<Vec<(String, Value)>, Problem> {
        let recorded = self.recorded(wanted).await?;
        if !recorded.is_empty() {
            return Ok(recorded);
        }
        let view = self.connection(wanted.connection).await?;
        let app = self.app(&view.app)?.clone();
        let session = self.session(wanted.connection, &view).await?;
        let items = self.sample(&app, &session, wanted.resource, wanted.ids, wanted.count).await?;
        let read = |item: app_sdk::SourceItem| {
            let record = serde_json::from_slice(&item.bytes).map_err(|error| Problem::fault(&error))?;
            Ok((item.id, record))
        };
        items.into_iter().map(read).collect()
    }

    async fn recorded(&self, wanted: &Wanted<'_>) -> Result<Vec<(String, Value)>, Problem> {
        let prefix = format!("{}.{}.", wanted.connection, wanted.resource);
        let paths: Vec<String> = if wanted.ids.is_empty() {
            let query = Query {
                key_prefix: prefix,
                order: Order::Descending,
                limit: wanted.count,
                ..Query::default()
            };
            let page = self.page::<RecordView>(&RECORDS, query, &["samples"], None).await?;
            page.rows.into_iter().filter(|(_, view)| !view.gone).map(|(path, _)| path).collect()
        } else {
            wanted.ids.iter().take(wanted.count).map(|id| format!("{prefix}{id}")).collect()
        };
        let records = self.newest_records(&paths).await?;
        let named = paths.into_iter().zip(records).filter_map(|(path, record)| {
            let id = RecordKey::parse(&path).map_or(path, |key| key.id);
            Some((id, record?))
        });
        Ok(named.collect())
    }
}
