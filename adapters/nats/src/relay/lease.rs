//! Holding a lease for as long as it can be renewed.

use std::time::Duration;

use engine::follow::chain;
use engine::ports::{Lease, Leases};
use tokio::time::Instant;
use tracing::warn;

pub struct Held<'a> {
    leases: &'a dyn Leases,
    lease: Lease,
    time: Duration,
    /// Counted from before the asking, so that it never ends after the store's own.
    until: Instant,
}

impl<'a> Held<'a> {
    pub async fn take(leases: &'a dyn Leases, name: &str, holder: &str, time: Duration) -> Option<Self> {
        let asked = Instant::now();
        match leases.hold(name, holder, time).await {
            Ok(lease) => lease.map(|lease| Self { leases, lease, time, until: asked + time }),
            Err(error) => {
                warn!(error = %chain(&error), name, "it is unknown who holds the lease");
                None
            }
        }
    }

    /// Renews at a third of the time. Ends when somebody else holds the lease, and while nobody answers, when its time
    /// is over.
    pub async fn until_lost(mut self) {
        loop {
            let pause = Instant::now() + self.time / 3;
            tokio::time::sleep_until(pause.min(self.until)).await;
            let asked = Instant::now();
            let hold = self.leases.hold(&self.lease.name, &self.lease.holder, self.time);
            match tokio::time::timeout_at(self.until, hold).await {
                // Another token: somebody else held it in between.
                Ok(Ok(Some(lease))) if lease.token == self.lease.token => self.until = asked + self.time,
                Ok(Ok(_)) | Err(_) => return,
                Ok(Err(error)) => {
                    warn!(error = %chain(&error), name = self.lease.name, "the lease could not be renewed");
                    if Instant::now() >= self.until {
                        return;
                    }
                }
            }
        }
    }
}
