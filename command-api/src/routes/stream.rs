//! Live updates: which documents changed, so that a page can ask for them again.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use domain::views::RUNS;
use engine::ports::Filter;
use engine::{Position, Recorded};
use futures::stream::{self, Stream};
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedSemaphorePermit;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::access::Presented;
use crate::endpoint::{Area, Params, Problem, Shared, State};

/// At most four messages a second: people see no more, and browsers have other things to do.
const PACE: Duration = Duration::from_millis(250);
/// A reader that is further behind than this starts anew.
const BEHIND_MAX: Position = 10_000;
const SLICE_EVENTS: usize = 2_000;
/// The view that is filled last is behind by no more than this when an event is told.
const VIEW_PATIENCE: Duration = Duration::from_secs(2);
const TOPICS: [&str; 6] = ["connection", "mapping", "run", "scenario", "token", "portal"];

pub fn area() -> Area {
    Area::default().viewer(routes!(listen))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// Comma-separated: connection, mapping, run, scenario, token, portal. All when absent.
    pub topics: Option<String>,
    /// Resume after this event id, for a client that begins a new stream; `Last-Event-ID` comes first.
    pub after: Option<Position>,
}

/// One message.
#[derive(Serialize, ToSchema)]
pub struct Changed {
    /// What changed: `run`, `connection`, …
    pub topic: String,
    /// Their ids; at most 100, then only the topic counts.
    pub ids: Vec<String>,
    pub position: Position,
}

/// Ids named in one message.
const IDS_MAX: usize = 100;

/// Server-sent events: `changed` with a [`Changed`], or `reset` when too much was missed. The event id is a position;
/// `Last-Event-ID`, or `after`, resumes after it.
#[utoipa::path(
    get,
    path = "/api/v1/stream",
    tag = "stream",
    operation_id = "listen",
    params(Filters),
    responses((status = 200, content_type = "text/event-stream", body = Changed))
)]
pub async fn listen(
    State(api): State<Shared>,
    shown: Option<Extension<Presented>>,
    headers: HeaderMap,
    Params(filters): Params<Filters>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let shown = shown.map(|Extension(shown)| shown);
    let categories = topics(filters.topics.as_deref())?;
    let permit = api.streams.clone().try_acquire_owned().map_err(|_| {
        Problem::busy("TOO_MANY_STREAMS", "too many pages are listening", "close some and try again")
    })?;
    let end = *api.context.executor.store.end().borrow();
    let resumed = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse::<Position>().ok());
    let resumed = resumed.or(filters.after);
    let reset = resumed.is_some_and(|at| at > end || end - at > BEHIND_MAX);
    let at = if reset { end } else { resumed.unwrap_or(end) };
    let keep_alive = KeepAlive::new().interval(api.context.settings.heartbeat);
    let listening =
        Listening { api, shown, filter: Filter { categories }, at, reset, waiting: vec![], _permit: permit };
    Ok(Sse::new(stream::unfold(listening, Listening::next)).keep_alive(keep_alive))
}

fn topics(wanted: Option<&str>) -> Result<Vec<&'static str>, Problem> {
    let Some(wanted) = wanted.filter(|text| !text.is_empty()) else { return Ok(TOPICS.to_vec()) };
    wanted
        .split(',')
        .map(|topic| {
            TOPICS.iter().copied().find(|known| *known == topic.trim()).ok_or_else(|| {
                Problem::bad_request(
                    "INVALID_TOPIC",
                    "there is no such topic",
                    format!("use {}", TOPICS.join(", ")),
                )
                .at("topics")
            })
        })
        .collect()
}

struct Listening {
    api: Shared,
    /// The token or session, if one was needed: after its end it hears nothing more.
    shown: Option<Presented>,
    filter: Filter,
    at: Position,
    reset: bool,
    waiting: Vec<Event>,
    _permit: OwnedSemaphorePermit,
}

impl Listening {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        if std::mem::take(&mut self.reset) {
            let event = Event::default().event("reset").id(self.at.to_string()).data("{}");
            return Some((Ok(event), self));
        }
        loop {
            if let Some(event) = self.waiting.pop() {
                return Some((Ok(event), self));
            }
            let moved = self.wait().await?;
            if !self.may_listen().await {
                return None;
            }
            if !moved {
                continue;
            }
            tokio::time::sleep(PACE).await;
            if let Err(error) = self.gather().await {
                tracing::warn!(problem = error.code(), "a live stream ended");
                return None;
            }
        }
    }

    /// Until the log has moved, but no longer than a heartbeat. `None` when the process ends.
    async fn wait(&self) -> Option<bool> {
        let mut end = self.api.context.executor.store.end();
        let at = self.at;
        let moved = end.wait_for(|end| *end > at);
        match tokio::time::timeout(self.api.context.settings.heartbeat, moved).await {
            Ok(Ok(_)) => Some(true),
            Ok(Err(_)) => None,
            Err(_) => Some(false),
        }
    }

    async fn may_listen(&self) -> bool {
        let Some(shown) = &self.shown else { return true };
        let context = &self.api.context;
        if let Some(session) = &shown.session
            && !matches!(self.api.goes_on(session).await, Ok(true))
        {
            return false;
        }
        matches!(self.api.known.find(context, &shown.token).await, Ok(Some(_)))
    }

    async fn gather(&mut self) -> Result<(), Problem> {
        let context = &self.api.context;
        let slice = context.executor.store.read_all(self.at, &self.filter, SLICE_EVENTS).await?;
        self.at = slice.read_to.max(self.at);
        // Told only when the views show it, so that whoever asks now sees it.
        engine::wait::until(&*context.reads, &RUNS, self.at, VIEW_PATIENCE).await?;
        self.waiting = messages(&slice.events, self.at);
        Ok(())
    }
}

fn messages(events: &[Recorded], position: Position) -> Vec<Event> {
    let mut messages = vec![];
    for topic in TOPICS {
        let of_topic = events.iter().filter(|event| event.stream.category() == topic);
        let ids: BTreeSet<&str> = of_topic.map(|event| event.stream.id()).collect();
        if ids.is_empty() {
            continue;
        }
        let ids: Vec<String> = ids.into_iter().take(IDS_MAX).map(str::to_owned).collect();
        let changed = Changed { topic: topic.to_owned(), ids, position };
        let data = String::from_utf8_lossy(&domain::event::encode(&changed)).into_owned();
        let event = Event::default().event("changed").data(data);
        // Messages are sent from the last to the first: only then has everything up to the position been told.
        messages.push(if messages.is_empty() { event.id(position.to_string()) } else { event });
    }
    messages
}
