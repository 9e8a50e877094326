//! Folds the log into views. A projection gets events and documents and nothing else, so a rebuild cannot act.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use domain::event::DecodeError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bodies;
use crate::envelope::{Position, Recorded};
use crate::follow::Follower;
use crate::ports::{Cause, Change, Doc, Filter, IndexValue, ReadStore, Slice, Vault, ViewBatch, ViewSpec};

/// An event, with its body opened where it can be.
pub struct Opened<'a> {
    pub recorded: &'a Recorded,
    /// `None` without a body, or when the person it speaks of was erased.
    pub body: Option<Bytes>,
}

/// Why an event could not be folded.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error("document {key} of view {view} does not have the shape this release expects: {source}")]
    Document { view: &'static str, key: String, source: serde_json::Error },
}

/// One view's pure fold.
pub trait Projection: Send + Sync + 'static {
    fn view(&self) -> &'static ViewSpec;

    /// Stream categories it folds.
    fn categories(&self) -> &'static [&'static str];

    /// The document that folding this event will look at, if any: known from the stream's name alone.
    fn needs(&self, recorded: &Recorded) -> Option<String>;

    /// More documents that folding this event will look at, named by what is known so far. Asked again, before each
    /// event, until it names nothing new; at most [`LOOKS_MAX`] times.
    fn needs_also(&self, _: &Recorded, _: &Docs) -> Result<Vec<String>, FoldError> {
        Ok(vec![])
    }

    /// True if it wants event bodies opened.
    fn reads_bodies(&self) -> bool {
        false
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError>;
}

/// Times that a projection may name more documents for one event.
pub const LOOKS_MAX: usize = 4;

/// A view's documents while a slice is folded.
pub struct Docs {
    view: &'static ViewSpec,
    known: HashMap<String, Option<Doc>>,
    changes: Vec<Change>,
}

impl Docs {
    pub fn new(view: &'static ViewSpec, known: HashMap<String, Option<Doc>>) -> Self {
        Self { view, known, changes: vec![] }
    }

    /// A document that `needs` named, or that was put in this slice.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, FoldError> {
        let Some(Some(doc)) = self.known.get(key) else { return Ok(None) };
        serde_json::from_slice(doc).map(Some).map_err(|source| FoldError::Document {
            view: self.view.name,
            key: key.to_owned(),
            source,
        })
    }

    /// Puts a document that a later event of this slice may look at.
    pub fn put(&mut self, key: &str, doc: &impl Serialize, columns: Vec<Option<IndexValue>>) {
        let doc = Bytes::from(domain::event::encode(doc));
        self.known.insert(key.to_owned(), Some(doc.clone()));
        self.changes.push(Change::Put { key: key.to_owned(), doc, columns });
    }

    /// Puts a document that no fold looks at: cheaper, because it is not kept.
    pub fn write(&mut self, key: String, doc: &impl Serialize, columns: Vec<Option<IndexValue>>) {
        self.changes.push(Change::Put { key, doc: domain::event::encode(doc).into(), columns });
    }

    pub fn delete(&mut self, key: &str) {
        self.known.insert(key.to_owned(), None);
        self.changes.push(Change::Delete { key: key.to_owned() });
    }

    fn into_changes(self) -> Vec<Change> {
        self.changes
    }
}

/// Follows the log for a group of views, so that each event is read and opened once.
pub struct Projector {
    name: &'static str,
    projections: Vec<Box<dyn Projection>>,
    store: Arc<dyn ReadStore>,
    vault: Arc<dyn Vault>,
    checkpoints: Vec<Position>,
}

impl Projector {
    pub fn new(
        name: &'static str,
        projections: Vec<Box<dyn Projection>>,
        store: Arc<dyn ReadStore>,
        vault: Arc<dyn Vault>,
    ) -> Self {
        Self { name, projections, store, vault, checkpoints: vec![] }
    }

