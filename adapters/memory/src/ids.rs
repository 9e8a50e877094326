//! Chance that repeats: the same seed gives the same ids. For tests only; nothing here is fit for secrets.

use std::sync::atomic::{AtomicU64, Ordering};

use engine::EventId;
use engine::ports::Ids;

/// The step of splitmix64, which makes good numbers of any seed.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

pub struct SeededIds(AtomicU64);

impl SeededIds {
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    fn next(&self) -> u64 {
        let mut mixed = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Ids for SeededIds {
    fn event_id(&self) -> EventId {
        EventId::from_u64_pair(self.next(), self.next())
    }

    fn random(&self, bytes: usize) -> Vec<u8> {
        let mut random: Vec<u8> =
            std::iter::repeat_with(|| self.next().to_le_bytes()).take(bytes.div_ceil(8)).flatten().collect();
        random.truncate(bytes);
        random
    }
}
