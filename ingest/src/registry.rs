//! The endpoints, opened for use and kept in memory: a delivery is judged without asking a store. A follower keeps them
//! up to date from the endpoints' own streams.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use app_sdk::signature::{BodyKey, SigningKey, VerifyingKey, decode_entities, webhook_slot};
use async_trait::async_trait;
use domain::connection::{Connections, Phase};
use domain::decider::Decider;
use domain::endpoint::{Endpoints, Mode, SecretLine};
use domain::ids::ConnectionId;
use domain::views::{CONNECTIONS, ENDPOINTS};
use engine::follow::Follower;
use engine::history::{Folded, catch_up};
use engine::ports::{Cause, Filter, Ids, Query, Secret, Slice};
use engine::{Position, StreamName};
use tokio::sync::{Semaphore, watch};

use crate::hooks::Parts;
use crate::room::ONE_MAX;

const PAGE: usize = 500;

/// A secret in the form in which its mode spends it.
pub enum Key {
    Verifying(VerifyingKey),
    Body(BodyKey),
    Capability(Secret),
}

pub struct Endpoint {
    pub connection: ConnectionId,
    pub mode: Mode,
    /// Nothing authentic came yet.
    pub is_pending: bool,
    /// The connection is paused or in doubt: deliveries are kept, and nobody hears that they are.
    pub is_quiet: bool,
    pub keys: Vec<(SecretLine, Key)>,
    pub places: Arc<Semaphore>,
}

/// What is known now. Clones share it.
#[derive(Clone)]
pub struct Known(Arc<Shared>);

struct Shared {
    endpoints: RwLock<HashMap<String, Arc<Endpoint>>>,
    seen: watch::Sender<Position>,
    /// Where the log ended when the process began; until that was seen, an address may be one we do not know yet.
    began_at: watch::Sender<Position>,
    /// Judges deliveries to addresses that do not exist, so that they take as long as others.
    decoy: Arc<Endpoint>,
}

impl Known {
    pub fn new(ids: &dyn Ids) -> Self {
        let key = SigningKey::parse(&SigningKey::text(&ids.random(32))).ok().map(VerifyingKey::from);
        let line = SecretLine { number: 0, fingerprint: String::new(), slot: String::new(), until: None };
        let decoy = Endpoint {
            connection: ConnectionId::new("none"),
            mode: Mode::StandardWebhooks {},
            is_pending: false,
            is_quiet: true,
            keys: key.map(|key| (line, Key::Verifying(key))).into_iter().collect(),
            places: Arc::new(Semaphore::new(0)),
        };
        Self(Arc::new(Shared {
            endpoints: RwLock::default(),
            seen: watch::Sender::new(0),
            began_at: watch::Sender::new(Position::MAX),
            decoy: Arc::new(decoy),
        }))
    }

    pub fn find(&self, connection: &ConnectionId) -> Option<Arc<Endpoint>> {
        let endpoints = self.0.endpoints.read().unwrap_or_else(PoisonError::into_inner);
        endpoints.get(connection.as_str()).cloned()
    }

    pub fn decoy(&self) -> Arc<Endpoint> {
        self.0.decoy.clone()
    }

    /// False while the process is still finding out which endpoints there are.
    pub fn is_complete(&self) -> bool {
        *self.0.seen.borrow() >= *self.0.began_at.borrow()
    }

    pub async fn until(&self, position: Position) {
        let mut seen = self.0.seen.subscribe();
        // The sender lives as long as `self`.
        let _ = seen.wait_for(|seen| *seen >= position).await;
    }

    fn set(&self, connection: &str, endpoint: Option<Endpoint>) {
        let mut endpoints = self.0.endpoints.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut endpoint) = endpoint {
            if let Some(before) = endpoints.get(connection) {
                endpoint.places = before.places.clone();
            }
            endpoints.insert(connection.to_owned(), Arc::new(endpoint));
        } else {
            endpoints.remove(connection);
        }
    }
}

pub struct Registry {
    parts: Parts,
    known: Known,
}

