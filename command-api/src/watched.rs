//! Answers that take a while, for whoever wants to watch: with `Accept: text/event-stream` the checks come one by one,
//! and at last the answer.

use std::convert::Infallible;

use axum::http::{HeaderMap, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures::stream::{self, StreamExt as _};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::context::Shared;
use crate::edge::RequestId;
use crate::probe::{Check, Watcher};
use crate::problem::Problem;

/// Whether the caller wants to watch.
pub fn wants_to_watch(headers: &HeaderMap) -> bool {
    let all = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut kinds = all.flat_map(|value| value.split(','));
    kinds.any(|kind| kind.split(';').next().is_some_and(|kind| kind.trim() == "text/event-stream"))
}

/// The answer of some work: at once when it is done, or while it goes on. The work has a task of its own, so that a
/// browser that goes away cannot leave half of it done.
pub async fn answer<T, W>(
    api: &Shared,
    headers: &HeaderMap,
    id: Option<Extension<RequestId>>,
    work: impl FnOnce(Watcher) -> W,
) -> Response
where
    T: Serialize + Send + 'static,
    W: Future<Output = Result<T, Problem>> + Send + 'static,
{
    if !wants_to_watch(headers) {
        return match work(Watcher::nobody()).await {
            Ok(value) => Json(value).into_response(),
            Err(problem) => problem.into_response(),
        };
    }
    let (watcher, checks) = Watcher::new();
    let ending = tokio::spawn(work(watcher));
    let id = id.map(|Extension(id)| id.0).unwrap_or_default();
    let messages = stream::unfold(Watching { checks, ending: Some(ending), id }, Watching::next);
    let keep_alive = KeepAlive::new().interval(api.context.settings.heartbeat);
    Sse::new(messages.map(Ok::<_, Infallible>)).keep_alive(keep_alive).into_response()
}

struct Watching<T> {
    checks: mpsc::Receiver<Check>,
    ending: Option<JoinHandle<Result<T, Problem>>>,
    id: String,
}

impl<T: Serialize> Watching<T> {
    async fn next(mut self) -> Option<(Event, Self)> {
        if let Some(check) = self.checks.recv().await {
            return Some((message("check", &check), self));
        }
        // Nobody tells any more: the work has come to its end.
        let event = match self.ending.take()?.await {
            Ok(Ok(value)) => message("found", &value),
            Ok(Err(problem)) => message("problem", &problem.body(&self.id)),
            Err(error) => message("problem", &Problem::fault(&error).body(&self.id)),
        };
        Some((event, self))
    }
}

fn message(name: &str, value: &impl Serialize) -> Event {
    let data = String::from_utf8_lossy(&domain::event::encode(value)).into_owned();
    Event::default().event(name).data(data)
}
