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
    /// Up to here in the log the run has settled what it wrote. What it wrote later was cut off before it was settled.
    pub settled_to: u64,
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
    /// The record is gone from its source: take it out of use, whatever the fields say. Nothing is deleted.
    pub archive: bool,
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

/// One record whose writes by a run are to be taken back.
#[derive(Clone, Debug)]
pub struct UndoItem {
    pub record: RecordKey,
    /// The destination's id of the record.
    pub portal: String,
    /// The run that wrote.
    pub of: String,
    /// The run that takes back.
    pub run: String,
    /// Up to here in the log it has settled what it wrote.
    pub settled_to: u64,
}

/// What a destination holds after an undo.
#[derive(Clone, Debug)]
pub struct Stands {
    pub mapping: MappingStamp,
    /// Revision of the source record, where it is known.
    pub revision: Option<u64>,
}

#[derive(Clone, Debug)]
pub struct UndoAnswer {
    pub answer: WriteAnswer,
    /// Present when something was put back.
    pub stands: Option<Stands>,
}

/// What came of a batch of undos.
pub struct Undone {
    /// One per item, in their order.
    pub answers: Vec<UndoAnswer>,
    /// As of [`Performed`].
    pub appends: Vec<StreamAppend>,
}

/// What comes of it when a destination gets the same write twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// It knows the effect's key and writes once.
    Harmless,
    /// It writes again, but can be asked beforehand what became of an effect.
    Asked,
    /// It writes again, and cannot be asked. Only a person can find out.
    Unknown,
}

/// What became of an effect, as the destination says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    Applied {
        outcome: Outcome,
        portal: Option<String>,
    },
    /// It was not applied, and no batch that was sent before will apply it.
    NotApplied,
}

#[async_trait]
pub trait Actions: Send + Sync {
    /// Most items in one batch.
    fn batch_max(&self) -> usize;

    /// Whether a write may be repeated when its answer was lost.
    fn repeats(&self, _: &Session) -> Repeats {
        Repeats::Harmless
    }

    /// What became of effects, in their order; only of a destination whose repeats are [`Repeats::Asked`].
    async fn became_of(&self, _: &Session, _effects: &[String]) -> Result<Vec<Fate>, AppError> {
        Err(AppError::Invalid {
            code: "CANNOT_BE_ASKED".to_owned(),
            message: "this destination does not tell what became of a write".to_owned(),
            remedy: "look there yourself, and decide".to_owned(),
        })
    }

    /// Writes a batch. After [`AppError::Unanswered`] nobody knows what was written; [`Actions::repeats`] says whether
    /// repeating it with the same effect keys is safe. After every other error nothing was written.
    async fn perform(&self, session: &Session, batch: &[WriteItem]) -> Result<Performed, AppError>;

    /// What `perform` would answer. Touches nothing; this is all that a dry run gets to see of a destination.
    async fn foresee(&self, session: &Session, batch: &[WriteItem]) -> Result<Vec<WriteAnswer>, AppError>;

    /// Puts records back to what they were before a run wrote them. Only a destination that keeps its history can.
    async fn undo(&self, _: &Session, _: &[UndoItem]) -> Result<Undone, AppError> {
        Err(not_undoable())
    }

    /// What `undo` would answer. Touches nothing.
    async fn foresee_undo(&self, _: &Session, _: &[UndoItem]) -> Result<Undone, AppError> {
        Err(not_undoable())
    }
}

fn not_undoable() -> AppError {
    AppError::Invalid {
        code: "NOT_UNDOABLE".to_owned(),
        message: "this destination keeps no history that could be put back".to_owned(),
        remedy: "correct the records there, or import again with another mapping".to_owned(),
    }
}
