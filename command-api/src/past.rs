//! Asking for the past: a position or a time in a query, and histories of streams whose events hold JSON.

use chrono::{DateTime, Utc};
use domain::decider::Decider;
use domain::views::ViewSpec;
use engine::{Position, Recorded, StreamName, as_of};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::context::Api;
use crate::cursor;
use crate::endpoint::Listed;
use crate::extract::limit;
use crate::problem::Problem;

/// A read of one thing, now or as it was.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadAt {
    /// Show it as it was: a position of the log, or a time in RFC 3339.
    pub at: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// A read of a history, newest first.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadHistory {
    /// Rows of a page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// One change of a thing.
#[derive(Serialize, ToSchema)]
pub struct Change {
    /// Counts the changes, from 0.
    pub revision: u64,
    pub position: u64,
    pub at: DateTime<Utc>,
    pub event: String,
    /// Who did it: usually a run.
    pub actor: String,
    /// The run it belongs to.
    pub run: Option<String>,
    /// Dotted paths that differ from the revision before; all of the first one's when there was none. Ends with … when
    /// there are more than can be shown.
    pub changed: Vec<String>,
}

impl Api {
    /// The position that `at` means.
    pub async fn position_of(&self, at: Option<&str>) -> Result<Option<Position>, Problem> {
        let Some(at) = at else { return Ok(None) };
        if !at.is_empty() && at.len() <= 15 && at.bytes().all(|b| b.is_ascii_digit()) {
            return at.parse().map(Some).map_err(|_| not_a_moment());
        }
        let time = DateTime::parse_from_rfc3339(at).map_err(|_| not_a_moment())?;
        let store = &self.context.executor.store;
        Ok(Some(as_of::position_at(&**store, time.to_utc()).await?))
    }

    /// A view's document as it was at a position, and that position; `None` when now is asked for.
    pub async fn then<D: Decider, T: DeserializeOwned>(
        &self,
        view: &'static ViewSpec,
        id: &str,
        at: Option<&str>,
    ) -> Result<Option<(Option<T>, Position)>, Problem> {
        let Some(position) = self.position_of(at).await? else { return Ok(None) };
        let stream = StreamName::new(D::CATEGORY, id);
        let found = self.context.views.as_of(view, &stream, position).await;
        Ok(Some((found.map_err(|error| Problem::fault(&*error))?, position)))
    }

    /// The event that a stream ended with, now or at a position.
    pub async fn last_event(
        &self,
        stream: &StreamName,
        at: Option<Position>,
    ) -> Result<Option<Recorded>, Problem> {
        let store = &self.context.executor.store;
        Ok(as_of::event(&**store, stream, at.unwrap_or(Position::MAX)).await?)
    }

    /// A page of a stream's changes, newest first. `state` makes each event's JSON from its data and its body.
    pub async fn history(
        &self,
        stream: &StreamName,
        page: &ReadHistory,
        state: impl Fn(&Recorded, Option<Value>) -> Result<Value, Problem>,
    ) -> Result<Option<Listed<Change>>, Problem> {
        let list = ["history", stream.as_str()];
        let end = *self.context.executor.store.end().borrow();
        if page.min_position.is_some_and(|position| position > end) {
            return Err(Problem::busy("VIEW_BEHIND", "the log is not there yet", "ask again in a moment"));
        }
        let Some(last) = self.last_event(stream, None).await? else { return Ok(None) };
        let newest = match page.cursor.as_deref().map(|c| cursor::read::<u64>(&list, c)).transpose()? {
            None => last.revision,
            Some(revision) => revision.min(last.revision),
        };
        let rows = limit(page.limit)? as u64;
        let oldest = (newest + 1).saturating_sub(rows);
        // The one before the page too, for comparing.
        let from = oldest.saturating_sub(1);
        let count = usize::try_from(newest + 1 - from).unwrap_or(1);
        let events = self.context.executor.store.read_stream(stream, from, count).await?;
        let bodies = self.open_bodies(&events.iter().collect::<Vec<_>>()).await?;
        let mut states = Vec::with_capacity(events.len());
        for (event, body) in events.iter().zip(bodies) {
            states.push(state(event, crate::bodies::json(body)?)?);
        }
        let mut items: Vec<Change> = vec![];
        for (index, event) in events.iter().enumerate().filter(|(_, event)| event.revision >= oldest) {
            let nothing = Value::Object(serde_json::Map::new());
            let before = index.checked_sub(1).and_then(|before| states.get(before)).unwrap_or(&nothing);
            items.push(Change {
                revision: event.revision,
                position: event.position,
                at: event.recorded_at,
                event: event.event_type.to_string(),
                actor: event.meta.actor.0.clone(),
                run: run_of(event),
                changed: domain::diff::changed_paths(before, &states[index]),
            });
        }
        items.reverse();
        let next_cursor = (oldest > 0).then(|| cursor::write(&list, &(oldest - 1)));
        Ok(Some(Listed { items, next_cursor, total: Some(last.revision + 1) }))
    }
}

/// The run that an event belongs to.
pub fn run_of(event: &Recorded) -> Option<String> {
    event.meta.correlation.clone().filter(|of| of.starts_with("rn_"))
}

fn not_a_moment() -> Problem {
    Problem::bad_request(
        "INVALID_MOMENT",
        "at is a position of the log, or a time such as 2026-05-03T12:00:00Z",
        "use a position that a history shows",
    )
    .at("at")
}
