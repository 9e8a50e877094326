//! A stage: the whole product but for the edges, in memory, with a source whose records the test owns.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapter_memory::{LogBus, ManualClock, MemoryEventStore, MemoryReadStore, MemoryVault, SeededIds};
use app_portal::Destinations;
use app_portal::embedded::Embedded;
use app_portal::http::Http;
use app_portal::link_references::LinkReferences;
use app_sdk::catalogue::{AppEntry, Limits};
use app_sdk::egress::{Egress, EgressConfig};
use app_sdk::{
    App, AppError, Apps, Credentials, Fetched, PageRequest, Reader, Session, Source, SourceEnd, SourceItem,
    SourcePage,
};
use bytes::Bytes;
use domain::connection::{ConnectionCommand, ConnectionDescribed, Connections, CredentialsStored};
use domain::decider::Decider;
use domain::ids::{ConnectionId, MappingId, RunId, ScenarioId};
use domain::mappings::{MappingCommand, MappingCreated, Mappings};
use domain::run::{RunCommand, RunMode, RunStarted, Runs, Trigger};
use domain::scenario::{ScenarioCommand, Scenarios};
use domain::views::{CONNECTIONS, PORTAL, PortalRow, PortalView, RUNS, RunView, ViewSpec};
use engine::Meta;
use engine::execute::Executor;
use engine::ports::{EventStore, Query, ReadStore, Secret, SecretSlot};
use futures::StreamExt;
use futures::stream::BoxStream;
use ingest::Hooks;
use projector::{API_PURPOSE, Parts, Running, WatchPace};
use serde_json::{Value, json};

pub const SITE: &str = "cn_site";
const PATIENCE: Duration = Duration::from_secs(20);

/// A source that serves what the test put there, and can be asked how often it was read.
#[derive(Default)]
pub struct Scripted {
    pub records: Mutex<BTreeMap<String, BTreeMap<u64, Value>>>,
    pub pages_read: Mutex<u64>,
    /// Fails after this many pages, once.
    pub fail_after: Mutex<Option<(u64, AppError)>>,
    pub page: AtomicU64,
    /// Sent as something that is not JSON, although the app promised so.
    pub broken: Mutex<Option<u64>>,
}

impl Source for Scripted {
    fn pages(&self, _: &Session, request: PageRequest) -> BoxStream<'static, Result<Fetched, AppError>> {
        let records = self.records.lock().unwrap();
        let all: Vec<(u64, Value)> =
            records.get(&request.resource).into_iter().flatten().map(|(id, v)| (*id, v.clone())).collect();
        let from = request.cursor.and_then(|cursor| cursor["after"].as_u64()).unwrap_or(0);
        let rest: Vec<(u64, Value)> = all.iter().filter(|(id, _)| *id > from).cloned().collect();
        let mut out: Vec<Result<Fetched, AppError>> = vec![];
        let mut failure = self.fail_after.lock().unwrap();
        for chunk in rest.chunks(usize::try_from(self.page.load(Ordering::Relaxed)).unwrap()) {
            if let Some((after, error)) = failure.clone()
                && out.len() as u64 == after
            {
                *failure = None;
                out.push(Err(error));
                return futures::stream::iter(out).boxed();
            }
            *self.pages_read.lock().unwrap() += 1;
            let broken = *self.broken.lock().unwrap();
            let mut items: Vec<SourceItem> =
                chunk.iter().map(|(id, value)| item(&request.resource, *id, value)).collect();
            for item in items.iter_mut().filter(|item| broken.is_some_and(|id| id.to_string() == item.id)) {
                item.bytes = Bytes::from_static(b"{");
            }
            let cursor = chunk.last().map(|(id, _)| json!({ "after": id }));
            out.push(Ok(Fetched::Page(SourcePage {
                items,
                cursor,
                total: Some(all.len() as u64),
                ..SourcePage::default()
            })));
        }
        let end = SourceEnd { complete: true, total: Some(all.len() as u64), hidden: 0, problem: None };
        out.push(Ok(Fetched::End(end)));
        futures::stream::iter(out).boxed()
    }
}

fn item(resource: &str, id: u64, value: &Value) -> SourceItem {
    SourceItem {
        id: id.to_string(),
        bytes: Bytes::from(value.to_string()),
        version: value["modified_gmt"].as_str().map(str::to_owned),
        subject: (resource == "users").then(|| format!("users.{id}")),
    }
}

struct Volatile;

impl Reader for Volatile {
    fn strip_volatile(&self, _: &str, record: &mut Value) {
        if let Some(fields) = record.as_object_mut() {
            fields.remove("_links");
        }
    }
}

