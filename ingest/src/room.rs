//! How much may be on its way in at once. What is beyond is told to come again, before it is read.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::BODY_BYTES_MAX;

/// Bodies in memory at once, in KiB.
const ALL_KIB_MAX: usize = 64 << 10;
/// Deliveries of one endpoint at once; half of what the others may hold together, so that one flood is not everybody's.
pub const ONE_MAX: usize = 512;
/// Deliveries at once to addresses that do not exist.
const NOBODYS_MAX: usize = 256;

pub struct Room {
    kib: Arc<Semaphore>,
    nobodys: Arc<Semaphore>,
}

/// Given back when dropped.
pub struct Place {
    _kib: OwnedSemaphorePermit,
    _one: OwnedSemaphorePermit,
}

impl Default for Room {
    fn default() -> Self {
        Self { kib: Arc::new(Semaphore::new(ALL_KIB_MAX)), nobodys: Arc::new(Semaphore::new(NOBODYS_MAX)) }
    }
}

impl Room {
    /// `None` when there is none left. A body without a declared length counts as the largest.
    pub fn take(&self, endpoint: Option<&Arc<Semaphore>>, length: Option<usize>) -> Option<Place> {
        let bytes = length.unwrap_or(BODY_BYTES_MAX).min(BODY_BYTES_MAX);
        let kib = u32::try_from(bytes >> 10).ok()?.saturating_add(1);
        let one = endpoint.unwrap_or(&self.nobodys).clone();
        Some(Place {
            _one: one.try_acquire_owned().ok()?,
            _kib: self.kib.clone().try_acquire_many_owned(kib).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_047_a_flood_of_one_endpoint_leaves_room_for_others() {
        let room = Room::default();
        let (one, other) = (Arc::new(Semaphore::new(ONE_MAX)), Arc::new(Semaphore::new(ONE_MAX)));
        let held: Vec<_> = (0..ONE_MAX).map_while(|_| room.take(Some(&one), Some(1_000))).collect();
        assert_eq!(held.len(), ONE_MAX);
        assert!(room.take(Some(&one), Some(1)).is_none());
        assert!(room.take(Some(&other), Some(1)).is_some());
        drop(held);
        assert!(room.take(Some(&one), Some(1)).is_some());
    }

    #[test]
    fn bodies_are_bounded_together() {
        let room = Room::default();
        let one = Arc::new(Semaphore::new(ONE_MAX));
        let held: Vec<_> = (0..ONE_MAX).map_while(|_| room.take(Some(&one), None)).collect();
        assert_eq!(held.len(), ALL_KIB_MAX / 1025, "1 MiB each and a little");
        assert!(room.take(Some(&one), Some(1 << 20)).is_none());
    }
}
