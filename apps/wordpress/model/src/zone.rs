//! The site's time zone: a name with daylight saving, or a fixed offset.

use chrono::{Duration, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;
use serde_json::{Value, json};

/// A site's time zone as WordPress keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// `timezone_string`, for example `Europe/Berlin`.
    Named(Tz),
    /// `gmt_offset` in seconds; `timezone_string` is empty.
    Offset(i32),
}

impl Zone {
    /// Reads `Europe/Berlin`, `+02:00` or `UTC` (the fixed offset 0).
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text == "UTC" {
            return Some(Self::Offset(0));
        }
        let Some(sign) = text.strip_prefix('+').map(|_| 1).or_else(|| text.strip_prefix('-').map(|_| -1))
        else {
            return text.parse().ok().map(Self::Named);
        };
        let (hours, minutes) = text[1..].split_once(':')?;
        let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
        Some(Self::Offset(sign * seconds))
    }

    /// Wall time on the site at this UTC time.
    pub fn local(self, gmt: NaiveDateTime) -> NaiveDateTime {
        gmt + Duration::seconds(self.offset_at(gmt).into())
    }

    /// UTC for this wall time: the earlier one when the clock shows it twice, and past the gap when it never does.
    pub fn gmt(self, local: NaiveDateTime) -> NaiveDateTime {
        let seconds = match self {
            Self::Offset(seconds) => seconds,
            Self::Named(zone) => match zone.offset_from_local_datetime(&local).earliest() {
                Some(offset) => offset.fix().local_minus_utc(),
                None => self.offset_at(local - Duration::hours(1)),
            },
        };
        local - Duration::seconds(seconds.into())
    }

    /// Seconds east of UTC at this UTC time.
    pub fn offset_at(self, gmt: NaiveDateTime) -> i32 {
        match self {
            Self::Offset(seconds) => seconds,
            Self::Named(zone) => zone.offset_from_utc_datetime(&gmt).fix().local_minus_utc(),
        }
    }

    /// `timezone_string` of the REST root.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Named(zone) => zone.name().to_owned(),
            Self::Offset(_) => String::new(),
        }
    }

    /// `gmt_offset` of the REST root: a number with a named zone, a string with a fixed offset.
    pub(crate) fn gmt_offset(self, now: NaiveDateTime) -> Value {
        let hours = f64::from(self.offset_at(now)) / 3600.0;
        match self {
            Self::Named(_) => json!(hours),
            Self::Offset(_) => json!(hours.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::moment;

    #[test]
    fn the_second_one_oclock_of_the_night_hides_the_first() {
        let zone = Zone::parse("America/New_York").unwrap();
        assert_eq!(zone.local(moment("2025-11-02T06:20:00")), moment("2025-11-02T01:20:00"));
        assert_eq!(zone.local(moment("2025-11-02T05:45:00")), moment("2025-11-02T01:45:00"));
        assert_eq!(zone.gmt(moment("2025-11-02T01:20:00")), moment("2025-11-02T05:20:00"));
    }

    #[test]
    fn offsets_are_read_with_their_sign() {
        assert_eq!(Zone::parse("-03:30"), Some(Zone::Offset(-12_600)));
        assert_eq!(Zone::parse("Nowhere/Else"), None);
    }
}