impl Registry {
    pub fn new(parts: Parts, known: Known) -> Self {
        Self { parts, known }
    }

    /// Opens one endpoint as its stream says it is now.
    async fn refresh(&self, id: &str) -> Result<(), Cause> {
        let Ok(connection) = ConnectionId::parse(id) else { return Ok(()) };
        let store = &*self.parts.executor.store;
        let mut endpoint = Folded::<<Endpoints as Decider>::State>::default();
        catch_up::<Endpoints>(store, &StreamName::new(Endpoints::CATEGORY, id), &mut endpoint).await?;
        let state = endpoint.state;
        let Some(mode) = state.mode.clone().filter(|_| state.is_open()) else {
            self.known.set(id, None);
            return Ok(());
        };
        let mut owner = Folded::<<Connections as Decider>::State>::default();
        catch_up::<Connections>(store, &StreamName::new(Connections::CATEGORY, id), &mut owner).await?;
        if matches!(owner.state.phase, Phase::Absent | Phase::Deleted) {
            self.known.set(id, None);
            return Ok(());
        }
        let mut keys = vec![];
        for line in &state.secrets {
            if let Some(key) = self.open(&connection, &mode, line).await? {
                keys.push((line.clone(), key));
            } else {
                tracing::error!(
                    connection = id,
                    secret = line.number,
                    "a webhook secret is missing in the vault or unreadable; rotate it"
                );
            }
        }
        let endpoint = Endpoint {
            connection,
            mode,
            is_pending: state.phase == domain::endpoint::EndpointPhase::Pending,
            is_quiet: owner.state.phase != Phase::Live,
            keys,
            places: Arc::new(Semaphore::new(ONE_MAX)),
        };
        self.known.set(id, Some(endpoint));
        Ok(())
    }

    async fn open(
        &self,
        connection: &ConnectionId,
        mode: &Mode,
        line: &SecretLine,
    ) -> Result<Option<Key>, Cause> {
        let found = self.parts.vault.open(&webhook_slot(connection, &line.slot)).await?;
        let Some(secret) = found.filter(|secret| !secret.expose().is_empty()) else { return Ok(None) };
        Ok(match mode {
            Mode::StandardWebhooks {} => VerifyingKey::parse(&secret).ok().map(Key::Verifying),
            Mode::WooCommerce { .. } => {
                let decoded = Secret::new(decode_entities(secret.expose()).into_owned());
                Some(Key::Body(BodyKey::new(&decoded)))
            }
            Mode::HmacBody { .. } => Some(Key::Body(BodyKey::new(&secret))),
            Mode::CapabilityUrl {} => Some(Key::Capability(secret)),
        })
    }
}

#[async_trait]
impl Follower for Registry {
    fn name(&self) -> &'static str {
        "endpoints"
    }

    fn filter(&self) -> Filter {
        Filter::categories(["endpoint", "connection"])
    }

    /// Begins with what the view lists, as old as that may be, and follows the log from there: each endpoint is then
    /// read from its own stream.
    async fn checkpoint(&mut self) -> Result<Position, Cause> {
        let reads = &*self.parts.reads;
        let from = reads.checkpoint(&ENDPOINTS).await?.min(reads.checkpoint(&CONNECTIONS).await?);
        let began_at = *self.parts.executor.store.end().borrow();
        let mut query = Query { limit: PAGE, ..Query::default() };
        loop {
            let page = reads.list(&ENDPOINTS, &query).await?;
            for row in page.rows {
                self.refresh(&row.key).await?;
            }
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        self.known.0.began_at.send_replace(began_at);
        self.known.0.seen.send_replace(from);
        Ok(from)
    }

    async fn take(&mut self, slice: Slice) -> Result<(), Cause> {
        let touched: BTreeSet<&str> = slice.events.iter().map(|event| event.stream.id()).collect();
        for id in touched {
            self.refresh(id).await?;
        }
        self.known.0.seen.send_if_modified(|seen| std::mem::replace(seen, slice.read_to) != slice.read_to);
        Ok(())
    }
}
