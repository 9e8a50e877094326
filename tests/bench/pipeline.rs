//! How fast records go from a source into the views, without a network: the floor under every import. Prints records
//! a second for a first import, for a second one with nothing changed, and the bytes on disk per byte of record. Then
//! what proof and privacy cost: the same import with nothing sealed, in turns, and the hash chain over its log computed
//! once more by itself.
//!
//!   cargo run --release -p acceptance --bin bench-pipeline -- [records] [folder to keep the data in]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use adapter_memory::LogBus;
use adapter_sqlite::{
    DataDir, KeyRing, SqliteEventStore, SqliteReadStore, SqliteVault, SystemClock, SystemIds,
};
use app_portal::embedded::Embedded;
use app_sdk::catalogue::{AppEntry, Limits};
use app_sdk::{
    App, AppError, Apps, Fetched, PageRequest, Session, Source, SourceEnd, SourceItem, SourcePage,
};
use bytes::Bytes;
use domain::connection::{ConnectionCommand, Connections};
use domain::ids::ScenarioId;
use domain::mappings::{MappingCommand, MappingCreated, Mappings};
use domain::run::{RunCommand, RunMode, RunStarted, Runs, Trigger};
use domain::views::{LINKS, PORTAL, RUNS, RunView};
use engine::Meta;
use engine::chain::{Content, genesis, step};
use engine::execute::Executor;
use engine::ports::{Clock, Filter, Ids};
use futures::StreamExt;
use futures::stream::BoxStream;
use projector::Parts;
use serde_json::{Value, json};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PAGE: u64 = 100;

struct Generated {
    records: u64,
    /// Whether they speak of people, and are sealed with their keys.
    sealed: bool,
}

impl Source for Generated {
    fn pages(&self, _: &Session, request: PageRequest) -> BoxStream<'static, Result<Fetched, AppError>> {
        let (total, sealed) = (self.records, self.sealed);
        let from = request.cursor.and_then(|cursor| cursor["page"].as_u64()).unwrap_or(0);
        let pages = (from..total.div_ceil(PAGE)).map(move |page| {
            let ids = page * PAGE + 1..=((page + 1) * PAGE).min(total);
            let items = ids.map(|id| SourceItem {
                id: id.to_string(),
                bytes: Bytes::from(user(id).to_string()),
                version: None,
                subject: sealed.then(|| format!("users.{id}")),
            });
            let cursor = ((page + 1) * PAGE < total).then(|| json!({ "page": page + 1 }));
            Ok(Fetched::Page(SourcePage {
                items: items.collect(),
                cursor,
                total: Some(total),
                ..SourcePage::default()
            }))
        });
        let end = Fetched::End(SourceEnd { complete: true, total: Some(total), hidden: 0, problem: None });
        futures::stream::iter(pages.chain([Ok(end)])).boxed()
    }
}

/// About 1.2 KB, like a user that a real site sends to an administrator.
fn user(id: u64) -> Value {
    let capabilities: serde_json::Map<String, Value> =
        ["read", "level_0", "subscriber"].iter().map(|c| ((*c).to_owned(), true.into())).collect();
    json!({
        "id": id, "username": format!("user{id}"), "name": format!("Person Number {id}"), "first_name": "Person",
        "last_name": format!("Number {id}"), "email": format!("user{id}@example.org"), "url": "",
        "description": format!("Writes about the {id} things that matter, and about a few that do not."),
        "link": format!("https://site.example/author/user{id}/"), "locale": "en_US", "nickname": format!("user{id}"),
        "slug": format!("user{id}"), "roles": ["subscriber"], "registered_date": "2024-01-02T03:04:05+00:00",
        "capabilities": capabilities, "extra_capabilities": {"subscriber": true},
        "avatar_urls": {
            "24": format!("https://secure.gravatar.com/avatar/{id:032x}?s=24&d=mm&r=g"),
            "48": format!("https://secure.gravatar.com/avatar/{id:032x}?s=48&d=mm&r=g"),
            "96": format!("https://secure.gravatar.com/avatar/{id:032x}?s=96&d=mm&r=g")
        },
        "meta": [],
        "_links": {
            "self": [{"href": format!("https://site.example/wp-json/wp/v2/users/{id}")}],
            "collection": [{"href": "https://site.example/wp-json/wp/v2/users"}]
        }
    })
}

