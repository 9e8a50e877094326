//! The stream is wiped, the server killed, the connection cut, while events flow: nobody misses one, nobody gets one twice.
//!
//! `NATS_WIPES=200 cargo nextest run -p acceptance --test nats wipe` is the long form.

use std::sync::Arc;
use std::time::Duration;

use acceptance::nats_server::NatsServer;
use adapter_nats::NatsSettings;
use engine::ports::{Bus, EventStore, Filter, Ids};
use engine::{Position, Recorded};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::stage::{
    PATIENCE, RunningRelay, append, bus, connect, everything, in_the_stream, leases, log,
    wait_for_the_stream, whole,
};

const STREAM: &str = "PORTAL_EVENTS";

/// Follows until it is told where the end is, and is there.
fn follower(bus: &Arc<dyn Bus>, filter: Filter) -> (oneshot::Sender<Position>, JoinHandle<Vec<Recorded>>) {
    let (tell, mut told) = oneshot::channel();
    let bus = bus.clone();
    let run = tokio::spawn(async move {
        let mut subscription = bus.subscribe(0, filter).await.unwrap();
        let (mut seen, mut at, mut end) = (vec![], 0, None);
        while end.is_none_or(|end| at < end) {
            tokio::select! {
                found = &mut told, if end.is_none() => end = Some(found.unwrap()),
                slice = subscription.next(100) => {
                    let slice = slice.unwrap();
                    at = slice.read_to;
                    seen.extend(slice.events);
                }
            }
        }
        seen
    });
    (tell, run)
}

/// Appends until it is told to stop; gives the number of events.
fn appender(log: &Arc<dyn EventStore>) -> (oneshot::Sender<()>, JoinHandle<u64>) {
    let (stop, mut stopped) = oneshot::channel();
    let log = log.clone();
    let run = tokio::spawn(async move {
        let mut number = 0;
        while stopped.try_recv().is_err() && !stopped.is_terminated() {
            append(&log, number, 5).await;
            number += 5;
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        number
    });
    (stop, run)
}

/// Lets events flow while `harm` does what it does, and looks what came of it.
async fn while_events_flow(settings: NatsSettings, harm: impl AsyncFnOnce()) -> u64 {
    let log = log();
    let server_url = &settings.url.expose().to_owned();
    let nats = connect(NatsSettings { silence: Duration::from_millis(100), ..settings }).await;
    let relay = RunningRelay::start(&nats, &log, &leases(), "one");
    let (stop, appender) = appender(&log);
    let bus: Arc<dyn Bus> = Arc::new(bus(&nats, &log));
    let filters = [Filter::all(), Filter::categories(["run"]), Filter::categories(["run", "delivery"])];
    let followers: Vec<_> = filters.clone().into_iter().map(|filter| follower(&bus, filter)).collect();
    harm().await;
    stop.send(()).unwrap();
    let events = appender.await.unwrap();
    let all = everything(&log).await;
    assert_eq!(all.len() as u64, events);
    for ((tell, run), filter) in followers.into_iter().zip(filters) {
        tell.send(events).unwrap();
        let seen = tokio::time::timeout(PATIENCE, run).await.expect("a follower never caught up").unwrap();
        let wanted: Vec<_> = all.iter().filter(|event| filter.passes(&event.stream)).cloned().collect();
        assert_eq!(positions(&seen), positions(&wanted), "{filter:?}");
        assert_eq!(seen, wanted);
    }
    // And the relay has put everything back. It sees a wipe when it has something to publish.
    append(&log, events, 1).await;
    wait_for_the_stream(server_url, STREAM, events + 1).await;
    relay.stop().await;
    assert_eq!(in_the_stream(server_url, STREAM).await, whole(events + 1));
    events
}

fn positions(events: &[Recorded]) -> Vec<Position> {
    events.iter().map(|event| event.position).collect()
}

fn wipes() -> u64 {
    std::env::var_os("NATS_WIPES").and_then(|text| text.to_str()?.parse().ok()).unwrap_or(20)
}

/// Some milliseconds, other ones each time, the same in each run.
fn moment(ids: &adapter_memory::SeededIds) -> Duration {
    Duration::from_millis(10 + u64::from(ids.random(1)[0]) / 2)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_162_wiping_the_stream_at_any_moment_loses_nothing() {
    let server = NatsServer::start();
    let ids = adapter_memory::SeededIds::new(162);
    let client = async_nats::connect(server.url()).await.unwrap();
    let context = async_nats::jetstream::new(client);
    let events = while_events_flow(server.settings(), async || {
        for round in 0..wipes() {
            tokio::time::sleep(moment(&ids)).await;
            // Sometimes it is not there, since the relay has not made it again: wiped it is either way.
            if round % 3 == 0 {
                if let Ok(stream) = context.get_stream(STREAM).await {
                    let _ = stream.purge().await;
                }
            } else {
                let _ = context.delete_stream(STREAM).await;
            }
        }
    })
    .await;
    assert!(events > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_162_a_server_that_is_killed_comes_back_with_or_without_its_disk() {
    let mut server = NatsServer::start();
    let settings = server.settings();
    let ids = adapter_memory::SeededIds::new(9);
    let events = while_events_flow(settings, async || {
        for round in 0..4 {
            tokio::time::sleep(moment(&ids) * 3).await;
            server.kill();
            if round % 2 == 1 {
                server.lose_the_disk();
            }
            tokio::time::sleep(moment(&ids)).await;
            server.start_again();
        }
    })
    .await;
    assert!(events > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_wipe_the_stream_is_whole_again() {
    let server = NatsServer::start();
    let nats = connect(server.settings()).await;
    let log = log();
    let relay = RunningRelay::start(&nats, &log, &leases(), "one");
    append(&log, 0, 600).await;
    wait_for_the_stream(&server.url(), STREAM, 600).await;
    let client = async_nats::connect(server.url()).await.unwrap();
    async_nats::jetstream::new(client).delete_stream(STREAM).await.unwrap();
    // The relay sees it when it has something to publish.
    append(&log, 600, 1).await;
    wait_for_the_stream(&server.url(), STREAM, 601).await;
    relay.stop().await;
    assert_eq!(in_the_stream(&server.url(), STREAM).await, whole(601));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_162_while_the_server_is_gone_the_log_answers() {
    let mut server = NatsServer::start();
    let settings = server.settings();
    let events = while_events_flow(settings, async || {
        server.kill();
        tokio::time::sleep(Duration::from_millis(700)).await;
        server.start_again();
    })
    .await;
    assert!(events > 0);
}
