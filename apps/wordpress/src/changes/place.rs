//! Where somebody stands who keeps asking.

use std::collections::BTreeMap;

use app_sdk::AppError;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::companion::Feed;
use crate::fault::invalid;

const FORMAT: &str = "%Y-%m-%dT%H:%M:%S";
/// Asked for again each time: covers the hour that a clock runs through twice, and the requests still under way.
const OVERLAP: TimeDelta = TimeDelta::hours(2);
/// After the site's zone changed, old changes keep their old wall time.
const OVERLAP_AFTER_ZONE_CHANGE: TimeDelta = TimeDelta::hours(26);
/// How far the site's clock may be off and still be believed to run as ours does.
const SKEW_MAX: TimeDelta = TimeDelta::minutes(10);
/// How far behind the present the cursor stays.
const SAFETY: TimeDelta = TimeDelta::seconds(60);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// All changes before this are known (UTC).
    pub since: String,
    /// The site's zone when it was last asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The highest id known; 0 before the first question.
    #[serde(default)]
    pub highest: u64,
    /// Posts that will be published at a time (UTC), by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub due: BTreeMap<String, String>,
    /// Inside a long answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// Where the plugin's feed goes on, while it is what is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed: Option<Feed>,
    /// The site's clock runs with ours, so the cursor may follow the present even when nothing changes.
    #[serde(skip)]
    pub clock_is_right: bool,
}

/// A long answer, read in parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// What was asked: changed after this (UTC).
    pub after: String,
    /// When it was begun (UTC).
    pub begun: String,
    pub page: u64,
    /// The newest change seen in it.
    #[serde(default)]
    pub newest: String,
}

impl Place {
    pub fn start(now: DateTime<Utc>) -> Self {
        Self {
            since: text(now - SAFETY),
            zone: None,
            highest: 0,
            due: BTreeMap::new(),
            window: None,
            feed: None,
            clock_is_right: false,
        }
    }

    pub fn read(cursor: &Value) -> Result<Self, AppError> {
        serde_json::from_value::<Self>(cursor.clone())
            .ok()
            .filter(|place| time(&place.since).is_some())
            .ok_or_else(|| {
                invalid(
                    "BAD_CURSOR",
                    "the place to go on listening from is unreadable",
                    "read the resource anew; nothing is lost",
                )
            })
    }

    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// The window to ask for: the one under way, or a new one.
    pub fn window(&mut self, zone: &str, now: DateTime<Utc>) -> Window {
        if let Some(window) = self.window.take() {
            return window;
        }
        let moved = self.zone.as_deref().is_some_and(|known| known != zone);
        let overlap = if moved { OVERLAP_AFTER_ZONE_CHANGE } else { OVERLAP };
        self.zone = Some(zone.to_owned());
        let after = time(&self.since).unwrap_or_default() - overlap;
        Window { after: text(after), begun: text(now), page: 1, newest: String::new() }
    }

    pub fn trust_clock(&mut self, site: Option<DateTime<Utc>>, now: DateTime<Utc>) {
        self.clock_is_right = site.is_some_and(|site| (site - now).abs() <= SKEW_MAX);
    }

    /// A window was read to its end. The cursor never goes back, and never ahead of the present: a post may carry a
    /// time of change that lies in the future.
    pub fn finish(&mut self, window: &Window) {
        let margin = if self.clock_is_right { SAFETY + SKEW_MAX } else { SAFETY };
        let begun = text(time(&window.begun).unwrap_or_default() - margin);
        // By a clock that is off, only what was seen tells how far the site's time has come.
        let moved = if self.clock_is_right { begun } else { begun.min(window.newest.clone()) };
        if moved > self.since {
            self.since = moved;
        }
    }

    /// Posts whose time has come. They are not due any more.
    pub fn due(&mut self, now: DateTime<Utc>) -> Vec<String> {
        let now = text(now);
        let come: Vec<String> =
            self.due.iter().filter(|(_, at)| **at <= now).map(|(id, _)| id.clone()).collect();
        for id in &come {
            self.due.remove(id);
        }
        come
    }
}

pub fn text(time: DateTime<Utc>) -> String {
    time.format(FORMAT).to_string()
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    NaiveDateTime::parse_from_str(text, FORMAT).ok().map(|time| time.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        time(text).unwrap()
    }

    #[test]
    fn a_cursor_stays_behind_the_present_whatever_the_future_holds() {
        let mut place = Place::start(at("2026-05-01T12:01:00"));
        assert_eq!(place.since, "2026-05-01T12:00:00");
        let mut window = place.window("UTC", at("2026-05-01T13:00:00"));
        assert_eq!(window.after, "2026-05-01T10:00:00");
        window.newest = "2031-01-01T00:00:00".into();
        place.finish(&window);
        assert_eq!(place.since, "2026-05-01T12:59:00");
        window.newest = "2020-01-01T00:00:00".into();
        place.finish(&window);
        assert_eq!(place.since, "2026-05-01T12:59:00", "it never goes back");
        window.begun = "2026-05-01T15:00:00".into();
        place.trust_clock(Some(at("2026-05-01T15:00:01")), at("2026-05-01T15:00:00"));
        place.finish(&window);
        assert_eq!(place.since, "2026-05-01T14:49:00", "a right clock moves on though nothing changed");
    }

    #[test]
    fn a_changed_zone_is_asked_for_more_than_a_day_once() {
        let mut place = Place::start(at("2026-05-02T12:01:00"));
        let first = place.window("Europe/Berlin", at("2026-05-02T12:10:00"));
        assert_eq!(first.after, "2026-05-02T10:00:00");
        assert_eq!(place.window("UTC", at("2026-05-02T12:11:00")).after, "2026-05-01T10:00:00");
        assert_eq!(place.window("UTC", at("2026-05-02T12:12:00")).after, "2026-05-02T10:00:00");
    }

    #[test]
    fn a_scheduled_post_is_due_once() {
        let mut place = Place::start(at("2026-05-02T12:00:00"));
        place.due.insert("7".into(), "2026-05-02T13:00:00".into());
        assert!(place.due(at("2026-05-02T12:59:59")).is_empty());
        assert_eq!(place.due(at("2026-05-02T13:00:00")), ["7"]);
        assert!(place.due(at("2026-05-02T13:00:01")).is_empty());
    }
}
