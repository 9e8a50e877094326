//! The relay: everything once and in order, whoever crashes and however many there are.

use std::sync::Arc;
use std::time::Duration;

use acceptance::nats_server::NatsServer;
use adapter_nats::{NatsSettings, Refill};
use engine::ports::Filter;

use super::stage::{
    RunningRelay, append, append_large, bus, connect, everything, follow, in_the_stream, leases, log,
    wait_for_the_stream, whole,
};

const STREAM: &str = "PORTAL_EVENTS";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_162_a_relay_that_crashes_goes_on_where_the_stream_is() {
    let server = NatsServer::start();
    let (log, leases) = (log(), leases());
    for round in 0..8 {
        // A connection of its own: what was on its way when the last one crashed may come in between.
        let nats = connect(server.settings()).await;
        let relay = RunningRelay::start(&nats, &log, &leases, "one");
        append(&log, round * 700, 700).await;
        tokio::time::sleep(Duration::from_millis(round * 15)).await;
        relay.crash().await;
    }
    let nats = connect(server.settings()).await;
    let relay = RunningRelay::start(&nats, &log, &leases, "one");
    wait_for_the_stream(&server.url(), STREAM, 5_600).await;
    relay.stop().await;
    assert_eq!(in_the_stream(&server.url(), STREAM).await, whole(5_600));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_relays_that_both_believe_to_lead_never_interleave() {
    let server = NatsServer::start();
    let log = log();
    let mut relays = vec![];
    for holder in ["one", "two"] {
        let nats = connect(server.settings()).await;
        // Leases of its own, so nothing but the stream stands between them.
        relays.push(RunningRelay::start(&nats, &log, &leases(), holder));
    }
    for round in 0..30 {
        append(&log, round * 50, 50).await;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    wait_for_the_stream(&server.url(), STREAM, 1_500).await;
    for relay in relays {
        relay.stop().await;
    }
    assert_eq!(in_the_stream(&server.url(), STREAM).await, whole(1_500));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_relay_begins_when_the_first_lets_go() {
    let server = NatsServer::start();
    let nats = connect(server.settings()).await;
    let (log, leases) = (log(), leases());
    let one = RunningRelay::start(&nats, &log, &leases, "one");
    append(&log, 0, 10).await;
    wait_for_the_stream(&server.url(), STREAM, 10).await;
    let two = RunningRelay::start(&nats, &log, &leases, "two");
    one.stop().await;
    append(&log, 10, 10).await;
    wait_for_the_stream(&server.url(), STREAM, 20).await;
    let held = leases.held("relay").await.unwrap();
    assert_eq!((held[0].holder.as_str(), held[0].token), ("two", 2));
    two.stop().await;
    assert_eq!(in_the_stream(&server.url(), STREAM).await, whole(20));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_170_the_stream_of_another_history_is_emptied_and_filled_anew() {
    let server = NatsServer::start();
    let nats = connect(server.settings()).await;
    let before = log();
    let relay = RunningRelay::start(&nats, &before, &leases(), "one");
    append(&before, 0, 100).await;
    wait_for_the_stream(&server.url(), STREAM, 100).await;
    relay.stop().await;
    // The log as a backup had it, and other things happened since.
    let restored = log();
    append(&restored, 0, 40).await;
    append(&restored, 500, 30).await;
    let relay = RunningRelay::start(&nats, &restored, &leases(), "one");
    wait_for_the_stream(&server.url(), STREAM, 70).await;
    relay.stop().await;
    assert_eq!(in_the_stream(&server.url(), STREAM).await, whole(70));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn into_an_empty_stream_only_what_is_new_goes_where_that_was_asked() {
    let server = NatsServer::start();
    let nats = connect(NatsSettings { refill: Refill::OnlyNew, ..server.settings() }).await;
    let log = log();
    append(&log, 0, 100).await;
    let relay = RunningRelay::start(&nats, &log, &leases(), "one");
    let bus = bus(&nats, &log);
    let appending = log.clone();
    let more = tokio::spawn(async move {
        for round in 0..50 {
            append(&appending, 100 + round, 1).await;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let seen = follow(&bus, 0, Filter::all(), 150).await;
    more.await.unwrap();
    wait_for_the_stream(&server.url(), STREAM, 150).await;
    relay.stop().await;
    assert_eq!(seen, everything(&log).await);
    let published = in_the_stream(&server.url(), STREAM).await;
    assert!(published[0].0 > 100, "nothing old: {:?}", published[0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_162_an_event_above_the_servers_limit_is_read_from_the_log() {
    let server = NatsServer::start();
    let nats = connect(NatsSettings { silence: Duration::from_mins(5), ..server.settings() }).await;
    let log = log();
    let relay = RunningRelay::start(&nats, &log, &leases(), "one");
    let bus = Arc::new(bus(&nats, &log));
    append(&log, 0, 20).await;
    let (following, of_log) = (bus.clone(), log.clone());
    let follower = tokio::spawn(async move {
        let seen = follow(&*following, 0, Filter::all(), 61).await;
        assert_eq!(seen, everything(&of_log).await);
    });
    append(&log, 20, 20).await;
    append_large(&log, 1_000, 3 << 20).await;
    append(&log, 40, 20).await;
    follower.await.unwrap();
    wait_for_the_stream(&server.url(), STREAM, 61).await;
    relay.stop().await;
    assert_eq!(in_the_stream(&server.url(), STREAM).await, whole(61));
}
