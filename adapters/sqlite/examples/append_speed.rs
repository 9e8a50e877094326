//! How fast the log is on this disk, and how large: `cargo run --release -p adapter-sqlite --example append_speed DIR`.
//! It makes a fresh directory below `DIR` and leaves it there to be looked at.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use adapter_sqlite::{DataDir, SqliteEventStore, SqliteReadStore, SystemClock, SystemIds};
use bytes::Bytes;
use domain::views::integer;
use engine::ports::{
    Change, EventStore, Expected, Filter, Ids, ReadStore, StreamAppend, ViewBatch, ViewSpec,
};
use engine::{Meta, NewEvent, StreamName};

const BODY_BYTES: usize = 1_024;
const ROUND: Duration = Duration::from_secs(3);
const DATA: &str =
    r#"{"version":"2026-05-01T10:00:00","raw":"b3:4f1d0a6c9be27f35","digest":"b3:90aa6e17c4d2f8be"}"#;
static VIEW: ViewSpec = ViewSpec { name: "bench", version: 1, columns: &[integer("at")] };

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let below: PathBuf = std::env::args().nth(1).ok_or("name a directory on the disk to measure")?.into();
    let home = below.join(format!("append-speed-{}", std::process::id()));
    let dir = DataDir::open(&home)?;
    let store = Arc::new(SqliteEventStore::open(&dir, Arc::new(SystemClock)).await?);
    let mut next = 0;
    for batch in [1, 16, 64, 256] {
        one_writer(&store, batch, &mut next).await?;
    }
    for writers in [16, 64, 256] {
        many_writers(&store, writers, &mut next).await?;
    }
    reads(&store, next).await?;
    drop(store);
    let bytes = std::fs::metadata(home.join("log.db"))?.len();
    println!("disk: {bytes} bytes, {} per event with {} of content", bytes / next, BODY_BYTES + DATA.len());
    views(&dir).await?;
    println!("memory: {}", resident().unwrap_or_default());
    Ok(())
}

/// Whole imports: one append for many records.
async fn one_writer(
    store: &SqliteEventStore,
    batch: u64,
    next: &mut u64,
) -> Result<(), Box<dyn std::error::Error>> {
    let (start, from) = (Instant::now(), *next);
    let mut latencies = Vec::new();
    while start.elapsed() < ROUND {
        let appends = (*next..*next + batch).map(append).collect();
        let begun = Instant::now();
        store.append(appends).await?;
        latencies.push(begun.elapsed());
        *next += batch;
    }
    report(&format!("one writer, {batch} events an append"), *next - from, start.elapsed(), &mut latencies);
    Ok(())
}

/// Webhooks: many appends of one event.
async fn many_writers(
    store: &Arc<SqliteEventStore>,
    writers: u64,
    next: &mut u64,
) -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let mut running = Vec::new();
    for writer in 0..writers {
        let (store, first) = (store.clone(), *next + writer);
        running.push(tokio::spawn(async move {
            let mut latencies = Vec::new();
            let mut number = first;
            while start.elapsed() < ROUND {
                let begun = Instant::now();
                if store.append(vec![append(number)]).await.is_err() {
                    break;
                }
                latencies.push(begun.elapsed());
                number += writers;
            }
            latencies
        }));
    }
    let (mut latencies, mut most) = (Vec::new(), 0);
    for writer in running {
        let done = writer.await?;
        most = most.max(done.len() as u64);
        latencies.extend(done);
    }
    *next += most * writers;
    report(
        &format!("{writers} writers, 1 event an append"),
        latencies.len() as u64,
        start.elapsed(),
        &mut latencies,
    );
    Ok(())
}

async fn reads(store: &SqliteEventStore, events: u64) -> Result<(), Box<dyn std::error::Error>> {
    for (what, filter) in [("all", Filter::all()), ("passing over all", Filter::categories(["none"]))] {
        let (start, mut after, mut read) = (Instant::now(), 0, 0);
        loop {
            let slice = store.read_all(after, &filter, 1_000).await?;
            if slice.read_to == after {
                break;
            }
            (after, read) = (slice.read_to, read + slice.events.len());
        }
        println!("read {what}: {read} events given, {} a second", per_second(after, start.elapsed()));
    }
    let names: Vec<StreamName> = (0..100).map(|at| append(at * (events / 200)).stream).collect();
    let mut latencies = Vec::new();
    for _ in 0..200 {
        let begun = Instant::now();
        store.read_last(&names).await?;
        latencies.push(begun.elapsed());
    }
    report("last events of 100 streams", 200, latencies.iter().sum(), &mut latencies);
    Ok(())
}

async fn views(dir: &DataDir) -> Result<(), Box<dyn std::error::Error>> {
    let store = SqliteReadStore::open(dir).await?;
    let text = Bytes::from(format!(r#"{{"title":"{}","data":{DATA}}}"#, "A title of a record ".repeat(8)));
    let (rows, step) = (300_000_u64, 1_000);
    for round in ["new rows", "the same rows again"] {
        let start = Instant::now();
        for first in (0..rows).step_by(step) {
            let put = |number: u64| Change::Put {
                key: format!("cn_0123456789abcdef.posts.{number:07}"),
                doc: text.clone(),
                columns: vec![Some(number.cast_signed().into())],
            };
            let changes = (first..first + step as u64).map(put).collect();
            store.apply(vec![ViewBatch { view: &VIEW, changes, after: None, checkpoint: first + 1 }]).await?;
        }
        println!("views, {round}: {} puts a second", per_second(rows, start.elapsed()));
    }
    drop(store);
    let bytes = std::fs::metadata(dir.path().join("views.db"))?.len();
    println!("views: {} bytes a row with a document of {}", bytes / rows, text.len());
    Ok(())
}

fn append(number: u64) -> StreamAppend {
    let event = NewEvent {
        id: SystemIds.event_id(),
        event_type: "record.changed",
        data: Bytes::from_static(DATA.as_bytes()),
        body: Some(SystemIds.random(BODY_BYTES).into()),
        meta: Meta::by("run:rn_0123456789abcdef").of("rn_0123456789abcdef"),
    };
    let stream = StreamName::new("record", format!("cn_0123456789abcdef.posts.{number}"));
    StreamAppend { stream, expected: Expected::NoStream, events: vec![event] }
}

fn report(what: &str, events: u64, took: Duration, latencies: &mut [Duration]) {
    latencies.sort();
    let at = |part: usize| latencies.get(latencies.len() * part / 100).copied().unwrap_or_default();
    println!("{what}: {} a second; p50 {:?}, p99 {:?}", per_second(events, took), at(50), at(99));
}

fn per_second(events: u64, took: Duration) -> u128 {
    u128::from(events) * 1_000_000 / took.as_micros().max(1)
}

fn resident() -> Option<String> {
    let status = std::fs::read_to_string(Path::new("/proc/self/status")).ok()?;
    status.lines().find(|line| line.starts_with("VmRSS")).map(str::to_owned)
}
