//! How a run waits between two tries: at once awake when somebody pauses or cancels it, and in a long wait without its
//! place among the runs that are executed at a time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// A shorter wait keeps the place: standing in line for it again could take longer than the wait.
const KEEPS_ITS_PLACE: Duration = Duration::from_secs(5);

pub struct Waits {
    places: Arc<Semaphore>,
    place: Mutex<Option<OwnedSemaphorePermit>>,
    stopped: watch::Sender<bool>,
}

impl Waits {
    pub fn new(places: Arc<Semaphore>) -> Self {
        Self { places, place: Mutex::default(), stopped: watch::Sender::new(false) }
    }

    /// Stands in line for a place, unless it has one. What is waited for from now on is no longer cut short.
    pub async fn begin(&self) {
        self.stopped.send_replace(false);
        self.take_place().await;
    }

    /// Somebody asked the run to stop: every wait ends now, and none begins any more.
    pub fn stop(&self) {
        self.stopped.send_replace(true);
    }

    /// True when the time has passed; false as soon as the run is to stop.
    pub async fn wait(&self, time: Duration) -> bool {
        self.pass(time, time < KEEPS_ITS_PLACE).await
    }

    async fn pass(&self, time: Duration, keeps_its_place: bool) -> bool {
        let mut stopped = self.stopped.subscribe();
        if !keeps_its_place {
            drop(self.place.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
        let passed = async {
            tokio::time::sleep(time).await;
            self.take_place().await;
        };
        tokio::select! {
            biased;
            _ = stopped.wait_for(|stopped| *stopped) => false,
            () = passed => true,
        }
    }

    async fn take_place(&self) {
        if self.place.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            return;
        }
        // They are never closed: whoever stops the process drops the run.
        let place = self.places.clone().acquire_owned().await.ok();
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn begun() -> (Arc<Semaphore>, Waits) {
        let places = Arc::new(Semaphore::new(1));
        let waits = Waits::new(places.clone());
        waits.begin().await;
        assert_eq!(places.available_permits(), 0);
        (places, waits)
    }

    #[tokio::test]
    async fn who_lends_its_place_goes_on_when_it_has_one_again() {
        let (places, waits) = begun().await;
        let short = Duration::from_millis(20);
        let mut other = std::pin::pin!(places.clone().acquire_owned());
        assert!(tokio::time::timeout(short, &mut other).await.is_err(), "it stands in line");
        let mut waiting = std::pin::pin!(waits.pass(Duration::ZERO, false));
        assert!(tokio::time::timeout(short, &mut waiting).await.is_err(), "the place went to the other");
        drop(other.await.unwrap());
        assert!(waiting.await);
        assert_eq!(places.available_permits(), 0);
    }

    #[tokio::test]
    async fn a_long_wait_lends_its_place_and_a_short_one_keeps_it() {
        for (time, free) in [(Duration::from_mins(5), 1), (Duration::from_secs(1), 0)] {
            let (places, waits) = begun().await;
            let (passed, found) = tokio::join!(waits.wait(time), async {
                let found = places.available_permits();
                waits.stop();
                found
            });
            assert_eq!((passed, found), (false, free), "{time:?}");
        }
    }

    #[tokio::test]
    async fn nothing_is_waited_for_when_the_run_is_to_stop_until_it_goes_on() {
        let (_, waits) = begun().await;
        waits.stop();
        assert!(!waits.wait(Duration::from_mins(5)).await);
        waits.begin().await;
        assert!(waits.wait(Duration::from_millis(1)).await);
    }
}
