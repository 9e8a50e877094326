//! Records to try a mapping on: given ones, those we know, or, if we know none, a look at the site.

use domain::ids::ConnectionId;
use domain::record::RecordKey;
use domain::views::{RECORDS, RecordView};
use engine::ports::Query;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::catalogue::refusal;
use crate::context::Api;
use crate::endpoint::Problem;

/// Where samples came from.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SampledFrom {
    /// They were in the request.
    Given,
    /// Recorded by earlier runs.
    Log,
    /// Read from the site just now, and not recorded.
    Site,
}

pub struct Sample {
    pub id: String,
    pub record: Value,
}

/// Which records are wanted.
pub struct Wanted<'a> {
    pub connection: &'a str,
    pub resource: &'a str,
    pub ids: &'a [String],
    pub count: usize,
}

impl Api {
    /// Records of a resource, recorded ones first.
    pub async fn samples(&self, wanted: &Wanted<'_>) -> Result<(SampledFrom, Vec<Sample>), Problem> {
        let connection =
            ConnectionId::parse(wanted.connection).map_err(|r| Problem::from(r).at("connection"))?;
        let view = self.connection(&connection).await?;
        let known = self.recorded(&connection, wanted).await?;
        if !known.is_empty() {
            return Ok((SampledFrom::Log, known));
        }
        if let Some(problem) = refusal(&view) {
            return Err(problem);
        }
        let app = self.app(&view.app)?;
        let session = self.session(&connection, &view).await?;
        let items = self.sample(app, &session, wanted.resource, wanted.ids, wanted.count).await?;
        let read = items.into_iter().filter_map(|item| {
            let record = serde_json::from_slice(&item.bytes).ok()?;
            Some(Sample { id: item.id, record })
        });
        Ok((SampledFrom::Site, read.collect()))
    }

    async fn recorded(&self, connection: &ConnectionId, wanted: &Wanted<'_>) -> Result<Vec<Sample>, Problem> {
        let key = |id: &str| RecordKey {
            connection: connection.clone(),
            resource: wanted.resource.to_owned(),
            id: id.to_owned(),
        };
        let paths: Vec<String> = if wanted.ids.is_empty() {
            let key_prefix = format!("{connection}.{}.", wanted.resource);
            let query = Query { key_prefix, limit: wanted.count, ..Query::default() };
            let page = self.page::<RecordView>(&RECORDS, query, &["samples"], None).await?;
            page.rows.into_iter().filter(|(_, view)| !view.gone).map(|(path, _)| path).collect()
        } else {
            wanted.ids.iter().take(wanted.count).map(|id| key(id).path()).collect()
        };
        let records = self.newest_records(&paths).await?;
        let found = paths
            .into_iter()
            .zip(records)
            .filter_map(|(path, record)| Some(Sample { id: RecordKey::parse(&path)?.id, record: record? }));
        Ok(found.collect())
    }
}
