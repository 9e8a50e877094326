//! One rebuild at a time, in the background, with its state for whoever asks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Rebuild, Rebuilt};
use crate::envelope::Position;
use crate::follow::chain;
use crate::ports::{Cause, Clock, ViewSpec};
use crate::project::Projection;

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
