//! To RFC 3339 in UTC.
//!
//! Without a format only ISO 8601 is read, so `01/02/03` is never guessed at. A local time that a clock change makes
//! ambiguous is taken as its first occurrence (as PHP and so WordPress does); one that the clock skipped is a problem.
//! A leap second becomes the following second.

use std::borrow::Cow;

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, Datelike, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime};
use chrono::{SecondsFormat, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use crate::mapping::problem::{Code, Fault};

/// Longest text read as a date, in bytes.
const DATE_BYTES_MAX: usize = 64;
/// WordPress writes `0000-00-00` as these (real sites 5.7 to 7.1); databases as the last.
const ZERO_DATES: [&str; 3] = ["-0001-11-30", "-001-11-30", "0000-00-00"];

/// How dates are read.
#[derive(Debug)]
pub(crate) struct Reading {
    zone: Zone,
    format: Option<String>,
}

#[derive(Clone, Copy, Debug)]
enum Zone {
    Named(Tz),
    InValue,
}

impl Reading {
    pub(super) fn compile(zone: &str, format: Option<&str>) -> Result<Self, (&'static str, String)> {
        let zone = match zone {
            "utc" => Zone::Named(Tz::UTC),
            "offset-in-value" => Zone::InValue,
            name => Zone::Named(name.parse().map_err(|_| {
                (
                    "INVALID_TIME_ZONE",
                    "the zone is not utc, offset-in-value or a name such as Europe/Berlin".into(),
                )
            })?),
        };
        let unreadable = |format: &str| {
            format.len() > DATE_BYTES_MAX || StrftimeItems::new(format).any(|item| item == Item::Error)
        };
        if format.is_some_and(unreadable) {
            return Err((
                "INVALID_FORMAT",
                "the date format is not one: write for example %d.%m.%Y %H:%M".into(),
            ));
        }
        Ok(Self { zone, format: format.map(str::to_owned) })
    }

    pub(super) fn run<'a>(&self, value: &Value) -> Result<Cow<'a, Value>, Fault> {
        let Value::String(text) = value else {
            return Err(Fault::wrong_type(value, "a date as text", "put text before it, with a format"));
        };
        let text = text.trim();
        if text.is_empty() || ZERO_DATES.iter().any(|zero| text.starts_with(zero)) {
            return Ok(Cow::Owned(Value::Null));
        }
        if text.len() > DATE_BYTES_MAX {
            return Err(not_a_date("a text that is too long for a date"));
        }
        let (local, offset) = match &self.format {
            None => parse_iso(text)?,
            Some(format) => parse_format(text, format)?,
        };
        let instant = self.place(local, offset)?;
        if !(1..=9999).contains(&instant.year()) {
            return Err(Fault::new(Code::OutOfRange, "a date outside the years 1 to 9999", REMEDY));
        }
        Ok(Cow::Owned(Value::String(instant.to_rfc3339_opts(SecondsFormat::AutoSi, true))))
    }

    fn place(&self, local: NaiveDateTime, offset: Option<FixedOffset>) -> Result<DateTime<Utc>, Fault> {
        let out = || Fault::new(Code::OutOfRange, "a date outside the years 1 to 9999", REMEDY);
        if let Some(offset) = offset {
            return local.checked_sub_offset(offset).map(|utc| utc.and_utc()).ok_or_else(out);
        }
        match self.zone {
            Zone::InValue => Err(Fault::new(
                Code::NotADate,
                "a date without a zone",
                "say in the conversion which zone its times are in, for WordPress …_gmt fields: utc",
            )),
            Zone::Named(Tz::UTC) => Ok(local.and_utc()),
            Zone::Named(zone) => match zone.from_local_datetime(&local) {
                LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => Ok(instant.to_utc()),
                LocalResult::None => Err(Fault::new(
                    Code::NotADate,
                    format!("a local time that the clock change in {zone} skipped"),
                    "use the source's UTC field (WordPress: …_gmt), or correct the time",
                )),
            },
        }
    }
}

/// Whether a text is a date and time with a zone, as Portal wants it.
pub(crate) fn is_rfc3339(text: &str) -> bool {
    text.len() <= DATE_BYTES_MAX
        && text.len() > 19
        && matches!(parse_iso(text), Ok((date, Some(_))) if (1..=9999).contains(&date.year()))
}

type Parts = (NaiveDateTime, Option<FixedOffset>);

const REMEDY: &str = "give the conversion the format of the value, or correct it in the source";

fn not_a_date(message: &str) -> Fault {
    Fault::new(Code::NotADate, message, REMEDY)
}

/// `YYYY-MM-DD`, optionally `T` or space and `hh:mm[:ss[.f]]`, optionally `Z` or an offset.
fn parse_iso(text: &str) -> Result<Parts, Fault> {
    let wrong = || not_a_date("a text that is not a date of the form 2024-05-31T12:00:00");
    let (date, rest) = text.split_at_checked(10).ok_or_else(wrong)?;
    let date = parse_date(date.as_bytes()).ok_or_else(|| {
        if text.bytes().take(5).all(|b| b.is_ascii_digit()) {
            return Fault::new(Code::OutOfRange, "a date outside the years 1 to 9999", REMEDY);
        }
        wrong()
    })?;
    let Some(clock) = rest.strip_prefix(['T', 't', ' ']) else {
        return if rest.is_empty() { Ok((date.and_time(NaiveTime::MIN), None)) } else { Err(wrong()) };
    };
    let zone_at = clock.find(['Z', 'z', '+', '-']).unwrap_or(clock.len());
    let (clock, zone) = clock.split_at(zone_at);
    let (time, leap) = parse_clock(clock).ok_or_else(wrong)?;
    let local =
        date.and_time(time).checked_add_signed(TimeDelta::seconds(i64::from(leap))).ok_or_else(wrong)?;
    let offset = if zone.is_empty() { None } else { Some(parse_offset(zone).ok_or_else(wrong)?) };
    Ok((local, offset))
}

fn parse_date(text: &[u8]) -> Option<NaiveDate> {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = *text else { return None };
    let year = digits(&[y0, y1, y2, y3])?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, digits(&[m0, m1])?, digits(&[d0, d1])?)
}

