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
    known: Known,
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
}

/// The documents of one view as a slice left them, by key.
type Known = HashMap<String, Option<Doc>>;

/// What a slice makes of the views, not written yet.
pub(crate) struct Folded {
    pub batches: Vec<ViewBatch>,
    pub ahead: Ahead,
}

/// What the views will show once a folded slice is written, so that the next can be folded before it is.
pub(crate) struct Ahead {
    checkpoints: Vec<Position>,
    /// Of each projection.
    known: Vec<Known>,
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

    /// Loads documents that are not known yet: from the slice before, or from the store.
    async fn load(
        &self,
        projection: &dyn Projection,
        mut keys: Vec<String>,
        docs: &mut Docs,
        before: Option<&Known>,
    ) -> Result<(), Cause> {
        keys.sort_unstable();
        keys.dedup();
        if let Some(before) = before {
            keys.retain(|key| match before.get(key) {
                Some(doc) => {
                    docs.known.insert(key.clone(), doc.clone());
                    false
                }
                None => true,
            });
        }
        if !keys.is_empty() {
            let found = self.store.get(projection.view(), &keys).await?;
            docs.known.extend(keys.into_iter().zip(found));
        }
        Ok(())
    }

    /// Loads what one event's fold will look at besides what its name tells.
    async fn look_further(
        &self,
        projection: &dyn Projection,
        event: &Recorded,
        docs: &mut Docs,
        before: Option<&Known>,
    ) -> Result<(), Cause> {
        for _ in 0..LOOKS_MAX {
            let mut keys = projection.needs_also(event, docs)?;
            keys.retain(|key| !docs.known.contains_key(key));
            if keys.is_empty() {
                return Ok(());
            }
            self.load(projection, keys, docs, before).await?;
        }
        Ok(())
    }

    async fn fold_one(
        &self,
        projection: &dyn Projection,
        events: &[Opened<'_>],
        after: Position,
        before: Option<&Known>,
    ) -> Result<Docs, Cause> {
        let mine = || {
            events.iter().filter(move |event| {
                event.recorded.position > after
                    && projection.categories().contains(&event.recorded.stream.category())
            })
        };
        let keys: Vec<String> = mine().filter_map(|event| projection.needs(event.recorded)).collect();
        let mut docs = Docs::new(projection.view(), HashMap::with_capacity(keys.len()));
        self.load(projection, keys, &mut docs, before).await?;
        for event in mine() {
            self.look_further(projection, event.recorded, &mut docs, before).await?;
            projection.fold(event, &mut docs)?;
        }
        Ok(docs)
    }

    /// Folds a slice that follows what is written, or what `before` says will be.
    pub(crate) async fn prepare(&self, slice: &Slice, before: Option<&Ahead>) -> Result<Folded, Cause> {
        let opened = self.open(&slice.events).await?;
        let afters = before.map_or(&self.checkpoints, |before| &before.checkpoints);
        let mut folded = Folded {
            batches: Vec::with_capacity(afters.len()),
            ahead: Ahead { checkpoints: Vec::with_capacity(afters.len()), known: vec![] },
        };
        for (index, (projection, &after)) in self.projections.iter().zip(afters).enumerate() {
            let known = before.map(|before| &before.known[index]);
            let docs = self.fold_one(&**projection, &opened, after, known).await?;
            let checkpoint = slice.read_to.max(after);
            let view = projection.view();
            folded.batches.push(ViewBatch { view, changes: docs.changes, after: Some(after), checkpoint });
            folded.ahead.checkpoints.push(checkpoint);
            folded.ahead.known.push(docs.known);
        }
        Ok(folded)
    }

    /// Takes note that what was folded is written.
    pub(crate) fn written(&mut self, ahead: &Ahead) {
        self.checkpoints.clone_from(&ahead.checkpoints);
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
        let folded = self.prepare(&slice, None).await?;
        self.store.apply(folded.batches).await?;
        self.written(&folded.ahead);
        Ok(())
    }
}
