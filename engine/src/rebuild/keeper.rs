//! One rebuild at a time, in the background, with its state for whoever asks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Rebuild, Rebuilt};
use crate::envelope::{Position, StreamName};
use crate::follow::chain;
use crate::ports::{Cause, Clock, ViewSpec};
use crate::project::{Docs, Opened, Projection};

/// Events read in one step when one document is folded.
const STEP_EVENTS: usize = 500;

/// How a rebuild ended, or that it has not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Outcome {
    Running { position: Position },
    Done { views: Vec<Rebuilt> },
    Failed { why: String },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Begun {
    pub at: DateTime<Utc>,
    /// The actor who asked for it.
    pub actor: String,
    pub views: Vec<&'static str>,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// How far a view is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ViewState {
    pub name: &'static str,
    pub version: u32,
    pub position: Position,
    /// Events it does not show yet.
    pub behind: u64,
}

type Projections = fn() -> Vec<Box<dyn Projection>>;

/// Knows every view of this installation, and rebuilds them.
pub struct ViewKeeper {
    rebuild: Rebuild,
    projections: Projections,
    clock: Arc<dyn Clock>,
    newest: Mutex<Option<Begun>>,
}

impl ViewKeeper {
    pub fn new(rebuild: Rebuild, projections: Projections, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { rebuild, projections, clock, newest: Mutex::default() })
    }

    pub async fn views(&self) -> Result<Vec<ViewState>, Cause> {
        let end = *self.rebuild.log.end().borrow();
        let mut states = vec![];
        for view in self.specs() {
            let position = self.rebuild.reads.checkpoint(view).await?;
            let behind = end.saturating_sub(position);
            states.push(ViewState { name: view.name, version: view.version, position, behind });
        }
        Ok(states)
    }

    /// The newest rebuild of this process.
    pub fn newest(&self) -> Option<Begun> {
        self.state().clone()
    }

    /// Whether there is such a view.
    pub fn knows(&self, view: &str) -> bool {
        self.specs().iter().any(|spec| spec.name == view)
    }

    /// Begins a rebuild of these views, of all where none is named; `None` while one is at work.
    pub fn begin(self: &Arc<Self>, views: &[String], switch: bool, actor: &str) -> Option<Begun> {
        let mut projections = (self.projections)();
        projections.retain(|p| views.is_empty() || views.iter().any(|name| name == p.view().name));
        let begun = {
            let mut newest = self.state();
            if newest.as_ref().is_some_and(|begun| matches!(begun.outcome, Outcome::Running { .. })) {
                return None;
            }
            let begun = Begun {
                at: self.clock.now(),
                actor: actor.to_owned(),
                views: projections.iter().map(|p| p.view().name).collect(),
                outcome: Outcome::Running { position: 0 },
            };
            newest.insert(begun).clone()
        };
        let keeper = self.clone();
        tokio::spawn(async move {
            let progress = |position| keeper.set(Outcome::Running { position });
            let outcome = match keeper.rebuild.run(projections, switch, &progress).await {
                Ok(views) => Outcome::Done { views },
                Err(error) => Outcome::Failed { why: chain(&*error) },
            };
            tracing::info!(?outcome, "a rebuild of views ended");
            keeper.set(outcome);
        });
        Some(begun)
    }

    /// A view's document as it was at a position, folded anew from one stream: for views of which each document comes
    /// from one stream and has its id as the key. Deleted things are there as long as they were.
    pub async fn as_of<T: DeserializeOwned>(
        &self,
        view: &'static ViewSpec,
        stream: &StreamName,
        position: Position,
    ) -> Result<Option<T>, Cause> {
        let projections = (self.projections)();
        let Some(projection) = projections.iter().find(|projection| projection.view().name == view.name)
        else {
            return Err(format!("there is no view {}", view.name).into());
        };
        let mut docs = Docs::new(view, HashMap::new());
        let mut from = 0;
        loop {
            let events = self.rebuild.log.read_stream(stream, from, STEP_EVENTS).await?;
            for recorded in events.iter().filter(|event| event.position <= position) {
                projection.fold(&Opened { recorded, body: None }, &mut docs)?;
            }
            match events.last() {
                Some(last) if last.position <= position => from = last.revision + 1,
                _ => return Ok(docs.get(stream.id())?),
            }
        }
    }

    fn specs(&self) -> Vec<&'static ViewSpec> {
        (self.projections)().iter().map(|projection| projection.view()).collect()
    }

    fn set(&self, outcome: Outcome) {
        if let Some(begun) = self.state().as_mut() {
            begun.outcome = outcome;
        }
    }

    fn state(&self) -> MutexGuard<'_, Option<Begun>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
