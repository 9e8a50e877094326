//! When a schedule is due: five fields of cron, in a time zone. Pure: the time is given.
//!
//! Hours that a change of the clock skips are due right after it; hours that it repeats are due once, the first time.
//! Patterns like `*/15 * * * *` simply go on through both. (Vixie cron does the same.)

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use crate::problem::Rejection;

/// Longest pattern, in bytes.
const PATTERN_BYTES_MAX: usize = 120;
const EXAMPLES: &str = "write five fields, for example `0 3 * * *` (every day at 3:00) or `*/15 * * * 1-5` (every \
     quarter of an hour from Monday to Friday)";

pub struct Schedule {
    cron: Cron,
    zone: Tz,
}

impl Schedule {
    /// Reads a pattern and the name of a zone; UTC where there is none. A minute is the shortest step: a pattern with
    /// seconds is refused.
    pub fn parse(pattern: &str, zone: Option<&str>) -> Result<Self, Rejection> {
        let pattern = pattern.trim();
        if pattern.is_empty() {
            return Err(
                Rejection::new("SCHEDULE_MISSING", "the schedule does not say when", EXAMPLES).at("cron")
            );
        }
        if pattern.len() > PATTERN_BYTES_MAX {
            return Err(refused("the schedule is too long to be meant"));
        }
        let zone = match zone {
            None | Some("") => Tz::UTC,
            Some(name) => name.parse().map_err(|_| {
                Rejection::new(
                    "UNKNOWN_ZONE",
                    format!("there is no time zone {}", name.chars().take(60).collect::<String>()),
                    "choose one like Europe/Prague, or UTC",
                )
                .at("zone")
            })?,
        };
        let fields = pattern.split_whitespace().count();
        if fields != 5 && !pattern.starts_with('@') {
            return Err(refused(format!("a schedule has five fields, and this has {fields}")));
        }
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron =
            parser.parse(pattern).map_err(|why| refused(format!("the schedule cannot be read: {why}")))?;
        let schedule = Self { cron, zone };
        // Any day will do to see that the pattern names one at all: `0 0 31 2 *` does not.
        match schedule.next(DateTime::UNIX_EPOCH) {
            Some(_) => Ok(schedule),
            None => Err(refused("the schedule names a day that never comes")),
        }
    }

    /// The newest time it was due, at or before a time.
    pub fn last(&self, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let found = self.cron.find_previous_occurrence(&until.with_timezone(&self.zone), true).ok()?;
        Some(found.with_timezone(&Utc))
    }

    /// The next time it will be due, after a time.
    pub fn next(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let found = self.cron.find_next_occurrence(&after.with_timezone(&self.zone), false).ok()?;
        Some(found.with_timezone(&Utc))
    }
}

fn refused(why: impl Into<String>) -> Rejection {
    Rejection::new("NOT_A_SCHEDULE", why, EXAMPLES).at("cron")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn due(pattern: &str, zone: &str, from: &str, times: usize) -> Vec<String> {
        let schedule = Schedule::parse(pattern, Some(zone)).expect(pattern);
        let mut time = at(from);
        (0..times)
            .map(|_| {
                time = schedule.next(time).expect("another time");
                time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
            })
            .collect()
    }

    #[test]
    fn is_due_in_its_own_zone() {
        assert_eq!(
            due("0 3 * * *", "Europe/Prague", "2026-07-01T00:00:00Z", 2),
            ["2026-07-01T01:00:00Z", "2026-07-02T01:00:00Z"]
        );
        let schedule = Schedule::parse("30 6 * * 1", None).expect("a schedule");
        assert_eq!(schedule.last(at("2026-11-23T06:30:00Z")), Some(at("2026-11-23T06:30:00Z")));
        assert_eq!(schedule.last(at("2026-11-23T06:29:59Z")), Some(at("2026-11-16T06:30:00Z")));
    }

    #[test]
    fn bad_input_139_an_hour_that_is_skipped_or_repeated_is_due_once() {
        // 02:30 does not exist in Prague on 29 March 2026, and exists twice on 25 October.
        let spring = due("30 2 * * *", "Europe/Prague", "2026-03-28T12:00:00Z", 2);
        assert_eq!(spring, ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
        let autumn = due("30 2 * * *", "Europe/Prague", "2026-10-24T12:00:00Z", 2);
        assert_eq!(autumn, ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
    }

    #[test]
    fn bad_input_139_the_29th_of_february_comes_every_four_years() {
        let due = due("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", 2);
        assert_eq!(due, ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]);
    }

    #[test]
    fn bad_input_139_what_is_no_schedule_is_refused_in_words() {
        for pattern in
            ["* * * * * *", "0 0 31 2 *", "61 * * * *", "every day", "* * * *", "*/0 * * * *", "@reboot"]
        {
            let Err(why) = Schedule::parse(pattern, None) else { panic!("{pattern} was taken") };
            assert_eq!((&*why.code, why.field.as_deref()), ("NOT_A_SCHEDULE", Some("cron")), "{pattern}");
        }
        assert!(Schedule::parse(&"1,".repeat(1_000), None).is_err());
    }
}
