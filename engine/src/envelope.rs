//! What the log holds around each event.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::event::Event;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::trace::TraceContext;

/// Made by whoever appends, so that an append whose answer was lost can be recognised.
pub type EventId = Uuid;

/// Place in the whole log: it grows from event to event, 0 is before everything. In one file it counts the events; in
/// KurrentDB it has gaps, so nobody may count with it.
pub type Position = u64;

/// Longest stream name, in bytes.
pub const STREAM_BYTES_MAX: usize = 250;

/// `category-id`. The category never holds a dash.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamName(Arc<str>);

impl StreamName {
    pub fn new(category: &str, id: impl fmt::Display) -> Self {
        Self(format!("{category}-{id}").into())
    }

    /// For adapters, which read names back that were once written by `new`.
    pub fn from_stored(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn category(&self) -> &str {
        self.0.split_once('-').map_or(&self.0, |(category, _)| category)
    }

    pub fn id(&self) -> &str {
        self.0.split_once('-').map_or("", |(_, id)| id)
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Actor(pub String);

/// Why an event exists. Short field names: this is stored with every event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// `token:tk_…`, `run:rn_…`, `cli`, `system`.
    #[serde(rename = "by")]
    pub actor: Actor,
    /// What it belongs to, the same along the whole chain: a run id, a request id.
    #[serde(rename = "of", default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
    /// What caused it: a W3C trace context ([`crate::trace`]), an event's id, or the mark of a repeatable request.
    #[serde(rename = "for", default, skip_serializing_if = "Option::is_none")]
    pub causation: Option<String>,
}

impl Meta {
    pub fn by(actor: impl Into<String>) -> Self {
        Self { actor: Actor(actor.into()), correlation: None, causation: None }
    }

    #[must_use]
    pub fn of(mut self, correlation: impl Into<String>) -> Self {
        self.correlation = Some(correlation.into());
        self
    }

    /// Names an event as the cause, so that traces go through it.
    #[must_use]
    pub fn because_of(mut self, event: &Recorded) -> Self {
        self.causation = Some(TraceContext::of(event).to_string());
        self
    }

    /// Names the request that caused it, if its `traceparent` header is one.
    #[must_use]
    pub fn within(mut self, traceparent: Option<&str>) -> Self {
        if let Some(context) = traceparent.and_then(TraceContext::parse) {
            self.causation = Some(context.to_string());
        }
        self
    }
}

/// An event on its way into the log.
#[derive(Clone, Debug)]
pub struct NewEvent {
    pub id: EventId,
    pub event_type: &'static str,
    /// JSON; small; nothing personal.
    pub data: Bytes,
    /// Larger or personal content, packed by [`crate::seal`].
    pub body: Option<Bytes>,
    pub meta: Meta,
}

impl NewEvent {
    pub fn of(event: &impl Event, id: EventId, meta: Meta) -> Self {
        Self { id, event_type: event.event_type(), data: event.to_json().into(), body: None, meta }
    }

    #[must_use]
    pub fn with_body(mut self, body: Bytes) -> Self {
        self.body = Some(body);
        self
    }
}

/// An event as the log holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    pub position: Position,
    pub stream: StreamName,
    /// Place in its stream, from 0.
    pub revision: u64,
    pub id: EventId,
    pub event_type: Arc<str>,
    pub recorded_at: DateTime<Utc>,
    pub data: Bytes,
    pub body: Option<Bytes>,
    pub meta: Meta,
}
