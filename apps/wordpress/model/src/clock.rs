//! The model's time. It stands still unless it is moved or tied to a clock, so that tests are exact.

use chrono::{NaiveDate, NaiveDateTime};
use std::sync::Arc;

/// A source of UTC time.
#[derive(Clone)]
pub(crate) enum Clock {
    Still(NaiveDateTime),
    Live(Arc<dyn Fn() -> NaiveDateTime + Send + Sync>),
}

impl Clock {
    pub(crate) fn now(&self) -> NaiveDateTime {
        match self {
            Self::Still(now) => *now,
            Self::Live(clock) => clock(),
        }
    }
}

/// 2026-03-02T09:00:00, the moment at which an untouched model stands.
pub(crate) fn model_start() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 3, 2).and_then(|day| day.and_hms_opt(9, 0, 0)).unwrap_or_default()
}

/// A time in the shape WordPress uses, `2025-01-31T08:00:00`; the epoch when the text is something else.
pub fn moment(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").unwrap_or_default()
}
