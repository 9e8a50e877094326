//! Everything below `/hooks`, with what it needs.

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, post};
use engine::execute::Executor;
use engine::follow::Follower;
use engine::ports::{Clock, Ids, ReadStore, Vault};

use crate::answer;
use crate::quarantine::Quarantine;
use crate::receive::{receive, receive_with_secret};
use crate::registry::{Known, Registry};
use crate::room::Room;
use crate::sealing::Sealing;

/// The ports that deliveries need.
#[derive(Clone)]
pub struct Parts {
    pub executor: Executor,
    pub reads: Arc<dyn ReadStore>,
    pub vault: Arc<dyn Vault>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

/// The door for deliveries. Clones share everything.
#[derive(Clone)]
pub struct Hooks(Arc<Inner>);

pub(crate) struct Inner {
    pub parts: Parts,
    pub known: Known,
    pub room: Room,
    pub sealing: Sealing,
    pub quarantine: Quarantine,
}

impl Hooks {
    pub fn new(parts: Parts) -> Self {
        let known = Known::new(&*parts.ids);
        Self(Arc::new(Inner {
            known,
            room: Room::default(),
            sealing: Sealing::new(parts.vault.clone()),
            quarantine: Quarantine::default(),
            parts,
        }))
    }

    /// Keeps the endpoints known; without it every address is unknown.
    pub fn follower(&self) -> Box<dyn Follower> {
        Box::new(Registry::new(self.0.parts.clone(), self.0.known.clone()))
    }

    /// Waits until what happened to endpoints up to a position counts here.
    pub async fn known_to(&self, position: engine::Position) {
        self.0.known.until(position).await;
    }

    pub fn router(&self) -> Router {
        // No catch-all beside the parameters, so each way to miss has its own line and the same answer.
        Router::new()
            .route("/hooks", any(answer::no_such_source))
            .route("/hooks/", any(answer::no_such_source))
            .route("/hooks/{connection}", post(receive).fallback(answer::wrong_method))
            .route("/hooks/{connection}/", any(answer::no_such_source))
            .route("/hooks/{connection}/{secret}", post(receive_with_secret).fallback(answer::wrong_method))
            .route("/hooks/{connection}/{secret}/", any(answer::no_such_source))
            .route("/hooks/{connection}/{secret}/{*rest}", any(answer::no_such_source))
            .with_state(self.0.clone())
    }
}
