//! From a record that a delivery named to what every destination answered.

use chrono::{DateTime, Utc};
use domain::ids::ConnectionId;
use domain::inbox::{Finding, ReadRecord};
use domain::record::RecordKey;
use domain::run::Outcome;
use domain::views::{LINKS, LinkView, RUN_CHUNKS, RunChunkView, chunk_key, link_key};
use engine::StreamName;
use serde::Serialize;
use utoipa::ToSchema;

use crate::context::Api;
use crate::endpoint::Problem;
use crate::schema;

/// One record that the delivery named.
#[derive(Serialize, ToSchema)]
pub struct ReceiptRecord {
    pub resource: String,
    pub id: String,
    #[schema(value_type = schema::Finding)]
    pub finding: Finding,
    pub note: Option<String>,
    /// The revision that it had then.
    pub revision: Option<ReceiptRevision>,
    /// What every destination has of it.
    pub written: Vec<ReceiptWritten>,
}

#[derive(Serialize, ToSchema)]
pub struct ReceiptRevision {
    pub revision: u64,
    pub position: u64,
    pub at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
pub struct ReceiptWritten {
    /// The destination's connection.
    pub destination: String,
    /// The run that wrote it last.
    pub run: String,
    /// Where the run settled it.
    pub run_position: Option<u64>,
    #[schema(value_type = Option<schema::Outcome>)]
    pub outcome: Option<Outcome>,
    /// The revision that is there. A later one holds this one's change too; an earlier one means that it waits.
    pub revision: u64,
    pub includes_this: bool,
    /// The record at the destination.
    pub portal: String,
    /// Where the built-in Portal wrote it; absent for one over HTTP.
    pub portal_position: Option<u64>,
    /// What the destination or a node remarked.
    pub remarks: Vec<String>,
}

impl Api {
    pub async fn chains(
        &self,
        connection: &ConnectionId,
        records: &[ReadRecord],
    ) -> Result<Vec<ReceiptRecord>, Problem> {
        let destinations = if records.is_empty() { vec![] } else { self.destinations().await? };
        let mut chains = Vec::with_capacity(records.len());
        for record in records {
            let key = RecordKey {
                connection: connection.clone(),
                resource: record.resource.clone(),
                id: record.id.clone(),
            };
            let revision = self.revision(&key, record.revision).await?;
            chains.push(ReceiptRecord {
                resource: record.resource.clone(),
                id: record.id.clone(),
                finding: record.finding,
                note: record.note.clone(),
                written: self.written(&key, record.revision, &destinations).await?,
                revision,
            });
        }
        Ok(chains)
    }

    async fn revision(
        &self,
        key: &RecordKey,
        revision: Option<u64>,
    ) -> Result<Option<ReceiptRevision>, Problem> {
        let Some(revision) = revision else { return Ok(None) };
        let stream = StreamName::new("record", key.path());
        let found = self.context.executor.store.read_stream(&stream, revision, 1).await?.pop();
        Ok(found.map(|event| ReceiptRevision { revision, position: event.position, at: event.recorded_at }))
    }

    async fn written(
        &self,
        key: &RecordKey,
        revision: Option<u64>,
        destinations: &[String],
    ) -> Result<Vec<ReceiptWritten>, Problem> {
        let keys: Vec<String> = destinations.iter().map(|to| link_key(to, &key.path())).collect();
        let links: Vec<Option<LinkView>> = self.find_all(&LINKS, &keys).await?;
        let mut written = vec![];
        for (destination, link) in destinations.iter().zip(links) {
            let Some(link) = link else { continue };
            let chunk: Option<RunChunkView> =
                self.find(&RUN_CHUNKS, &chunk_key(&link.run, link.chunk)).await?;
            let item = chunk.and_then(|chunk| chunk.items.into_iter().find(|item| item.record == key.id));
            let (outcome, notes) = item.map_or((None, vec![]), |item| (Some(item.outcome), item.notes));
            written.push(ReceiptWritten {
                destination: destination.clone(),
                run_position: self.position("run", &link.run, link.chunk).await?,
                outcome,
                revision: link.revision,
                includes_this: revision.is_some_and(|revision| link.revision >= revision),
                portal_position: self.newest("portal", &link.portal).await?,
                remarks: notes.into_iter().map(|note| note.message).collect(),
                run: link.run,
                portal: link.portal,
            });
        }
        Ok(written)
    }

    async fn position(&self, category: &str, id: &str, revision: u64) -> Result<Option<u64>, Problem> {
        let stream = StreamName::new(category, id);
        let found = self.context.executor.store.read_stream(&stream, revision, 1).await?.pop();
        Ok(found.map(|event| event.position))
    }

    async fn newest(&self, category: &str, id: &str) -> Result<Option<u64>, Problem> {
        let stream = StreamName::new(category, id);
        let found = self.context.executor.store.read_last(std::slice::from_ref(&stream)).await?.pop();
        Ok(found.flatten().map(|event| event.position))
    }
}
