//! Writing items into a destination.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::portal::MappingStamp;
use domain::record::RecordKey;
use domain::run::{ItemNote, Outcome};
use engine::ports::StreamAppend;
use serde_json::{Map, Value};

use crate::error::AppError;
use crate::session::Session;

/// One item to write.
#[derive(Clone, Debug)]
pub struct WriteItem {
    /// Idempotency key, stable across retries and crashes.
    pub effect: String,
    /// The run that writes it.
    pub run: String,
    pub record: RecordKey,
    /// The record's revision that is written.
    pub revision: u64,
    pub entity: String,
    pub fields: Map<String, Value>,
    /// Digest of `fields`.
    pub digest: String,
    /// By field: the record it refers to.
    pub references: BTreeMap<String, RecordKey>,
    pub source_version: Option<String>,
    pub mapping: MappingStamp,
    /// Whom the record speaks of (`cn_….users.7`), for sealing.
    pub subject: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum WriteResult {
    Settled(Outcome),
    /// A record it refers to is not there yet; send it again later.
    Deferred,
}

#[derive(Clone, Debug)]
pub struct WriteAnswer {
    pub result: WriteResult,
    /// The destination's id of the record.
    pub portal: Option<String>,
    /// Why it failed or was deferred, warnings.
    pub notes: Vec<ItemNote>,
    /// The fields that would change, where `foresee` can tell.
    pub changed: Vec<String>,
}

/// What came of a batch.
pub struct Performed {
    /// One per item, in their order.
    pub answers: Vec<WriteAnswer>,
    /// Events the destination wants in the log. They are appended together with the run's own record of the outcome,
    /// so that for a destination inside the log the act and its outcome are one.
    pub appends: Vec<StreamAppend>,
}

#[async_trait]
pub trait Actions: Send + Sync {
    /// Most items in one batch.
    fn batch_max(&self) -> usize;

    /// Writes a batch. An error means that the outcome of the whole batch is unknown or void; repeating it with the
    /// same effect keys is safe.
    async fn perform(&self, session: &Session, batch: &[WriteItem]) -> Result<Performed, AppError>;

    /// What `perform` would answer. Touches nothing; this is all that a dry run gets to see of a destination.
    async fn foresee(&self, session: &Session, batch: &[WriteItem]) -> Result<Vec<WriteAnswer>, AppError>;
}
