//! The product on memory adapters, which dies and begins again, and what outlives it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapter_memory::{MemoryEventStore, MemoryReadStore, MemoryVault, SeededIds};
use app_portal::embedded::Embedded;
use app_portal::link_references::LinkReferences;
use app_sdk::egress::{Egress, EgressConfig};
use app_sdk::signature::webhook_slot;
use app_sdk::{App, Apps, Repeats};
use domain::connection::{ConnectionCommand, Connections};
use domain::decider::Decider;
use domain::endpoint::{EndpointCommand, Endpoints, Mode, NewSecret};
use domain::ids::ConnectionId;
use domain::mappings::{MappingCommand, MappingCreated, Mappings};
use domain::scenario::{ScenarioCommand, Scenarios};
use engine::Meta;
use engine::execute::Executor;
use engine::ports::Secret;
use ingest::Hooks;
use projector::{Parts, Running, WatchPace};
use serde_json::{Value, json};

use super::Bug;
use super::chance::{Chance, StoryClock};
use super::log::ShakyLog;
use super::portal::{Doors, Portal};
use super::source::{Plain, Site};

pub const SITE: &str = "cn_site";
pub const SECRET: &str = "whsec_cG9ydGFsLXRlc3Qtc2lnbmluZy1rZXktMDAwMQ==";
/// The destinations elsewhere, by their connections.
const PORTALS: [(&str, Repeats); 3] =
    [("cn_keeps", Repeats::Harmless), ("cn_asked", Repeats::Asked), ("cn_plain", Repeats::Unknown)];

pub struct World {
    pub chance: Arc<Chance>,
    pub memory: Arc<MemoryEventStore>,
    pub log: Arc<ShakyLog>,
    pub site: Arc<Site>,
    pub portals: BTreeMap<String, Arc<Portal>>,
    pub parts: Parts,
    /// The door of the process that lives now.
    pub hooks: Arc<Mutex<Hooks>>,
    running: Option<Running>,
}

impl World {
    pub async fn new(seed: u64, users: u64, bug: Bug) -> Self {
        let chance = Arc::new(Chance::new(seed));
        let clock = Arc::new(StoryClock::new());
        let ids = Arc::new(SeededIds::new(seed ^ 0x5eed));
        let memory = Arc::new(MemoryEventStore::new(clock.clone()));
        let log = Arc::new(ShakyLog::new(memory.clone(), chance.clone(), bug));
        let vault = Arc::new(MemoryVault::new(ids.clone()));
        let site = Arc::new(Site::new(chance.clone(), users));
        let portals = PORTALS.map(|(id, claims)| {
            let forgets = bug == Bug::ForgetfulPortal && claims == Repeats::Harmless;
            let kind = if forgets { Repeats::Unknown } else { claims };
            (id.to_owned(), Portal::new(kind, claims, chance.clone()))
        });
        let portals = BTreeMap::from(portals);
        let egress = Arc::new(Egress::new(EgressConfig::default(), ids.clone()));
        let mut wordpress = app_wordpress::app(egress, clock.clone());
        wordpress = App { hear: wordpress.hear.take(), ..App::new((*wordpress.entry).clone()) };
        wordpress.source = Some(site.clone());
        wordpress.reader = Some(Arc::new(Plain));
        let mut portal = App::new(app_portal::entry());
        let embedded = Embedded::new(log.clone(), vault.clone(), ids.clone());
        portal.actions = Some(Arc::new(Doors { embedded, others: portals.clone() }));
        let parts = Parts {
            executor: Executor::new(log.clone(), ids.clone()),
            reads: Arc::new(MemoryReadStore::new()),
            vault,
            bus: log.clone(),
            apps: Apps::new([wordpress, portal]),
            clock,
            ids,
        };
        let hooks = Arc::new(Mutex::new(door(&parts)));
        let mut world = Self { chance, memory, log, site, portals, parts, hooks, running: None };
        world.furnish().await;
        world.start();
        world
    }

    /// A new process.
    pub fn start(&mut self) {
        let hooks = door(&self.parts);
        let links = LinkReferences::new(self.parts.executor.clone(), self.parts.reads.clone());
        let pace = WatchPace { tick: Duration::from_secs(5), ask: None, sweep: None };
        self.running = Some(projector::start_at(&self.parts, vec![Box::new(links), hooks.follower()], pace));
        *self.hooks.lock().unwrap() = hooks;
    }

