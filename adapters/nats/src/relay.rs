//! Follows the log and publishes every event to the stream, in the log's order.
//!
//! One relay at a time: the lease says who. That two never interleave is held by the stream: each batch expects the
//! last sequence its relay knows of. Where the relay is, the stream itself says: the position of its last message.

mod batch;
mod lease;
mod place;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use engine::follow::chain;
use engine::ports::{Cause, EventStore, Filter, Leases};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::connect::Nats;
use batch::Publisher;
use place::find_place;

/// Events read from the log at once.
const SLICE_EVENTS_MAX: usize = 2_048;
const LEASE: &str = "relay";
const LEASE_TIME: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// The log is looked at this often even when its bell is silent.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Why publishing stopped. It begins anew, from what the stream holds.
#[derive(Debug, thiserror::Error)]
enum RelayError {
    #[error("the log cannot be read")]
    Log(#[source] Cause),
    #[error("the stream cannot be looked at")]
    Stream(#[source] Cause),
    #[error("the stream is not where this relay left it")]
    Moved,
    #[error("the stream did not take a batch")]
    Batch(#[source] Cause),
}

pub struct Relay {
    nats: Nats,
    store: Arc<dyn EventStore>,
    leases: Arc<dyn Leases>,
    holder: String,
    lease_time: Duration,
}

impl Relay {
    pub fn new(nats: &Nats, store: Arc<dyn EventStore>, leases: Arc<dyn Leases>, holder: String) -> Self {
        Self { nats: nats.clone(), store, leases, holder, lease_time: LEASE_TIME }
    }

    /// How long the lease is held at a time; it is renewed at a third of it.
    #[must_use]
    pub fn with_lease_time(mut self, time: Duration) -> Self {
        self.lease_time = time;
        self
    }

    /// Publishes while it holds the lease, waits for it otherwise; until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.take_turns() => {}
        }
        leading(false);
        if let Err(error) = self.leases.release(LEASE, &self.holder).await {
            warn!(error = %chain(&error), "the relay's lease was not let go; it runs out by itself");
        }
    }

    async fn take_turns(&self) {
        loop {
            if let Some(lease) = lease::Held::take(&*self.leases, LEASE, &self.holder, self.lease_time).await
            {
                info!(holder = %self.holder, "this relay publishes");
                leading(true);
                // Losing the lease drops the publishing where it stands. A batch that was not complete never appears.
                tokio::select! {
                    () = lease.until_lost() => warn!(holder = %self.holder, "this relay lost its lease"),
                    () = self.publish() => {}
                }
                leading(false);
            }
            tokio::time::sleep(self.lease_time / 3).await;
        }
    }

    async fn publish(&self) {
        let mut failures = 0u32;
        loop {
            let Err(error) = self.until_failure(&mut failures).await;
            failures = failures.saturating_add(1);
            let pause = PAUSE.saturating_mul(1 << failures.min(8)).min(PAUSE_MAX);
            metrics::counter!("portal_relay_failures_total", "reason" => error.reason()).increment(1);
            warn!(error = %chain(&error), failures, "the relay stopped; it goes on from what the stream holds");
            tokio::time::sleep(pause).await;
        }
    }

    async fn until_failure(&self, failures: &mut u32) -> Result<Infallible, RelayError> {
        let place = find_place(&self.nats, &*self.store).await?;
        info!(position = place.after, sequence = place.sequence, "the relay begins");
        let mut publisher = Publisher::new(&self.nats, place);
        let mut bell = self.store.end();
        loop {
            let end = *bell.borrow_and_update();
            let from = publisher.sent_to();
            let read = self.store.read_all(from, &Filter::all(), SLICE_EVENTS_MAX).await;
            let slice = read.map_err(|error| RelayError::Log(error.into()))?;
            let idle = slice.read_to <= from;
            publisher.send(slice).await?;
            if idle {
                publisher.settle().await?;
                *failures = 0;
            }
            told(publisher.durable_to(), end);
            if idle {
                // A bell that is gone leaves the looking.
                let _ = tokio::time::timeout(LOOK_EVERY, bell.changed()).await;
            }
        }
    }
}

impl RelayError {
    fn reason(&self) -> &'static str {
        match self {
            Self::Log(_) => "log",
            Self::Stream(_) => "stream",
            Self::Moved => "moved",
            Self::Batch(_) => "batch",
        }
    }
}

fn leading(leads: bool) {
    metrics::gauge!("portal_relay_leads").set(if leads { 1.0 } else { 0.0 });
}

/// The lag is a distance of positions: zero or not, and growing or not. It counts events only where positions do.
#[expect(clippy::cast_precision_loss, reason = "positions stay far below 2^52")]
fn told(position: u64, end: u64) {
    metrics::gauge!("portal_relay_position").set(position as f64);
    metrics::gauge!("portal_relay_lag").set(end.saturating_sub(position) as f64);
}