#[tokio::main]
async fn main() {
    let records: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let kept = std::env::args().nth(2).map(std::path::PathBuf::from);
    let folder = kept.as_deref().unwrap_or(temporary.path());
    let parts = open(folder, Generated { records, sealed: true }).await;
    let running = projector::start(&parts, vec![]);
    prepare(&parts).await;
    let raw: u64 = (1..=1_000).map(|id| user(id).to_string().len() as u64).sum::<u64>() * records / 1_000;
    let first = told(&parts, "first import", "rn_1", records).await;
    told(&parts, "nothing changed", "rn_2", records).await;
    let bytes: u64 = ["log.db", "views.db", "vault.db"].iter().map(|f| size(&folder.join(f))).sum();
    for file in ["log.db", "log.db-wal", "views.db", "views.db-wal", "vault.db", "vault.db-wal"] {
        println!("  {file}: {} bytes a record", size(&folder.join(file)) / records);
    }
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let ratio = bytes as f64 / raw as f64;
    println!("disk: {ratio:.2} bytes per raw byte ({} raw bytes a record)", raw / records);
    running.stop().await;
    let chain = chain_alone(&parts).await;
    println!(
        "the chain over this log by itself: {chain:.2} s, {:.1} % of the first import",
        100.0 * chain / first
    );
    sealing(records).await;
}

/// The same import with everything sealed and with nothing sealed, in turns.
async fn sealing(records: u64) {
    let mut seconds = [0.0; 2];
    for turn in 0..6 {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let sealed = turn % 2 == 0;
        let parts = open(folder.path(), Generated { records, sealed }).await;
        let running = projector::start(&parts, vec![]);
        prepare(&parts).await;
        seconds[turn % 2] += timed(&parts, "rn_1").await.0 / 3.0;
        running.stop().await;
    }
    let [sealed, open] = seconds.map(|seconds| rate(records, seconds));
    println!(
        "sealed: {sealed:.0} records/s, nothing sealed: {open:.0}; sealing costs {:.1} %",
        100.0 * (1.0 - sealed / open)
    );
}

/// Seconds that the digests of every event take, and the chain over them.
async fn chain_alone(parts: &Parts) -> f64 {
    let (mut from, mut took, mut chain) = (0, Duration::ZERO, genesis());
    loop {
        let slice = parts.executor.store.read_all(from, &Filter::all(), 10_000).await.expect("readable");
        if slice.events.is_empty() {
            assert_ne!(chain, genesis(), "nothing was chained");
            return took.as_secs_f64();
        }
        from = slice.read_to;
        let begun = Instant::now();
        for event in &slice.events {
            chain = step(&chain, &Content::from(event).leaf());
        }
        took += begun.elapsed();
    }
}

async fn told(parts: &Parts, name: &str, run: &str, records: u64) -> f64 {
    let (seconds, view) = timed(parts, run).await;
    println!("{name}: {:.0} records/s ({seconds:.2} s) {:?}", rate(records, seconds), view.counts);
    seconds
}

async fn timed(parts: &Parts, run: &str) -> (f64, RunView) {
    let begun = Instant::now();
    start(parts, run).await;
    let view = over(parts, run).await;
    (begun.elapsed().as_secs_f64(), view)
}

fn rate(records: u64, seconds: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let records = records as f64;
    records / seconds
}