pub struct Stage {
    pub store: Arc<MemoryEventStore>,
    pub reads: Arc<MemoryReadStore>,
    pub executor: Executor,
    pub source: Arc<Scripted>,
    pub parts: Parts,
    pub clock: Arc<ManualClock>,
    pub hooks: Hooks,
    /// How often to look; obeyed by the next start.
    pub pace: WatchPace,
    running: Option<Running>,
}

impl Stage {
    pub async fn new() -> Self {
        let stage = Self::with(|_, _| None).await;
        stage.connect(SITE, "wordpress", "https://site.example/").await;
        stage
    }

    /// A stage whose WordPress is the real app, looking at a site on loopback that was discovered and tested.
    pub async fn at(url: &str, login: &str, password: &str) -> Self {
        let stage = Self::with(|clock, ids| {
            let allow = EgressConfig::parse_allow("127.0.0.0/8").unwrap();
            let egress = Egress::new(EgressConfig { allow, ..EgressConfig::default() }, ids);
            Some(app_wordpress::app(Arc::new(egress), clock))
        })
        .await;
        let app = stage.parts.apps.get("wordpress").unwrap().clone();
        let found = app.discover.unwrap().discover(url, &mut |_| ()).await.unwrap();
        let id = ConnectionId::parse(SITE).unwrap();
        let add = ConnectionCommand::Add {
            app: "wordpress".into(),
            name: found.identity.name.clone(),
            address: found.address.clone(),
            origin: found.origin.clone(),
        };
        stage.command::<Connections>(SITE, add).await;
        let secret = Secret::new(password.to_owned());
        let slot =
            SecretSlot { owner: SITE.into(), purpose: API_PURPOSE.into(), origin: found.origin.clone() };
        let fingerprint = stage.parts.vault.store(&slot, &secret).await.unwrap();
        let stored = CredentialsStored {
            method: "app-password".into(),
            account: Some(login.into()),
            fingerprint,
            handle: None,
        };
        stage.command::<Connections>(SITE, ConnectionCommand::StoreCredentials(stored)).await;
        let session = Session {
            connection: id,
            address: found.address,
            origin: found.origin,
            details: found.details,
            pairing: None,
            credentials: Some(Credentials {
                method: "app-password".into(),
                account: Some(login.into()),
                secret: Some(secret),
            }),
        };
        let checked = app.check.unwrap().check(&session, &mut |_| ()).await;
        let described = ConnectionDescribed {
            identity: checked.identity.unwrap_or(found.identity),
            details: checked.details.unwrap_or(session.details),
        };
        let position = stage.command::<Connections>(SITE, ConnectionCommand::Describe(described)).await;
        stage.settle(&CONNECTIONS, position).await;
        stage
    }

    async fn with(site: impl FnOnce(Arc<ManualClock>, Arc<SeededIds>) -> Option<App>) -> Self {
        let clock = Arc::new(ManualClock::default());
        let ids = Arc::new(SeededIds::new(7));
        let store = Arc::new(MemoryEventStore::new(clock.clone()));
        let reads = Arc::new(MemoryReadStore::new());
        let vault = Arc::new(MemoryVault::new(ids.clone()));
        let source = Arc::new(Scripted { page: 10.into(), ..Scripted::default() });
        let wordpress = site(clock.clone(), ids.clone()).unwrap_or_else(|| {
            let mut scripted = App::new(entry());
            scripted.source = Some(source.clone());
            scripted.reader = Some(Arc::new(Volatile));
            let egress = Arc::new(Egress::new(EgressConfig::default(), ids.clone()));
            scripted.hear = app_wordpress::app(egress, clock.clone()).hear;
            scripted
        });
        let mut portal = App::new(app_portal::entry());
        let embedded = Embedded::new(store.clone(), vault.clone(), ids.clone());
        let allow = EgressConfig::parse_allow("127.0.0.0/8").unwrap();
        let egress = Egress::new(EgressConfig { allow, ..EgressConfig::default() }, ids.clone());
        let http = Http::new(Arc::new(egress), clock.clone());
        portal.actions = Some(Arc::new(Destinations::new(embedded, http)));
        let executor = Executor::new(store.clone(), ids.clone());
        let parts = Parts {
            executor: executor.clone(),
            reads: reads.clone(),
            vault,
            bus: Arc::new(LogBus::new(store.clone())),
            apps: Apps::new([wordpress, portal]),
            clock: clock.clone(),
            ids,
        };
        let Parts { vault, ids, .. } = parts.clone();
        let doors = ingest::Parts {
            executor: executor.clone(),
            reads: reads.clone(),
            vault,
            clock: clock.clone(),
            ids,
        };
        let hooks = Hooks::new(doors);
        let tick = Duration::from_millis(20);
        let pace = WatchPace { tick, ask: Some(tick), sweep: None };
        let mut stage = Self { store, reads, executor, source, parts, clock, hooks, pace, running: None };
        stage.start();
        stage.connect(app_portal::EMBEDDED_CONNECTION, "portal", app_portal::EMBEDDED_ADDRESS).await;
        stage
    }

