//! The one place that decides about retrying: full jitter, a bounded number of attempts, and respect for what the
//! other side asked for.

use std::time::Duration;

/// Most attempts at one act, the first included.
pub const ATTEMPTS_MAX: u32 = 8;
const BASE: Duration = Duration::from_millis(500);
const CEILING: Duration = Duration::from_mins(1);
/// A remote system may ask for a pause within these bounds; outside of them we take the bound.
pub const RETRY_AFTER_MIN: Duration = Duration::from_secs(1);
pub const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);

/// What kind of failure it was, as far as retrying is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Repeating cannot help.
    Permanent,
    Transient,
    /// The other side named a time, or at least asked for less.
    RateLimited {
        retry_after: Option<Duration>,
    },
}

/// How long to wait before the next attempt, or `None` to give up. `attempt` counts from 1; `chance` is uniform in
/// 0..=1 from the `Ids` port's randomness.
pub fn wait_before_next(attempt: u32, failure: Failure, chance: f64) -> Option<Duration> {
    if attempt >= ATTEMPTS_MAX {
        return None;
    }
    let jittered = || {
        let chance = if chance.is_finite() { chance } else { 1.0 };
        let ceiling = BASE.saturating_mul(1 << attempt.min(10)).min(CEILING);
        ceiling.mul_f64(chance.clamp(0.0, 1.0)).max(Duration::from_millis(10))
    };
    match failure {
        Failure::Permanent => None,
        Failure::Transient | Failure::RateLimited { retry_after: None } => Some(jittered()),
        Failure::RateLimited { retry_after: Some(asked) } => {
            Some(asked.clamp(RETRY_AFTER_MIN, RETRY_AFTER_MAX))
        }
    }
}

/// How an act is tried again: as always, or as somebody has set it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Patience {
    #[default]
    Usual,
    Set {
        /// After the first try.
        times: u32,
        wait: Duration,
    },
}

impl Patience {
    /// As [`wait_before_next`]. A pause that the other side asks for is kept where it is the longer one.
    pub fn wait_before_next(self, attempt: u32, failure: Failure, chance: f64) -> Option<Duration> {
        let Self::Set { times, wait } = self else { return wait_before_next(attempt, failure, chance) };
        if attempt > times {
            return None;
        }
        match failure {
            Failure::Permanent => None,
            Failure::Transient | Failure::RateLimited { retry_after: None } => Some(wait),
            Failure::RateLimited { retry_after: Some(asked) } => {
                Some(asked.clamp(RETRY_AFTER_MIN, RETRY_AFTER_MAX).max(wait))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_104_a_pause_that_was_asked_for_is_clamped() {
        let asked = |seconds| Failure::RateLimited { retry_after: Some(Duration::from_secs(seconds)) };
        assert_eq!(wait_before_next(1, asked(0), 0.5), Some(RETRY_AFTER_MIN));
        assert_eq!(wait_before_next(1, asked(1_000_000_000), 0.5), Some(RETRY_AFTER_MAX));
        assert_eq!(wait_before_next(1, asked(30), 0.5), Some(Duration::from_secs(30)));
    }

    #[test]
    fn tries_that_were_set_are_kept_to_and_a_longer_pause_that_was_asked_for_too() {
        let wait = Duration::from_secs(30);
        let set = Patience::Set { times: 2, wait };
        let asked = |seconds| Failure::RateLimited { retry_after: Some(Duration::from_secs(seconds)) };
        assert_eq!(set.wait_before_next(1, Failure::Transient, 0.0), Some(wait));
        assert_eq!(set.wait_before_next(2, Failure::Transient, 1.0), Some(wait));
        assert_eq!(set.wait_before_next(3, Failure::Transient, 1.0), None);
        assert_eq!(set.wait_before_next(1, Failure::Permanent, 1.0), None);
        assert_eq!(set.wait_before_next(1, asked(5), 1.0), Some(wait));
        assert_eq!(set.wait_before_next(1, asked(60), 1.0), Some(Duration::from_mins(1)));
        assert_eq!(set.wait_before_next(1, asked(1_000_000), 1.0), Some(RETRY_AFTER_MAX));
        let usual = Patience::Usual.wait_before_next(1, Failure::Transient, 0.5);
        assert_eq!(usual, wait_before_next(1, Failure::Transient, 0.5));
    }

    #[test]
    fn bad_input_138_attempts_and_waits_are_bounded() {
        assert_eq!(wait_before_next(ATTEMPTS_MAX, Failure::Transient, 1.0), None);
        assert_eq!(wait_before_next(1, Failure::Permanent, 1.0), None);
        for attempt in 1..ATTEMPTS_MAX {
            assert!(wait_before_next(attempt, Failure::Transient, 1.0).unwrap() <= CEILING);
        }
        assert!(wait_before_next(1, Failure::Transient, f64::NAN).is_some());
    }
}
