//! The two columns WordPress keeps for every date: site-local wall time and UTC, and the zero date between them.
//!
//! Rows keep the wall time of the zone that was set when they were written; a later change of zone moves nothing.

use crate::zone::Zone;
use chrono::{Datelike as _, NaiveDate, NaiveDateTime, Timelike as _};

/// A date as WordPress stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// Filled in when the row is put: the site's clock; for `modified` of a new row, the row's `date`.
    Now,
    /// `0000-00-00 00:00:00` in both columns.
    Zero,
    /// Filled in when the row is put: this UTC time and the wall time of the zone then set.
    Utc(NaiveDateTime),
    /// Both columns as stored; a draft that was never published has no UTC column.
    Both { local: NaiveDateTime, gmt: Option<NaiveDateTime> },
}

impl Stamp {
    /// Both columns for `Now` and `Utc`; other stamps stay as they are.
    pub(crate) fn settled(self, now: NaiveDateTime, zone: Zone) -> Self {
        match self {
            Self::Now => Self::Both { local: zone.local(now), gmt: Some(now) },
            Self::Utc(gmt) => Self::Both { local: zone.local(gmt), gmt: Some(gmt) },
            settled => settled,
        }
    }

    /// The site-local column, by which WordPress filters and sorts.
    pub(crate) fn local(self) -> NaiveDateTime {
        match self {
            Self::Both { local, .. } | Self::Utc(local) => local,
            Self::Now | Self::Zero => zero(),
        }
    }

    /// The UTC column; where it is zero, core derives it from the wall time.
    pub(crate) fn gmt(self, zone: Zone) -> NaiveDateTime {
        match self {
            Self::Both { gmt: Some(gmt), .. } | Self::Utc(gmt) => gmt,
            Self::Both { local, gmt: None } => zone.gmt(local),
            Self::Now | Self::Zero => zone.gmt(zero()),
        }
    }
}

/// PHP reads `0000-00-00` as the 30th of November of the year −1.
pub(crate) fn zero() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(-1, 11, 30).and_then(|day| day.and_hms_opt(0, 0, 0)).unwrap_or_default()
}

/// `2025-01-31T08:00:00`, and `-0001-11-30T00:00:00` for the zero date: no zone, ever. By hand, since every item has
/// four of them.
pub(crate) fn text(moment: NaiveDateTime) -> String {
    let (year, sign) = (moment.year().unsigned_abs(), if moment.year() < 0 { "-" } else { "" });
    let mut out = String::with_capacity(20);
    out.push_str(sign);
    digits(&mut out, year, 4);
    let parts = [('-', moment.month()), ('-', moment.day()), ('T', moment.hour()), (':', moment.minute())];
    for (before, number) in parts.into_iter().chain([(':', moment.second())]) {
        out.push(before);
        digits(&mut out, number, 2);
    }
    out
}

fn digits(out: &mut String, number: u32, count: u32) {
    for place in (0..count).rev() {
        out.push(char::from_digit(number / 10_u32.pow(place) % 10, 10).unwrap_or('0'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zero_date_looks_as_php_prints_it() {
        let zone = Zone::parse("America/New_York").unwrap();
        assert_eq!(text(Stamp::Zero.local()), "-0001-11-30T00:00:00");
        assert_eq!(text(Stamp::Zero.gmt(zone)), "-0001-11-30T04:56:02");
    }
}
