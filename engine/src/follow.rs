//! The loop under every follower: read a slice, hand it over, go on. A failing follower stops, backs off and is seen;
//! it never skips.

use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use crate::envelope::Position;
use crate::ports::{Bus, Cause, Filter, Slice};

/// Events handed over at once. Bounds the memory of a follower and the size of its commits.
pub const SLICE_EVENTS_MAX: usize = 2_000;
/// While news keeps coming, a follower lets this much time of it come together: its own commit, and all that is read
/// and woken for a slice, costs the same for one event as for a hundred. What comes after a rest is taken at once.
const GATHER: Duration = Duration::from_millis(10);
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(200);
const PAUSE_MAX: Duration = Duration::from_secs(10);

#[async_trait]
pub trait Follower: Send {
    /// Short and stable, for logs and metrics.
    fn name(&self) -> &'static str;
    fn filter(&self) -> Filter;
    /// Where it left off.
    async fn checkpoint(&mut self) -> Result<Position, Cause>;
    /// Takes a slice in. After an error the same events come again.
    async fn take(&mut self, slice: Slice) -> Result<(), Cause>;
}

/// Follows the log for ever; ends only by being dropped.
pub async fn run(bus: &dyn Bus, follower: &mut dyn Follower) {
    let mut failures = 0u32;
    loop {
        let Err(error) = until_failure(bus, follower, &mut failures).await;
        failures = failures.saturating_add(1);
        let pause = PAUSE_AFTER_FAILURE.saturating_mul(1 << failures.min(8)).min(PAUSE_MAX);
        tracing::error!(follower = follower.name(), failures, error = %chain(&*error), "follower stopped; trying again");
        metrics::counter!("portal_follower_failures_total", "follower" => follower.name()).increment(1);
        tokio::time::sleep(pause).await;
    }
}

async fn until_failure(
    bus: &dyn Bus,
    follower: &mut dyn Follower,
    failures: &mut u32,
) -> Result<std::convert::Infallible, Cause> {
    let from = follower.checkpoint().await?;
    let mut subscription = bus.subscribe(from, follower.filter()).await?;
    let mut taken: Option<Instant> = None;
    loop {
        let slice = subscription.next(SLICE_EVENTS_MAX).await?;
        let read_to = slice.read_to;
        let is_full = slice.events.len() >= SLICE_EVENTS_MAX;
        let is_busy = taken.replace(Instant::now()).is_some_and(|before| before.elapsed() < GATHER * 2);
        follower.take(slice).await?;
        if is_busy && !is_full {
            tokio::time::sleep(GATHER).await;
        }
        *failures = 0;
        #[expect(clippy::cast_precision_loss, reason = "positions stay far below 2^52")]
        metrics::gauge!("portal_follower_position", "follower" => follower.name()).set(read_to as f64);
    }
}

/// An error with its causes, on one line.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