/// `hh:mm`, `hh:mm:ss`, `hh:mm:ss.fff`; true when it was a leap second.
fn parse_clock(text: &str) -> Option<(NaiveTime, bool)> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = clock.split(':').map(|part| if part.len() == 2 { digits(part.as_bytes()) } else { None });
    let hour = parts.next()??;
    let minute = parts.next()??;
    let second = parts.next().unwrap_or(Some(0))?;
    if parts.next().is_some() || fraction.is_empty() || fraction.len() > 9 {
        return None;
    }
    let scale = 10_u32.pow(9 - u32::try_from(fraction.len()).ok()?);
    let nano = digits(fraction.as_bytes())? * scale;
    let leap = second == 60;
    let second = if leap { 59 } else { second };
    Some((NaiveTime::from_hms_nano_opt(hour, minute, second, nano)?, leap))
}

fn parse_offset(text: &str) -> Option<FixedOffset> {
    if text.eq_ignore_ascii_case("z") {
        return FixedOffset::east_opt(0);
    }
    let (sign, rest) = text.split_at_checked(1)?;
    let (hours, minutes) = match rest.len() {
        2 => (rest, "00"),
        4 => rest.split_at_checked(2)?,
        5 => rest.split_once(':')?,
        _ => return None,
    };
    let minutes = digits(minutes.as_bytes()).filter(|m| *m < 60)?;
    let hours = digits(hours.as_bytes()).filter(|h| *h < 24)?;
    let seconds = i32::try_from((hours * 60 + minutes) * 60).ok()?;
    FixedOffset::east_opt(if sign == "-" { -seconds } else { seconds })
}

fn digits(text: &[u8]) -> Option<u32> {
    if text.is_empty() || text.len() > 9 {
        return None;
    }
    text.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
}