    /// Starts the followers, as a new process would.
    pub fn start(&mut self) {
        let links = LinkReferences::new(self.executor.clone(), self.reads.clone());
        let others: Vec<Box<dyn engine::follow::Follower>> = vec![Box::new(links), self.hooks.follower()];
        self.running = Some(projector::start_at(&self.parts, others, self.pace));
    }

    /// Ends the followers where they stand, as a crash would.
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// Connects a Portal over HTTP, which signs with this secret.
    pub async fn connect_portal(&self, id: &str, url: &str, secret: &str) {
        self.connect_portal_as("signed", id, url, secret).await;
    }

    /// The same, by another of Portal's methods.
    pub async fn connect_portal_as(&self, method: &str, id: &str, url: &str, secret: &str) {
        self.connect(id, "portal", &format!("{url}/")).await;
        let slot = SecretSlot { owner: id.into(), purpose: API_PURPOSE.into(), origin: format!("{url}/") };
        let fingerprint = self.parts.vault.store(&slot, &Secret::new(secret.to_owned())).await.unwrap();
        let stored = CredentialsStored { method: method.into(), account: None, fingerprint, handle: None };
        let command = ConnectionCommand::StoreCredentials(stored);
        let position = self.command::<Connections>(id, command).await;
        self.settle(&CONNECTIONS, position).await;
    }

    pub async fn connect(&self, id: &str, app: &str, address: &str) {
        let command = ConnectionCommand::Add {
            app: app.into(),
            name: id.into(),
            address: address.into(),
            origin: address.into(),
        };
        self.command::<Connections>(id, command).await;
    }

    pub async fn command<D: Decider>(&self, id: &str, command: D::Command) -> u64 {
        let committed = self.executor.execute::<D>(id, command, Meta::by("test")).await.unwrap();
        committed.position
    }

    /// Saves a ready-made mapping under an id.
    pub async fn mapping(&self, id: &str, resource: &str) {
        let ready = domain::mapping::READY_MADE.iter().find(|r| r.resource == resource).unwrap();
        let created = MappingCreated {
            name: ready.name.into(),
            app: "wordpress".into(),
            resource: resource.into(),
            entity: ready.entity.into(),
        };
        self.command::<Mappings>(id, MappingCommand::Create(created)).await;
        let definition = serde_json::from_str(ready.json).unwrap();
        self.command::<Mappings>(id, MappingCommand::Revise { expected: None, definition }).await;
    }

    /// Publishes a scenario that begins when records change.
    pub async fn watch(&self, id: &str, graph: Value) {
        self.begin_on(id, graph, "record-changed").await;
    }

    /// Publishes a scenario that begins by itself.
    pub async fn begin_on(&self, id: &str, mut graph: Value, on: &str) {
        graph["nodes"][0]["on"] = on.into();
        self.publish_new(id, graph).await;
    }

    pub async fn publish_new(&self, id: &str, graph: Value) {
        let create = ScenarioCommand::Create { name: id.into(), template: None };
        self.command::<Scenarios>(id, create).await;
        let save = ScenarioCommand::SaveDraft { expected: None, graph: graph.clone() };
        self.command::<Scenarios>(id, save).await;
        let publish = ScenarioCommand::Publish { draft: 1, graph, note: String::new() };
        self.command::<Scenarios>(id, publish).await;
    }

    /// Starts a run of one fetch–map–write chain and returns its id.
    pub async fn start_run(&self, run: &str, graph: Value, mode: RunMode) -> u64 {
        RunId::parse(run).unwrap();
        MappingId::parse("mp_users").unwrap();
        let started = RunStarted {
            scenario: ScenarioId::new("test"),
            version: 1,
            graph,
            mode,
            trigger: Trigger::Manual,
            limit: None,
            recall: None,
        };
        self.command::<Runs>(run, RunCommand::Start(started)).await
    }

