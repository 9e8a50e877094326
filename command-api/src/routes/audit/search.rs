//! Finding lines: one condition is asked of the view, the others of the lines that it gives.

use chrono::{DateTime, Utc};
use domain::views::{AUDIT, AuditView, audit_key};
use engine::ports::{IndexValue, Order, PageCursor, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::context::Api;
use crate::endpoint::Problem;
use crate::extract::search as checked;

/// Lines read in one step.
const STEP_LINES: usize = 500;
/// Steps for one page; a page may be short and still have a next one.
const STEPS_MAX: usize = 20;

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// Part of who did it: `token:tk_…`, `run:rn_…`, `system`.
    pub actor: Option<String>,
    /// Part of what was done: `connection.added`, or `connection.`
    pub action: Option<String>,
    /// Part of what it was done to: `cn_…`, or `scenario-`
    pub object: Option<String>,
    /// Then or later; RFC 3339.
    pub from: Option<DateTime<Utc>>,
    /// Before; RFC 3339.
    pub to: Option<DateTime<Utc>>,
    /// Rows of a page, 1 to 500. Does not bound an export.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

#[derive(Serialize, ToSchema)]
pub struct AuditLine {
    pub position: u64,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub event: String,
    /// What it happened to.
    pub stream: String,
    /// The request or run it belongs to.
    pub correlation: Option<String>,
}

impl From<AuditView> for AuditLine {
    fn from(view: AuditView) -> Self {
        let AuditView { position, at, actor, event, stream, correlation } = view;
        Self { position, at, actor, event, stream, correlation }
    }
}

/// Checked conditions.
#[derive(Clone)]
pub struct Wanted {
    actor: Option<String>,
    action: Option<String>,
    object: Option<String>,
    from: Option<i64>,
    to: Option<i64>,
}

/// Where to go on: behind a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    at: i64,
    position: u64,
}

impl Wanted {
    pub fn of(filters: &Filters) -> Result<Self, Problem> {
        let lower = |text: &Option<String>| -> Result<Option<String>, Problem> {
            Ok(checked(text.clone())?.map(|text| text.to_lowercase()))
        };
        Ok(Self {
            actor: lower(&filters.actor)?,
            action: lower(&filters.action)?,
            object: lower(&filters.object)?,
            from: filters.from.map(|time| time.timestamp_micros()),
            to: filters.to.map(|time| time.timestamp_micros()),
        })
    }

    /// For a cursor: what it belongs to.
    pub fn name(&self) -> [String; 5] {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let time = |time: Option<i64>| time.map(|time| time.to_string()).unwrap_or_default();
        [text(&self.actor), text(&self.action), text(&self.object), time(self.from), time(self.to)]
    }

    fn matches(&self, line: &AuditView) -> bool {
        let has = |wanted: &Option<String>, text: &str| {
            wanted.as_ref().is_none_or(|wanted| text.to_lowercase().contains(wanted))
        };
        has(&self.actor, &line.actor) && has(&self.action, &line.event) && has(&self.object, &line.stream)
    }

    fn query(&self, after: Option<Place>) -> Query {
        let columns = [("object", &self.object), ("actor", &self.actor), ("action", &self.action)];
        let contains = columns.into_iter().find_map(|(name, text)| Some((name, text.clone()?)));
        let place = |at: i64, key: String| PageCursor { value: Some(IndexValue::Integer(at)), key };
        let behind = after.map(|after| place(after.at, audit_key(after.position)));
        Query {
            contains,
            order_by: Some("at"),
            order: Order::Descending,
            after: behind.or_else(|| self.to.map(|to| place(to, String::new()))),
            limit: STEP_LINES,
            ..Query::default()
        }
    }
}

impl Api {
    /// Up to so many lines, newest first, and where to go on if there may be more.
    pub async fn audit_lines(
        &self,
        wanted: &Wanted,
        mut after: Option<Place>,
        limit: usize,
    ) -> Result<(Vec<AuditLine>, Option<Place>), Problem> {
        let mut lines = vec![];
        for _ in 0..STEPS_MAX {
            let page = self.page::<AuditView>(&AUDIT, wanted.query(after), &[], None).await?;
            for (_, line) in page.rows {
                let at = line.at.timestamp_micros();
                if wanted.from.is_some_and(|from| at < from) {
                    return Ok((lines, None));
                }
                if lines.len() == limit {
                    return Ok((lines, after));
                }
                after = Some(Place { at, position: line.position });
                if wanted.matches(&line) {
                    lines.push(line.into());
                }
            }
            if page.next_cursor.is_none() {
                return Ok((lines, None));
            }
        }
        Ok((lines, after))
    }
}
