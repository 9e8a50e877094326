//! What the distribution of events promises: all of them, in order, whenever one asks.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use engine::ports::{Bus, EventStore, Filter, bus::Subscription};
use engine::{Position, Recorded};

use super::samples::begin;

/// Far above what any step here takes; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// `make` gives an empty log and a bus over it.
pub async fn suite<F: Future<Output = (Arc<dyn EventStore>, Arc<dyn Bus>)>>(make: impl Fn() -> F) {
    a_late_subscriber_gets_everything(make().await).await;
    events_that_come_later_arrive(make().await).await;
    a_filter_passes_over_the_rest_and_moves_on(make().await).await;
    a_wait_that_was_given_up_loses_nothing(make().await).await;
}

type Made = (Arc<dyn EventStore>, Arc<dyn Bus>);

async fn a_late_subscriber_gets_everything((log, bus): Made) {
    log.append(vec![begin("a-1", 1..=10)]).await.unwrap();
    let mut all = bus.subscribe(0, Filter::all()).await.unwrap();
    assert_eq!(positions(&until(all.as_mut(), 10, 3).await), (1..=10).collect::<Vec<_>>());
    let mut rest = bus.subscribe(7, Filter::all()).await.unwrap();
    assert_eq!(positions(&until(rest.as_mut(), 10, 100).await), [8, 9, 10]);
}

async fn events_that_come_later_arrive((log, bus): Made) {
    let mut subscription = bus.subscribe(0, Filter::all()).await.unwrap();
    let reader = tokio::spawn(async move { until(subscription.as_mut(), 200, 7).await });
    for number in 0..100 {
        log.append(vec![begin(&format!("a-{number}"), number * 2..number * 2 + 2)]).await.unwrap();
    }
    assert_eq!(positions(&reader.await.unwrap()), (1..=200).collect::<Vec<_>>());
}

async fn a_filter_passes_over_the_rest_and_moves_on((log, bus): Made) {
    for number in 0..20 {
        let category = if number % 5 == 0 { "wanted" } else { "other" };
        log.append(vec![begin(&format!("{category}-{number}"), [number])]).await.unwrap();
    }
    let mut subscription = bus.subscribe(0, Filter::categories(["wanted"])).await.unwrap();
    assert_eq!(positions(&until(subscription.as_mut(), 20, 2).await), [1, 6, 11, 16]);
}

async fn a_wait_that_was_given_up_loses_nothing((log, bus): Made) {
    let mut subscription = bus.subscribe(0, Filter::all()).await.unwrap();
    let waited = tokio::time::timeout(Duration::from_millis(20), subscription.next(10)).await;
    assert!(waited.is_err(), "there was nothing to wait for");
    let mut seen = Vec::new();
    for number in 0..50_u64 {
        log.append(vec![begin(&format!("a-{number}"), [number.into()])]).await.unwrap();
        // Given up at some point of its way, often before the events are there.
        if let Ok(slice) =
            tokio::time::timeout(Duration::from_micros(number * 20), subscription.next(10)).await
        {
            seen.extend(slice.unwrap().events);
        }
    }
    if seen.len() < 50 {
        seen.extend(until(subscription.as_mut(), 50, 10).await);
    }
    assert_eq!(positions(&seen), (1..=50).collect::<Vec<_>>());
}

/// Reads until the subscription has looked at a position.
async fn until(subscription: &mut dyn Subscription, position: Position, limit: usize) -> Vec<Recorded> {
    let read = async {
        let mut seen = Vec::new();
        loop {
            let slice = subscription.next(limit).await.unwrap();
            assert!(slice.events.len() <= limit);
            seen.extend(slice.events);
            if slice.read_to >= position {
                return seen;
            }
        }
    };
    tokio::time::timeout(PATIENCE, read).await.expect("the events never came")
}

fn positions(events: &[Recorded]) -> Vec<Position> {
    events.iter().map(|event| event.position).collect()
}
