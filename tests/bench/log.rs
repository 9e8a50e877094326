//! How fast a log is verified, how fast all views are folded from it, and how fast the past of one record is found in it. The log is made first, quickly: users as an
//! import leaves them, with sealed bodies, two events each.
//!
//!   bench-log verify|rebuild|as-of [events]

use std::sync::Arc;
use std::time::Instant;

use adapter_sqlite::{
    DataDir, KeyRing, LogFile, LogImport, SqliteEventStore, SqliteReadStore, SqliteVault, SystemClock,
    SystemIds,
};
use bytes::Bytes;
use domain::event::Event;
use domain::ids::{ConnectionId, MappingId, PortalId};
use domain::portal::{MappingStamp, PortalEvent, PortalWritten, Write};
use domain::record::{RecordChanged, RecordEvent};
use domain::run::{Attempts, Counts, ItemsSettled, Outcome, RunEvent, SettledItem, Target};
use engine::chain::Verifier;
use engine::follow::Follower as _;
use engine::ports::{EventStore, Filter, Ids, ReadStore, SubjectKey, Vault};
use engine::project::Projector;
use engine::rebuild::Rebuild;
use engine::{Meta, Recorded, StreamName, as_of, bodies, hash, seal};
use serde_json::json;

/// As in the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PAGE: u64 = 100;
/// Revisions of the one record that changes all the time.
const REVISIONS: u64 = 2_000;
const QUESTIONS: u64 = 2_000;

type Failed = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let mut given = std::env::args().skip(1);
    let what = given.next().unwrap_or_else(|| "verify".to_owned());
    let events: u64 = given.next().as_deref().unwrap_or("1000000").parse()?;
    let home = tempfile::tempdir()?;
    let dir = DataDir::open(home.path())?;
    let keys = KeyRing::create(&home.path().join("vault.key"), &SystemIds)?;
    let vault: Arc<dyn Vault> = Arc::new(SqliteVault::open(&dir, keys, Arc::new(SystemIds)).await?);
    let begun = Instant::now();
    let events = fill(&dir, &*vault, events, what == "as-of").await?;
    let bytes = std::fs::metadata(home.path().join("log.db"))?.len();
    println!(
        "made       {events} events, {} MB, in {:.1} s",
        bytes / 1_000_000,
        begun.elapsed().as_secs_f64()
    );
    match what.as_str() {
        "rebuild" => rebuild(&dir, vault, events).await,
        "as-of" => past(&dir, &*vault, events).await,
        _ => verify(&dir, events),
    }
}

