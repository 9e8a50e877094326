//! All chance of one story, and its clock.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use adapter_memory::SeededIds;
use chrono::{DateTime, TimeDelta, Utc};
use engine::ports::{Clock, Ids};
use tokio::time::Instant;

pub struct Chance {
    seeded: SeededIds,
    /// Nothing goes wrong any more.
    calm: AtomicBool,
}

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self { seeded: SeededIds::new(seed), calm: AtomicBool::new(true) }
    }

    pub fn be_calm(&self, calm: bool) {
        self.calm.store(calm, Ordering::Relaxed);
    }

    pub fn below(&self, bound: u64) -> u64 {
        u64::from_le_bytes(self.seeded.random(8).try_into().unwrap()) % bound
    }

    /// Whether something goes wrong that does so once in so many times.
    pub fn strikes(&self, once_in: u64) -> bool {
        !self.calm.load(Ordering::Relaxed) && self.below(once_in) == 0
    }

    /// Takes a while, up to so many milliseconds.
    pub async fn dawdle(&self, most: u64) {
        tokio::time::sleep(Duration::from_millis(self.below(most))).await;
    }
}

/// Goes with the time of the runtime.
pub struct StoryClock(Instant);

impl StoryClock {
    pub fn new() -> Self {
        Self(Instant::now())
    }
}

impl Clock for StoryClock {
    fn now(&self) -> DateTime<Utc> {
        let begun = DateTime::from_timestamp_secs(1_780_315_200).unwrap();
        begun + TimeDelta::from_std(self.0.elapsed()).unwrap()
    }
}
