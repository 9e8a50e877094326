//! Leases of one process: held until their time by the given clock.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use engine::ports::Clock;
use engine::ports::leases::{Lease, LeaseError, Leases};

pub struct MemoryLeases {
    clock: Arc<dyn Clock>,
    /// Let go and run out leases stay, for their tokens.
    known: Mutex<BTreeMap<String, (Lease, DateTime<Utc>)>>,
}

impl MemoryLeases {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, known: Mutex::default() }
    }
}

#[async_trait]
impl Leases for MemoryLeases {
    async fn hold(&self, name: &str, holder: &str, time: Duration) -> Result<Option<Lease>, LeaseError> {
        let now = self.clock.now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let token = match known.get(name) {
            Some((lease, _)) if lease.holder == holder => lease.token,
            Some((_, until)) if now < *until => return Ok(None),
            Some((lease, _)) => lease.token + 1,
            None => 1,
        };
        let lease = Lease { name: name.to_owned(), holder: holder.to_owned(), token };
        known.insert(name.to_owned(), (lease.clone(), now + time));
        Ok(Some(lease))
    }

    async fn release(&self, name: &str, holder: &str) -> Result<(), LeaseError> {
        let now = self.clock.now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((lease, until)) = known.get_mut(name)
            && lease.holder == holder
        {
            *until = now;
        }
        Ok(())
    }

    async fn held(&self, prefix: &str) -> Result<Vec<Lease>, LeaseError> {
        let now = self.clock.now();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let held = known.values().filter(|(lease, until)| now < *until && lease.name.starts_with(prefix));
        Ok(held.map(|(lease, _)| lease.clone()).collect())
    }
}