fn parse_format(text: &str, format: &str) -> Result<Parts, Fault> {
    if let Ok(instant) = DateTime::parse_from_str(text, format) {
        return Ok((instant.naive_local(), Some(*instant.offset())));
    }
    if let Ok(local) = NaiveDateTime::parse_from_str(text, format) {
        return Ok((local, None));
    }
    NaiveDate::parse_from_str(text, format)
        .map(|date| (date.and_time(NaiveTime::MIN), None))
        .map_err(|_| not_a_date("a text that does not have the date format of the conversion"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::convert::tests::convert;
    use proptest::prelude::*;
    use serde_json::json;

    fn date(zone: &str, value: &str) -> Result<Value, Code> {
        convert(json!([{"kind": "date-time", "zone": zone}]), json!(value))
    }

    #[test]
    fn wordpress_dates_become_utc() {
        assert_eq!(date("utc", "2024-05-31T12:00:01"), Ok(json!("2024-05-31T12:00:01Z")));
        assert_eq!(date("utc", "2024-05-31 12:00:01.25"), Ok(json!("2024-05-31T12:00:01.250Z")));
        assert_eq!(date("Europe/Berlin", "2024-05-31T12:00:01"), Ok(json!("2024-05-31T10:00:01Z")));
        assert_eq!(date("offset-in-value", "2024-05-31T12:00:01+00:00"), Ok(json!("2024-05-31T12:00:01Z")));
        assert_eq!(date("utc", "2024-05-31T12:00+0530"), Ok(json!("2024-05-31T06:30:00Z")));
        assert_eq!(date("utc", "2024-05-31"), Ok(json!("2024-05-31T00:00:00Z")));
    }

    #[test]
    fn bad_input_060_zero_dates_far_years_missing_zones_and_leap_seconds() {
        for zero in
            ["0000-00-00", "0000-00-00 00:00:00", "-0001-11-30T04:56:02", "-001-11-30T00:00:00+00:00", ""]
        {
            assert_eq!(date("utc", zero), Ok(Value::Null), "{zero}");
        }
        assert_eq!(date("utc", "10000-01-01T00:00:00"), Err(Code::OutOfRange));
        assert_eq!(date("utc", "9999-12-31T23:59:59-10:00"), Err(Code::OutOfRange));
        assert_eq!(date("offset-in-value", "2024-05-31T12:00:00"), Err(Code::NotADate));
        assert_eq!(date("utc", "2016-12-31T23:59:60Z"), Ok(json!("2017-01-01T00:00:00Z")));
        assert_eq!(date("utc", &"(".repeat(100_000)), Err(Code::NotADate));
        for bad in
            ["2024-02-30", "2024-13-01", "2024-05-31T25:00:00", "2024-05-31T12:00:00+25:00", "2024-05-31X"]
        {
            assert_eq!(date("utc", bad), Err(Code::NotADate), "{bad}");
        }
    }

    #[test]
    fn bad_input_060_a_skipped_hour_is_a_problem_and_a_doubled_one_means_the_first() {
        assert_eq!(date("Europe/Berlin", "2024-03-31T02:30:00"), Err(Code::NotADate));
        assert_eq!(date("Europe/Berlin", "2024-10-27T02:30:00"), Ok(json!("2024-10-27T00:30:00Z")));
    }

    #[test]
    fn bad_input_128_an_ambiguous_date_needs_a_format() {
        assert_eq!(date("utc", "01/02/03"), Err(Code::NotADate));
        let day_first = json!([{"kind": "date-time", "zone": "utc", "format": "%d/%m/%y"}]);
        assert_eq!(convert(day_first.clone(), json!("01/02/03")), Ok(json!("2003-02-01T00:00:00Z")));
        assert_eq!(convert(day_first, json!("2003-02-01")), Err(Code::NotADate));
    }

    #[test]
    fn bad_input_125_a_zone_must_be_named_so_that_a_replay_reads_the_same() {
        for bad in ["local", "", "Europe/Nowhere", "now()"] {
            assert!(Reading::compile(bad, None).is_err(), "{bad}");
        }
        assert!(Reading::compile("utc", Some("%Q")).is_err());
    }

    proptest! {
        #[test]
        fn any_text_gets_an_answer_and_every_answer_reads_back(text in "[-0-9TtZz:+. /]{0,40}|\\PC{0,40}") {
            if let Ok(Value::String(answer)) = date("Europe/Berlin", &text) {
                prop_assert!(is_rfc3339(&answer), "{answer}");
            }
        }
    }
}