    /// The process dies. Its views may be lost with it: they can be made again.
    pub fn crash(&mut self) {
        self.running = None;
        self.log.crash();
        if self.chance.strikes(4) {
            self.parts.reads = Arc::new(MemoryReadStore::new());
        }
    }

    /// A command that is given again until it is taken.
    pub async fn command<D: Decider>(&self, id: &str, command: D::Command) -> u64 {
        loop {
            match self.parts.executor.execute::<D>(id, command.clone(), Meta::by("test")).await {
                Ok(committed) => return committed.position,
                Err(engine::execute::ExecuteError::Rejected(rejection)) => {
                    // It was taken before, and only the answer was lost.
                    assert_eq!(rejection.code, "ALREADY_EXISTS");
                    return *self.parts.executor.store.end().borrow();
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }

    async fn furnish(&self) {
        let places = [(SITE, "wordpress", "https://site.example/"), ("cn_portal", "portal", "embedded:")];
        let others = self.portals.keys().map(|id| (id.as_str(), "portal", "https://portal.example/"));
        for (id, app, address) in places.into_iter().chain(others) {
            let (address, origin) = (address.to_owned(), address.to_owned());
            let add = ConnectionCommand::Add { app: app.into(), name: id.into(), address, origin };
            self.command::<Connections>(id, add).await;
        }
        let slot = webhook_slot(&ConnectionId::parse(SITE).unwrap(), "first");
        let fingerprint = self.parts.vault.store(&slot, &Secret::new(SECRET.to_owned())).await.unwrap();
        let secret = NewSecret { fingerprint, slot: "first".to_owned() };
        let open = EndpointCommand::Open { mode: Mode::StandardWebhooks {}, secret };
        self.command::<Endpoints>(SITE, open).await;
        let ready = domain::mapping::READY_MADE.iter().find(|ready| ready.resource == "users").unwrap();
        let created = MappingCreated {
            name: ready.name.into(),
            app: "wordpress".into(),
            resource: "users".into(),
            entity: ready.entity.into(),
        };
        self.command::<Mappings>("mp_users", MappingCommand::Create(created)).await;
        let definition = serde_json::from_str(ready.json).unwrap();
        self.command::<Mappings>("mp_users", MappingCommand::Revise { expected: None, definition }).await;
        let graph = self.graph("record-changed");
        let create = ScenarioCommand::Create { name: "In step".into(), template: None };
        self.command::<Scenarios>("sc_step", create).await;
        let save = ScenarioCommand::SaveDraft { expected: None, graph: graph.clone() };
        self.command::<Scenarios>("sc_step", save).await;
        let publish = ScenarioCommand::Publish { draft: 1, graph, note: String::new() };
        self.command::<Scenarios>("sc_step", publish).await;
    }

    /// Fetch, map, and write to every destination.
    pub fn graph(&self, on: &str) -> Value {
        let mut nodes = vec![
            json!({"id": "t", "name": "Begin", "kind": "trigger", "on": on}),
            json!({"id": "f", "name": "Fetch", "kind": "fetch", "connection": SITE, "resource": "users"}),
            json!({"id": "m", "name": "Map", "kind": "map", "mapping": {"id": "mp_users", "revision": 1}}),
        ];
        let mut edges = vec![json!({"from": "t", "to": "f"}), json!({"from": "f", "to": "m"})];
        for to in std::iter::once("cn_portal").chain(self.portals.keys().map(String::as_str)) {
            let id = to.replace("cn_", "w-");
            nodes.push(
                json!({"id": id, "name": "Write", "kind": "write", "connection": to, "entity": "user"}),
            );
            edges.push(json!({"from": "m", "to": id}));
        }
        json!({ "nodes": nodes, "edges": edges })
    }
}

fn door(parts: &Parts) -> Hooks {
    Hooks::new(ingest::Parts {
        executor: parts.executor.clone(),
        reads: parts.reads.clone(),
        vault: parts.vault.clone(),
        clock: parts.clock.clone(),
        ids: parts.ids.clone(),
    })
}
