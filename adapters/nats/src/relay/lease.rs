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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use adapter_memory::{ManualClock, MemoryLeases};
    use async_trait::async_trait;
    use engine::ports::leases::LeaseError;

    use super::*;

    const TIME: Duration = Duration::from_secs(15);

    /// Leases that can be cut off.
    struct Reachable(MemoryLeases, AtomicBool);

    #[async_trait]
    impl Leases for Reachable {
        async fn hold(&self, name: &str, holder: &str, time: Duration) -> Result<Option<Lease>, LeaseError> {
            if self.1.load(Ordering::Relaxed) {
                return self.0.hold(name, holder, time).await;
            }
            Err(LeaseError::Unavailable("cut off".into()))
        }

        async fn release(&self, name: &str, holder: &str) -> Result<(), LeaseError> {
            self.0.release(name, holder).await
        }

        async fn held(&self, prefix: &str) -> Result<Vec<Lease>, LeaseError> {
            self.0.held(prefix).await
        }
    }

    fn leases() -> Reachable {
        Reachable(MemoryLeases::new(std::sync::Arc::new(ManualClock::default())), AtomicBool::new(true))
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_kept_while_it_can_be_renewed() {
        let leases = leases();
        let held = Held::take(&leases, "relay", "one", TIME).await.unwrap();
        assert!(Held::take(&leases, "relay", "two", TIME).await.is_none());
        assert!(tokio::time::timeout(TIME * 20, held.until_lost()).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn bad_input_165_it_is_lost_at_the_next_renewal_when_somebody_else_has_it() {
        let leases = leases();
        let held = Held::take(&leases, "relay", "one", TIME).await.unwrap();
        leases.release("relay", "one").await.unwrap();
        leases.hold("relay", "two", TIME).await.unwrap().unwrap();
        let begun = Instant::now();
        held.until_lost().await;
        assert!(begun.elapsed() <= TIME / 3 + Duration::from_millis(5));
    }

    #[tokio::test(start_paused = true)]
    async fn bad_input_165_it_is_lost_when_its_time_is_over_and_nobody_answers() {
        let leases = leases();
        let held = Held::take(&leases, "relay", "one", TIME).await.unwrap();
        leases.1.store(false, Ordering::Relaxed);
        let begun = Instant::now();
        held.until_lost().await;
        assert!(begun.elapsed() >= TIME * 2 / 3 && begun.elapsed() <= TIME, "{:?}", begun.elapsed());
    }
}