    /// Waits until a run is over, then until every view shows it.
    pub async fn over(&self, run: &str) -> RunView {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            if let Some(view) = self.run(run).await
                && view.phase.is_over()
            {
                let end = *self.store.end().borrow();
                self.settle(&PORTAL, end).await;
                return view;
            }
            assert!(tokio::time::Instant::now() < deadline, "{run} did not end: {:?}", self.run(run).await);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    pub async fn run(&self, run: &str) -> Option<RunView> {
        let doc = self.reads.get(&RUNS, &[run.to_owned()]).await.unwrap().pop().flatten()?;
        Some(serde_json::from_slice(&doc).unwrap())
    }

    pub async fn settle(&self, view: &'static ViewSpec, position: u64) {
        assert!(
            engine::wait::until(&*self.reads, view, position, PATIENCE).await.unwrap(),
            "{} is behind",
            view.name
        );
    }

    pub async fn portal(&self) -> Vec<PortalView> {
        let end = *self.store.end().borrow();
        self.settle(&PORTAL, end).await;
        let query = Query { limit: 1_000, ..Query::default() };
        let page = self.reads.list(&PORTAL, &query).await.unwrap();
        let mut views = vec![];
        for row in page.rows {
            let found: PortalRow = serde_json::from_slice(&row.doc).unwrap();
            let stream = engine::StreamName::new("portal", &row.key);
            let event = self.store.read_stream(&stream, found.written, 1).await.unwrap().pop().unwrap();
            let body = engine::bodies::open(&*self.parts.vault, &[&event]).await.unwrap().pop().flatten();
            views.push(found.view(row.key, body.map(|body| serde_json::from_slice(&body).unwrap())));
        }
        views
    }

    /// Ids of the posts that are known.
    pub async fn posts(&self) -> Vec<u64> {
        let query = Query { key_prefix: format!("{SITE}.posts."), ..Query::default() };
        let rows = self.reads.list(&domain::views::RECORDS, &query).await.unwrap().rows;
        rows.iter().map(|row| row.key.rsplit('.').next().unwrap().parse().unwrap()).collect()
    }

    pub fn put(&self, resource: &str, id: u64, record: Value) {
        self.source.records.lock().unwrap().entry(resource.into()).or_default().insert(id, record);
    }
}

fn entry() -> AppEntry {
    AppEntry {
        id: "wordpress".into(),
        name: "WordPress".into(),
        summary: String::new(),
        version: 1,
        roles: vec![],
        auth: vec![],
        resources: vec![],
        actions: vec![],
        limits: Limits { page_max: 100, concurrency: 2, requests_per_minute: None },
    }
}

/// Fetch → map → write, per resource.
pub fn graph(chains: &[(&str, &str, &str)]) -> Value {
    let mut nodes = vec![json!({"id": "t", "name": "By hand", "kind": "trigger", "on": "manual"})];
    let mut edges = vec![];
    for (resource, mapping, entity) in chains {
        let (f, m, w) = (format!("f-{resource}"), format!("m-{resource}"), format!("w-{resource}"));
        nodes.push(
            json!({"id": f, "name": "Fetch", "kind": "fetch", "connection": SITE, "resource": resource}),
        );
        nodes.push(json!({"id": m, "name": "Map", "kind": "map", "mapping": {"id": mapping, "revision": 1}}));
        nodes.push(
            json!({"id": w, "name": "Write", "kind": "write", "connection": "cn_portal", "entity": entity}),
        );
        edges.push(json!({"from": "t", "to": f}));
        edges.push(json!({"from": f, "to": m}));
        edges.push(json!({"from": m, "to": w}));
    }
    json!({ "nodes": nodes, "edges": edges })
}

pub fn user(id: u64) -> Value {
    json!({
        "id": id, "username": format!("user{id}"), "name": format!("User {id}"), "first_name": "U",
        "last_name": id.to_string(), "email": format!("user{id}@example.org"), "url": "", "description": "",
        "link": format!("https://site.example/author/user{id}/"), "locale": "en_US", "nickname": format!("user{id}"),
        "slug": format!("user{id}"), "registered_date": "2024-01-02T03:04:05+00:00", "roles": ["subscriber"],
        "avatar_urls": {"96": "https://site.example/a.png"}, "_links": {"self": [{"n": id}]}
    })
}

pub fn post(id: u64, author: u64) -> Value {
    json!({
        "id": id, "date": "2024-01-02T03:04:05", "date_gmt": "2024-01-02T03:04:05",
        "modified": "2024-01-02T03:04:05", "modified_gmt": "2024-01-02T03:04:05", "slug": format!("post-{id}"),
        "status": "publish", "type": "post", "link": format!("https://site.example/{id}/"),
        "title": {"raw": format!("Post & {id}"), "rendered": format!("Post &#038; {id}")},
        "content": {"raw": "<p>Hello</p>", "rendered": "<p>Hello</p>"},
        "excerpt": {"raw": "", "rendered": ""}, "author": author, "featured_media": 0, "comment_status": "open",
        "sticky": false, "format": "standard", "categories": [], "tags": []
    })
}
