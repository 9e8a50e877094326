//! How hard a remote system is pressed. One pace per connection, shared by everybody who calls it: concurrency that
//! grows while answers are quick and halves at the first sign of trouble, pauses that were asked for, a budget of
//! requests a minute, and a budget of retries.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::ids::ConnectionId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

const START: usize = 2;
/// Quick answers in a row that earn one more request at once.
const QUICK_NEEDED: u32 = 50;
const SLOW_FACTOR: u32 = 3;
/// Below this an answer is never called slow.
const SLOW_FROM: Duration = Duration::from_millis(300);
const CONCURRENCY_MAX: usize = 16;
/// Retries that are free, before the tenth part of all requests has to pay for them.
const RETRIES_SAVED: f64 = 20.0;
const RETRIES_SAVED_MAX: f64 = 50.0;
const RETRY_SHARE: f64 = 0.1;
const PACES_MAX: usize = 4096;

/// What the app's catalogue entry allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaceLimits {
    pub concurrency: usize,
    pub requests_per_minute: Option<u32>,
}

impl Default for PaceLimits {
    fn default() -> Self {
        Self { concurrency: 4, requests_per_minute: None }
    }
}

/// What an answer says about the other side's mood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Well(Duration),
    /// 429, a 5xx, or a timeout.
    Strained,
    /// Nothing to learn from.
    Unknown,
}

/// The shared pace of one connection.
pub struct Pace {
    seats: Arc<Semaphore>,
    state: Mutex<State>,
}

struct State {
    limits: PaceLimits,
    concurrency: usize,
    /// Seats to take away when they come back.
    debt: usize,
    quick: u32,
    /// Answers to come before the next halving counts; a burst of failures is one sign, not many.
    settling: usize,
    usual: Option<Duration>,
    not_before: Option<Instant>,
    next_slot: Option<Instant>,
    retries: f64,
}

/// A seat at the table. Give it back with what was learnt; dropped, it teaches nothing.
pub struct Permit {
    pace: Arc<Pace>,
    seat: Option<OwnedSemaphorePermit>,
}

impl Pace {
    fn new(limits: PaceLimits) -> Self {
        let concurrency = START.min(limits.concurrency).max(1);
        Self {
            seats: Arc::new(Semaphore::new(concurrency)),
            state: Mutex::new(State {
                limits,
                concurrency,
                debt: 0,
                quick: 0,
                settling: 0,
                usual: None,
                not_before: None,
                next_slot: None,
                retries: RETRIES_SAVED,
            }),
        }
    }

    /// Waits for a seat, for the end of a pause, and for the minute's budget.
    pub async fn permit(self: &Arc<Self>) -> Permit {
        // The semaphore is never closed; should it be, going on without a seat is better than hanging.
        let seat = Arc::clone(&self.seats).acquire_owned().await.ok();
        let permit = Permit { pace: Arc::clone(self), seat };
        while let Some(until) = self.paused_until() {
            tokio::time::sleep_until(until).await;
        }
        let slot = self.lock().slot();
        if let Some(slot) = slot {
            tokio::time::sleep_until(slot).await;
        }
        permit
    }

    fn paused_until(&self) -> Option<Instant> {
        self.lock().pause()
    }

    /// Everybody waits at least this long.
    pub fn pause(&self, time: Duration) {
        let until = Instant::now() + time;
        let mut state = self.lock();
        state.not_before = Some(state.not_before.map_or(until, |before| before.max(until)));
    }

    /// How long the current pause still is.
    pub fn paused_for(&self) -> Option<Duration> {
        self.paused_until().map(|until| until - Instant::now())
    }

    /// May a failed request be repeated? Retries are at most a tenth of all requests.
    pub fn may_retry(&self) -> bool {
        let mut state = self.lock();
        if state.retries < 1.0 {
            return false;
        }
        state.retries -= 1.0;
        true
    }

    /// Requests at once, at the moment.
    pub fn concurrency(&self) -> usize {
        self.lock().concurrency
    }

    pub fn set_limits(&self, limits: PaceLimits) {
        let mut state = self.lock();
        state.limits = limits;
        while state.concurrency > limits.concurrency.max(1) {
            self.take_seat(&mut state);
        }
    }

    fn learn(&self, mood: Mood) {
        let mut state = self.lock();
        state.retries = (state.retries + RETRY_SHARE).min(RETRIES_SAVED_MAX);
        let strained = match mood {
            Mood::Unknown => return,
            Mood::Strained => true,
            Mood::Well(time) => state.slow(time),
        };
        if strained {
            state.quick = 0;
            if state.settling == 0 {
                let half = (state.concurrency / 2).max(1);
                while state.concurrency > half {
                    self.take_seat(&mut state);
                }
                state.settling = state.concurrency + 1;
            }
        } else {
            state.quick += 1;
            let max = state.limits.concurrency.clamp(1, CONCURRENCY_MAX);
            if state.quick >= QUICK_NEEDED && state.concurrency < max {
                state.quick = 0;
                state.concurrency += 1;
                if state.debt > 0 {
                    state.debt -= 1;
                } else {
                    self.seats.add_permits(1);
                }
            }
        }
        state.settling = state.settling.saturating_sub(1);
    }