fn verify(dir: &DataDir, events: u64) -> Result<(), Failed> {
    // The floor: the same rows read and unpacked, and nothing proven.
    let mut file = LogFile::open(dir.path())?;
    let begun = Instant::now();
    let mut at = 0;
    while let Some(last) = file.step(at, events)?.last() {
        at = last.event.position;
    }
    println!("read only  {:.1} s", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let verified = file.verify(Verifier::new(vec![]))?;
    let seconds = begun.elapsed().as_secs_f64();
    println!("verified   {} events in {seconds:.1} s: {} events/s", verified.events, rate(events, seconds));
    Ok(())
}

async fn rebuild(dir: &DataDir, vault: Arc<dyn Vault>, events: u64) -> Result<(), Failed> {
    let log = Arc::new(SqliteEventStore::open(dir, Arc::new(SystemClock)).await?);
    let reads: Arc<dyn ReadStore> = Arc::new(SqliteReadStore::open(dir).await?);
    let begun = Instant::now();
    let mut projector = Projector::new("bench", projector::projections::all(), reads.clone(), vault.clone());
    let filter = projector.filter();
    let mut at = projector.checkpoint().await?;
    while at < events {
        let slice = log.read_all(at, &filter, 2_000).await?;
        at = slice.read_to;
        projector.take(slice).await?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("folded     all views in {seconds:.1} s: {} events/s", rate(events, seconds));
    let begun = Instant::now();
    let mut at = 0;
    while at < events {
        at = log.read_all(at, &Filter::all(), 5_000).await?.read_to;
    }
    println!("read only  {:.1} s", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let work = Rebuild { log, reads, vault };
    let views = work.run(projector::projections::all(), true, &|_| ()).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let same = views.iter().all(|view| view.same);
    println!("rebuilt    all views in {seconds:.1} s: {} events/s, same: {same}", rate(events, seconds));
    Ok(())
}

/// What a record was at a position: found, read and opened, as the API does.
async fn past(dir: &DataDir, vault: &dyn Vault, events: u64) -> Result<(), Failed> {
    let log = SqliteEventStore::open(dir, Arc::new(SystemClock)).await?;
    let users = (events - REVISIONS) / (2 * PAGE + 1) * PAGE;
    let busy = "cn_a.users.1".to_owned();
    let any = |place: u64| format!("cn_a.users.{}", 1 + place % users);
    // Steps that share nothing with the numbers they are taken from, so that no question follows the last one's page.
    let spread = |question: u64| question.wrapping_mul(2_654_435_761);
    ask("newest only, any record", |question| {
        let stream = StreamName::new("record", any(spread(question)));
        let log = &log;
        async move { Ok(log.read_last(&[stream]).await?.pop().flatten()) }
    })
    .await?;
    for (what, record) in [("as of, any record", None), ("as of, 2,001 revisions", Some(busy))] {
        ask(what, |question| {
            let name = record.clone().unwrap_or_else(|| any(spread(question)));
            let at = 1 + spread(question + 1) % events;
            let at = if record.is_some() { events - REVISIONS + at % REVISIONS } else { at };
            let log = &log;
            async move {
                let found = as_of::event(log, &StreamName::new("record", &name), at).await?;
                bodies::open(vault, &found.iter().collect::<Vec<_>>()).await?;
                Ok(found)
            }
        })
        .await?;
    }
    Ok(())
}

/// Asks again and again, and says how long the answers took.
async fn ask<F>(what: &str, question: impl Fn(u64) -> F) -> Result<(), Failed>
where
    F: Future<Output = Result<Option<Recorded>, Failed>>,
{
    let mut took = Vec::with_capacity(usize::try_from(QUESTIONS)?);
    let mut found = 0;
    for number in 0..QUESTIONS {
        let begun = Instant::now();
        found += u64::from(question(number).await?.is_some());
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    let at = |share: usize| took[(took.len() - 1) * share / 100].as_secs_f64() * 1_000.0;
    println!("{what:<24} p50 {:.2} ms, p99 {:.2} ms, most {:.2} ms; {found} found", at(50), at(99), at(100));
    Ok(())
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "for people"
)]
fn rate(events: u64, seconds: f64) -> u64 {
    (events as f64 / seconds) as u64
}

/// `busy`: the first record changes another `REVISIONS` times in the end.
async fn fill(dir: &DataDir, vault: &dyn Vault, events: u64, busy: bool) -> Result<u64, Failed> {
    let mut log = LogImport::begin(dir)?;
    let mut at = 0;
    let mut run_revision = 0;
    let mut user = 0;
    while at + 2 * PAGE < events {
        let ids: Vec<u64> = (user + 1..=user + PAGE).collect();
        user += PAGE;
        let subjects: Vec<String> = ids.iter().map(|id| format!("cn_a.users.{id}")).collect();
        let keys = vault.subject_keys(&subjects, true).await?;
        let mut items = vec![];
        for ((id, subject), key) in ids.iter().zip(&subjects).zip(&keys) {
            let key = key.as_ref().ok_or("no key")?;
            let portal = PortalId::new(&hash::id(&["cn_a", "users", &id.to_string()]));
            at += 1;
            log.event(&record(at, *id, subject, key, 0))?;
            at += 1;
            log.event(&written(at, *id, &portal, subject, key))?;
            items.push(SettledItem {
                record: id.to_string(),
                outcome: Outcome::Created,
                portal: Some(portal.to_string()),
                target: 0,
                revision: Some(0),
                notes: vec![],
                attempts: Attempts(1),
                changed: vec![],
            });
        }
        at += 1;
        log.event(&settled(at, run_revision, items)?)?;
        run_revision += 1;
        log.link()?;
    }
    if busy {
        let subject = "cn_a.users.1".to_owned();
        let key = vault.subject_keys(std::slice::from_ref(&subject), true).await?.pop().flatten();
        for revision in 1..=REVISIONS {
            at += 1;
            log.event(&record(at, 1, &subject, key.as_ref().ok_or("no key")?, revision))?;
        }
        log.link()?;
    }
    Ok(log.end()?)
}

fn recorded(
    position: u64,
    stream: StreamName,
    revision: u64,
    event: &impl Event,
    body: Option<Bytes>,
) -> Recorded {
    Recorded {
        position,
        stream,
        revision,
        id: SystemIds.event_id(),
        event_type: event.event_type().into(),
        recorded_at: chrono::DateTime::from_timestamp(1_780_000_000, 0).unwrap_or_default(),
        data: event.to_json().into(),
        body,
        meta: Meta::by("run:rn_1").of("rn_1"),
    }
}

fn sealed(plain: &[u8], stream: &StreamName, subject: &str, key: &SubjectKey) -> Bytes {
    let nonce = std::array::from_fn(|at| SystemIds.random(24)[at]);
    seal::seal(plain, stream.as_str(), subject, key, &nonce)
}

fn record(position: u64, id: u64, subject: &str, key: &SubjectKey, revision: u64) -> Recorded {
    let plain = json!({
        "id": id, "username": format!("user{id}"), "name": format!("User {id}"), "first_name": "Use",
        "last_name": format!("R{id}"), "email": format!("user{id}@example.org"), "url": "", "description": "Words about",
        "link": format!("https://site.example/author/user{id}/"), "locale": "en_US", "roles": ["subscriber"],
        "slug": format!("user{id}"), "registered_date": "2024-01-02T03:04:05+00:00", "meta": [],
    });
    let plain = plain.to_string();
    let stream = StreamName::new("record", subject);
    let body = sealed(plain.as_bytes(), &stream, subject, key);
    let raw = hash::short(plain.as_bytes());
    let changed = RecordChanged { version: None, digest: raw.clone(), raw, fields: None, set_back: false };
    recorded(position, stream, revision, &RecordEvent::Changed(changed), Some(body))
}

fn written(position: u64, id: u64, portal: &PortalId, subject: &str, key: &SubjectKey) -> Recorded {
    let fields = json!({
        "name": format!("User {id}"), "email": format!("user{id}@example.org"), "username": format!("user{id}"),
        "first_name": "Use", "last_name": format!("R{id}"), "registered_at": "2024-01-02T03:04:05Z", "role": "subscriber",
    });
    let plain = fields.to_string();
    let stream = StreamName::new("portal", portal);
    let body = sealed(plain.as_bytes(), &stream, subject, key);
    let event = PortalWritten {
        write: Write::Created,
        entity: "user".to_owned(),
        external: subject.to_owned(),
        digest: hash::short(plain.as_bytes()),
        source_revision: None,
        restores: None,
        source_version: None,
        mapping: MappingStamp { id: MappingId::new("users"), revision: 1 },
        references: std::collections::BTreeMap::new(),
        pending: std::collections::BTreeMap::new(),
    };
    recorded(position, stream, 0, &PortalEvent::Written(event), Some(body))
}

fn settled(position: u64, revision: u64, items: Vec<SettledItem>) -> Result<Recorded, Failed> {
    let connection = ConnectionId::parse("cn_a").map_err(|rejection| rejection.detail)?;
    let mapping = MappingStamp { id: MappingId::new("users"), revision: 1 };
    let event = ItemsSettled {
        node: "fetch".to_owned(),
        page: None,
        dry: false,
        source: connection.clone(),
        resource: "users".to_owned(),
        targets: vec![Target { node: "write".to_owned(), to: connection, mapping }],
        again: 0,
        counts: Counts { read: PAGE, created: PAGE, ..Counts::default() },
        items,
        unchanged: vec![],
    };
    Ok(recorded(position, StreamName::new("run", "rn_1"), revision, &RunEvent::ItemsSettled(event), None))
}
