//! The bus does as the port's suite says, whether the events come over the stream or from the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use acceptance::contracts;
use acceptance::nats_server::NatsServer;
use adapter_nats::NatsSettings;
use engine::Position;
use engine::ports::{Bus, Filter, Subscription};

use super::stage::{Counted, PATIENCE, RunningRelay, append, bus, connect, leases, log};

/// A stream of its own for each step of the suite.
async fn suite(with: impl Fn(NatsSettings) -> NatsSettings, relayed: bool) {
    let server = NatsServer::start();
    let made = AtomicU64::new(0);
    let running = std::sync::Mutex::new(vec![]);
    contracts::bus::suite(async || {
        let number = made.fetch_add(1, Ordering::Relaxed);
        let settings = NatsSettings {
            stream: format!("EVENTS_{number}"),
            prefix: format!("events.{number}"),
            ..with(server.settings())
        };
        let nats = connect(settings).await;
        let log = log();
        if relayed {
            running.lock().unwrap().push(RunningRelay::start(&nats, &log, &leases(), "one"));
        }
        let bus: Arc<dyn Bus> = Arc::new(bus(&nats, &log));
        (log, bus)
    })
    .await;
    let running = std::mem::take(&mut *running.lock().unwrap());
    for relay in running {
        relay.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bus_over_jetstream() {
    // So much patience with the stream that a lost message would be a test that never ends.
    suite(|settings| NatsSettings { silence: Duration::from_mins(5), ..settings }, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bus_over_jetstream_without_patience() {
    suite(|settings| NatsSettings { silence: Duration::from_millis(1), ..settings }, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bus_without_any_relay() {
    suite(|settings| NatsSettings { silence: Duration::from_millis(20), ..settings }, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_live_comes_by_the_bus_and_not_from_the_log() {
    let server = NatsServer::start();
    let nats = connect(NatsSettings { silence: Duration::from_mins(5), ..server.settings() }).await;
    let log = log();
    let relay = RunningRelay::start(&nats, &log, &leases(), "one");
    let counted = Counted::new(log.clone());
    let bus = adapter_nats::NatsBus::new(&nats, counted.clone(), "test");
    let mut subscription = bus.subscribe(0, Filter::all()).await.unwrap();
    let mut appended = 0;
    // Until its consumer is there, the log answers.
    let warm = async {
        let mut quiet = 0;
        while quiet < 5 {
            let before = counted.reads();
            append(&log, appended, 1).await;
            appended += 1;
            take_until(subscription.as_mut(), appended).await;
            quiet = if counted.reads() == before { quiet + 1 } else { 0 };
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, warm).await.expect("the bus never carried anything");
    let before = counted.reads();
    append(&log, appended, 500).await;
    take_until(subscription.as_mut(), appended + 500).await;
    assert_eq!(counted.reads(), before, "nothing was wrong, so nobody had to ask the log");
    relay.stop().await;
}

async fn take_until(subscription: &mut dyn Subscription, position: Position) {
    let read = async { while subscription.next(10).await.unwrap().read_to < position {} };
    tokio::time::timeout(PATIENCE, read).await.expect("the events never came");
}