    /// Opens the bodies that some projection will read.
    async fn open<'a>(&self, events: &'a [Recorded]) -> Result<Vec<Opened<'a>>, Cause> {
        let wanted: Vec<&Recorded> = events.iter().filter(|event| self.wants_body(event)).collect();
        let mut bodies = bodies::open(&*self.vault, &wanted).await?.into_iter();
        let mut opened = Vec::with_capacity(events.len());
        for recorded in events {
            let body = if self.wants_body(recorded) { bodies.next().flatten() } else { None };
            opened.push(Opened { recorded, body });
        }
        Ok(opened)
    }

    fn wants_body(&self, event: &Recorded) -> bool {
        event.body.is_some()
            && self
                .projections
                .iter()
                .any(|p| p.reads_bodies() && p.categories().contains(&event.stream.category()))
    }

    /// Loads what one event's fold will look at besides what its name tells.
    async fn look_further(
        &self,
        projection: &dyn Projection,
        event: &Recorded,
        docs: &mut Docs,
    ) -> Result<(), Cause> {
        for _ in 0..LOOKS_MAX {
            let mut keys = projection.needs_also(event, docs)?;
            keys.retain(|key| !docs.known.contains_key(key));
            if keys.is_empty() {
                return Ok(());
            }
            keys.sort_unstable();
            keys.dedup();
            let found = self.store.get(projection.view(), &keys).await?;
            docs.known.extend(keys.into_iter().zip(found));
        }
        Ok(())
    }

    async fn fold_one(
        &self,
        index: usize,
        events: &[Opened<'_>],
        read_to: Position,
    ) -> Result<ViewBatch, Cause> {
        let projection = &self.projections[index];
        let after = self.checkpoints[index];
        let mine = || {
            events.iter().filter(move |event| {
                event.recorded.position > after
                    && projection.categories().contains(&event.recorded.stream.category())
            })
        };
        let mut keys: Vec<String> = mine().filter_map(|event| projection.needs(event.recorded)).collect();
        keys.sort_unstable();
        keys.dedup();
        let docs = if keys.is_empty() { vec![] } else { self.store.get(projection.view(), &keys).await? };
        let mut docs = Docs::new(projection.view(), keys.into_iter().zip(docs).collect());
        for event in mine() {
            self.look_further(&**projection, event.recorded, &mut docs).await?;
            projection.fold(event, &mut docs)?;
        }
        Ok(ViewBatch {
            view: projection.view(),
            changes: docs.into_changes(),
            after: Some(after),
            checkpoint: read_to.max(after),
        })
    }
}

#[async_trait]
impl Follower for Projector {
    fn name(&self) -> &'static str {
        self.name
    }

    fn filter(&self) -> Filter {
        let mut categories: Vec<&'static str> =
            self.projections.iter().flat_map(|p| p.categories()).copied().collect();
        categories.sort_unstable();
        categories.dedup();
        Filter { categories }
    }

    async fn checkpoint(&mut self) -> Result<Position, Cause> {
        self.checkpoints.clear();
        for projection in &self.projections {
            self.checkpoints.push(self.store.checkpoint(projection.view()).await?);
        }
        Ok(self.checkpoints.iter().copied().min().unwrap_or(0))
    }

    async fn take(&mut self, slice: Slice) -> Result<(), Cause> {
        let _held = self.store.folding().await?;
        self.fold(slice).await
    }
}

impl Projector {
    /// Folds a slice; the caller sees to it that nobody exchanges a view meanwhile.
    pub(crate) async fn fold(&mut self, slice: Slice) -> Result<(), Cause> {
        let opened = self.open(&slice.events).await?;
        let mut batches = Vec::with_capacity(self.projections.len());
        for index in 0..self.projections.len() {
            batches.push(self.fold_one(index, &opened, slice.read_to).await?);
        }
        let checkpoints: Vec<Position> = batches.iter().map(|batch| batch.checkpoint).collect();
        self.store.apply(batches).await?;
        self.checkpoints = checkpoints;
        Ok(())
    }
}