    fn take_seat(&self, state: &mut State) {
        state.concurrency -= 1;
        if self.seats.forget_permits(1) == 0 {
            state.debt += 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn pause(&mut self) -> Option<Instant> {
        self.not_before = self.not_before.filter(|until| *until > Instant::now());
        self.not_before
    }

    fn slot(&mut self) -> Option<Instant> {
        let per_minute = self.limits.requests_per_minute.filter(|n| *n > 0)?;
        let now = Instant::now();
        let slot = self.next_slot.map_or(now, |slot| slot.max(now));
        self.next_slot = Some(slot + Duration::from_mins(1) / per_minute);
        (slot > now).then_some(slot)
    }

    fn slow(&mut self, time: Duration) -> bool {
        let Some(usual) = self.usual else {
            self.usual = Some(time);
            return false;
        };
        let slow = time > SLOW_FROM && time > usual * SLOW_FACTOR;
        // Slow ones count little, so that the picture of "usual" does not follow the trouble at once.
        let weight = if slow { 0.02 } else { 0.1 };
        self.usual = Some(usual.mul_f64(1.0 - weight) + time.mul_f64(weight));
        slow
    }
}

impl Permit {
    pub fn done(self, mood: Mood) {
        self.pace.learn(mood);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.pace.lock();
        if state.debt > 0
            && let Some(seat) = self.seat.take()
        {
            state.debt -= 1;
            seat.forget();
        }
    }
}

/// All paces, by connection.
#[derive(Default)]
pub struct Paces(Mutex<HashMap<ConnectionId, Arc<Pace>>>);

impl Paces {
    pub fn of(&self, connection: &ConnectionId) -> Arc<Pace> {
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pace) = paces.get(connection) {
            return Arc::clone(pace);
        }
        if paces.len() >= PACES_MAX {
            // Whoever holds one keeps it; the others start anew.
            paces.retain(|_, pace| Arc::strong_count(pace) > 1);
        }
        let pace = Arc::new(Pace::new(PaceLimits::default()));
        paces.insert(connection.clone(), Arc::clone(&pace));
        pace
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(concurrency: usize) -> Arc<Pace> {
        Arc::new(Pace::new(PaceLimits { concurrency, requests_per_minute: None }))
    }

    #[tokio::test]
    async fn concurrency_grows_with_quick_answers_and_halves_with_trouble() {
        let pace = pace(4);
        assert_eq!(pace.concurrency(), 2);
        for _ in 0..200 {
            pace.permit().await.done(Mood::Well(Duration::from_millis(20)));
        }
        assert_eq!(pace.concurrency(), 4, "never above the limit");
        let held = [pace.permit().await, pace.permit().await, pace.permit().await];
        pace.permit().await.done(Mood::Strained);
        assert_eq!(pace.concurrency(), 2);
        drop(held);
        assert_eq!(pace.seats.available_permits(), 2, "borrowed seats are taken when they come back");
        for _ in 0..20 {
            pace.permit().await.done(Mood::Strained);
        }
        assert_eq!(pace.concurrency(), 1, "never below one");
        for _ in 0..60 {
            pace.permit().await.done(Mood::Well(Duration::from_millis(20)));
        }
        assert_eq!(pace.concurrency(), 2);
        for _ in 0..5 {
            pace.permit().await.done(Mood::Well(Duration::from_secs(2)));
        }
        assert_eq!(pace.concurrency(), 1, "three times the usual time is a sign of strain");
    }

    #[tokio::test(start_paused = true)]
    async fn bad_input_104_a_pause_holds_for_everybody_on_the_connection() {
        let pace = pace(4);
        pace.pause(Duration::from_secs(30));
        pace.pause(Duration::from_secs(5));
        let before = Instant::now();
        let other = Arc::clone(&pace);
        tokio::join!(async { pace.permit().await.done(Mood::Unknown) }, async {
            other.permit().await.done(Mood::Unknown);
        });
        assert!(before.elapsed() >= Duration::from_secs(30));
        assert_eq!(pace.paused_for(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_budget_per_minute_spaces_requests() {
        let pace = pace(4);
        pace.set_limits(PaceLimits { concurrency: 4, requests_per_minute: Some(60) });
        let before = Instant::now();
        for _ in 0..5 {
            pace.permit().await.done(Mood::Unknown);
        }
        assert!(before.elapsed() >= Duration::from_secs(4));
    }

    #[tokio::test]
    async fn bad_input_138_retries_are_a_tenth_of_requests() {
        let pace = pace(4);
        while pace.may_retry() {}
        for _ in 0..100 {
            pace.permit().await.done(Mood::Unknown);
        }
        let allowed = std::iter::repeat_with(|| pace.may_retry()).take_while(|yes| *yes).count();
        assert!((9..=10).contains(&allowed), "{allowed}");
    }
}