async fn open(folder: &Path, source: Generated) -> Parts {
    let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) = (Arc::new(SystemClock), Arc::new(SystemIds));
    let dir = DataDir::open(folder.join(".")).expect("a data directory");
    let store = Arc::new(SqliteEventStore::open(&dir, clock.clone()).await.expect("a log"));
    let reads = Arc::new(SqliteReadStore::open(&dir).await.expect("views"));
    let keys = KeyRing::create(&folder.join("keys"), &*ids).expect("keys");
    let vault = Arc::new(SqliteVault::open(&dir, keys, ids.clone()).await.expect("a vault"));
    let limits = Limits { page_max: PAGE, concurrency: 2, requests_per_minute: None };
    let mut site = App::new(AppEntry {
        id: "wordpress".into(),
        name: "Generated".into(),
        summary: String::new(),
        version: 1,
        roles: vec![],
        auth: vec![],
        resources: vec![],
        actions: vec![],
        limits,
    });
    site.source = Some(Arc::new(source));
    let mut portal = App::new(app_portal::entry());
    portal.actions = Some(Arc::new(Embedded::new(store.clone(), vault.clone(), ids.clone())));
    Parts {
        executor: Executor::new(store.clone(), ids.clone()),
        reads,
        vault,
        bus: Arc::new(LogBus::new(store)),
        apps: Apps::new([site, portal]),
        clock,
        ids,
    }
}

async fn prepare(parts: &Parts) {
    let meta = || Meta::by("bench");
    for (id, app, address) in
        [("cn_site", "wordpress", "https://site.example/"), ("cn_portal", "portal", "embedded:")]
    {
        let command = ConnectionCommand::Add {
            app: app.into(),
            name: id.into(),
            address: address.into(),
            origin: address.into(),
        };
        parts.executor.execute::<Connections>(id, command, meta()).await.expect("added");
    }
    let ready = domain::mapping::READY_MADE.iter().find(|r| r.resource == "users").expect("ready-made");
    let created = MappingCreated {
        name: "Users".into(),
        app: "wordpress".into(),
        resource: "users".into(),
        entity: "user".into(),
    };
    parts
        .executor
        .execute::<Mappings>("mp_u", MappingCommand::Create(created), meta())
        .await
        .expect("created");
    let definition = serde_json::from_str(ready.json).expect("JSON");
    let revise = MappingCommand::Revise { expected: None, definition };
    parts.executor.execute::<Mappings>("mp_u", revise, meta()).await.expect("revised");
}

async fn start(parts: &Parts, run: &str) {
    let graph = json!({"nodes": [
        {"id": "t", "name": "t", "kind": "trigger", "on": "manual"},
        {"id": "f", "name": "f", "kind": "fetch", "connection": "cn_site", "resource": "users"},
        {"id": "m", "name": "m", "kind": "map", "mapping": {"id": "mp_u", "revision": 1}},
        {"id": "w", "name": "w", "kind": "write", "connection": "cn_portal", "entity": "user"}],
        "edges": [{"from": "t", "to": "f"}, {"from": "f", "to": "m"}, {"from": "m", "to": "w"}]});
    let started = RunStarted {
        scenario: ScenarioId::new("bench"),
        version: 1,
        graph,
        mode: RunMode::Apply,
        trigger: Trigger::Manual,
        limit: None,
        recall: None,
    };
    parts
        .executor
        .execute::<Runs>(run, RunCommand::Start(started), Meta::by("bench"))
        .await
        .expect("started");
}

/// Waits until the run is over and every view shows it.
async fn over(parts: &Parts, run: &str) -> RunView {
    loop {
        let doc = parts.reads.get(&RUNS, &[run.to_owned()]).await.expect("readable").pop().flatten();
        let view: Option<RunView> = doc.map(|doc| serde_json::from_slice(&doc).expect("JSON"));
        if let Some(view) = view.filter(|view| view.phase.is_over()) {
            let end = *parts.executor.store.end().borrow();
            for spec in [&PORTAL, &LINKS] {
                engine::wait::until(&*parts.reads, spec, end, Duration::from_mins(1))
                    .await
                    .expect("readable");
            }
            return view;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}
