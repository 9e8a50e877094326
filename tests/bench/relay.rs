//! How fast the relay brings events of 1 KiB from a log (in memory) into JetStream, each batch synced to disk before it
//! counts. The floor is in the same run: bare batches of the same number of bytes, which nobody reads from a log,
//! encodes, names, or compares with anything.
//!
//!   bench-relay [events]

use std::sync::Arc;
use std::time::{Duration, Instant};

use acceptance::nats_server::NatsServer;
use adapter_memory::{ManualClock, MemoryEventStore, MemoryLeases};
use adapter_nats::{Nats, NatsSettings, Relay};
use async_nats::HeaderMap;
use async_nats::header::{NATS_BATCH_COMMIT, NATS_BATCH_ID, NATS_BATCH_SEQUENCE};
use async_nats::jetstream;
use bytes::Bytes;
use engine::ports::{EventStore, Expected, StreamAppend};
use engine::{EventId, Meta, NewEvent, StreamName};
use tokio_util::sync::CancellationToken;

const EVENT_BYTES: usize = 1_024;
/// As the relay does.
const BATCH_EVENTS: u64 = 256;
const IN_FLIGHT: usize = 4;
const ROUNDS: u32 = 3;

type Failed = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let events: u64 = std::env::args().nth(1).as_deref().unwrap_or("200000").parse()?;
    let log = filled(events).await?;
    println!("{events} events of {EVENT_BYTES} bytes; NATS with `sync_interval: always`, one replica");
    let (mut floors, mut relays) = (vec![], vec![]);
    for _ in 0..ROUNDS {
        floors.push(rate(events, floor(events).await?));
        relays.push(rate(events, relay(events, &log).await?));
        println!(
            "bare batches {:>8} events/s    relay {:>8} events/s",
            floors[floors.len() - 1],
            relays[relays.len() - 1]
        );
    }
    floors.sort_unstable();
    relays.sort_unstable();
    let (floor, relay) = (floors[floors.len() / 2], relays[relays.len() / 2]);
    println!(
        "median: relay {relay} events/s, {} % of the floor of {floor} events/s",
        relay * 100 / floor.max(1)
    );
    Ok(())
}

async fn filled(events: u64) -> Result<Arc<dyn EventStore>, Failed> {
    let log: Arc<dyn EventStore> = Arc::new(MemoryEventStore::new(Arc::new(ManualClock::default())));
    for from in (0..events).step_by(1_000) {
        let of_stream = (from..events.min(from + 1_000)).map(|number| NewEvent {
            id: EventId::from_u128(number.into()),
            event_type: "record.changed",
            data: Bytes::from_static(b"{}"),
            body: Some(Bytes::from(vec![u8::try_from(number % 251).unwrap_or(0); EVENT_BYTES])),
            meta: Meta::by("run:rn_1").of("rn_1"),
        });
        let stream = StreamName::new("record", format_args!("cn_{}.posts.{from}", from % 40));
        log.append(vec![StreamAppend { stream, expected: Expected::NoStream, events: of_stream.collect() }])
            .await?;
    }
    Ok(log)
}

fn settings(server: &NatsServer) -> NatsSettings {
    NatsSettings { bytes_max: 8 << 30, patience: Duration::from_secs(30), ..server.settings() }
}

async fn relay(events: u64, log: &Arc<dyn EventStore>) -> Result<f64, Failed> {
    let server = NatsServer::start();
    let nats = Nats::connect(settings(&server)).await?;
    let leases = Arc::new(MemoryLeases::new(Arc::new(ManualClock::default())));
    let context = jetstream::new(async_nats::connect(server.url()).await?);
    let stream = context.get_stream_no_info("PORTAL_EVENTS").await?;
    let stop = CancellationToken::new();
    let begun = Instant::now();
    let run = tokio::spawn(Relay::new(&nats, log.clone(), leases, "bench".to_owned()).run(stop.clone()));
    while stream.get_info().await?.state.last_sequence < events {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let seconds = begun.elapsed().as_secs_f64();
    stop.cancel();
    run.await?;
    Ok(seconds)
}

async fn floor(events: u64) -> Result<f64, Failed> {
    let server = NatsServer::start();
    Nats::connect(settings(&server)).await?;
    let client = async_nats::connect(server.url()).await?;
    let mut context = jetstream::new(client.clone());
    context.set_timeout(Duration::from_secs(30));
    let payload = Bytes::from(vec![7; EVENT_BYTES]);
    let mut in_flight = std::collections::VecDeque::new();
    let begun = Instant::now();
    for from in (0..events).step_by(usize::try_from(BATCH_EVENTS)?) {
        if in_flight.len() >= IN_FLIGHT {
            let ack: jetstream::context::PublishAckFuture =
                in_flight.pop_front().ok_or("none is in flight")?;
            ack.await?;
        }
        let size = BATCH_EVENTS.min(events - from);
        for at in 1..=size {
            let mut headers = HeaderMap::new();
            headers.insert(NATS_BATCH_ID, from.to_string());
            headers.insert(NATS_BATCH_SEQUENCE, at.to_string());
            if at < size {
                client.publish_with_headers("portal.events.0.bare", headers, payload.clone()).await?;
                continue;
            }
            headers.insert(NATS_BATCH_COMMIT, "1");
            in_flight.push_back(
                context.publish_with_headers("portal.events.0.bare", headers, payload.clone()).await?,
            );
        }
    }
    for ack in in_flight {
        ack.await?;
    }
    Ok(begun.elapsed().as_secs_f64())
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
