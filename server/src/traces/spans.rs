//! Which events are spans, and what they tell. Names, numbers and ids of ours only: nothing of what a record says.

use chrono::{DateTime, Utc};
use domain::delivery::connection_of;
use domain::record::RecordKey;
use domain::run::{RunEvent, RunStatus};
use engine::history::decode;
use engine::ports::{Cause, EventStore};
use engine::trace::TraceContext;
use engine::{Recorded, StreamName};

/// Streams that are told of.
pub const CATEGORIES: [&str; 3] = ["delivery", "record", "run"];

pub struct Span {
    pub context: TraceContext,
    pub parent: Option<[u8; 8]>,
    pub name: &'static str,
    pub begun: DateTime<Utc>,
    pub ended: DateTime<Utc>,
    /// Why it did not end well.
    pub failure: Option<&'static str>,
    pub facts: Vec<(&'static str, Fact)>,
}

pub enum Fact {
    Text(String),
    Number(u64),
}

impl From<&str> for Fact {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// The span that ends with an event, if one does. Records that a run recorded by itself are not told one by one: their
/// page is.
pub async fn of(log: &dyn EventStore, event: &Recorded) -> Result<Option<Span>, Cause> {
    match event.stream.category() {
        "delivery" => Ok(Some(delivery(event))),
        "record" => Ok(record(event)),
        _ => run(log, event).await,
    }
}

fn delivery(event: &Recorded) -> Span {
    let connection = connection_of(event.stream.id()).map(|connection| connection.to_string());
    let facts = connection.map(|connection| ("portal.connection", Fact::Text(connection)));
    Span { facts: facts.into_iter().collect(), ..moment("delivery", event) }
}

fn record(event: &Recorded) -> Option<Span> {
    TraceContext::cause(event)?;
    let key = RecordKey::parse(event.stream.id())?;
    let facts = vec![
        ("portal.connection", Fact::Text(key.connection.to_string())),
        ("portal.resource", Fact::Text(key.resource)),
        ("portal.event", Fact::from(&*event.event_type)),
    ];
    Some(Span { facts, ..moment("record", event) })
}

/// A run from its start to its end, and its pages from one settlement to the next.
async fn run(log: &dyn EventStore, event: &Recorded) -> Result<Option<Span>, Cause> {
    let (name, failure, mut facts) = match decode::<RunEvent>(event)? {
        RunEvent::ItemsSettled(settled) => {
            let counts = settled.counts;
            let facts = vec![
                ("portal.step", Fact::Text(settled.node)),
                ("portal.created", Fact::Number(counts.created)),
                ("portal.updated", Fact::Number(counts.updated)),
                ("portal.unchanged", Fact::Number(counts.unchanged)),
                ("portal.failed", Fact::Number(counts.failed)),
            ];
            let failure = (counts.failed > 0).then_some("items failed");
            ("page", failure, facts)
        }
        RunEvent::Completed(completed) => {
            let failure = (completed.status == RunStatus::Failed).then_some("the run failed");
            ("run", failure, vec![])
        }
        _ => return Ok(None),
    };
    let Some(started) = at(log, &event.stream, 0).await? else { return Ok(None) };
    let of_run = TraceContext::of(&started);
    facts.push(("portal.run", Fact::from(event.stream.id())));
    if name == "run" {
        // The run's span carries the id of its start, which is what its pages and whatever it caused refer to.
        let parent = TraceContext::cause(&started).map(|cause| cause.span);
        let (begun, ended) = (started.recorded_at, event.recorded_at);
        return Ok(Some(Span { context: of_run, parent, name, begun, ended, failure, facts }));
    }
    let before = at(log, &event.stream, event.revision.saturating_sub(1)).await?;
    let begun = before.map_or(event.recorded_at, |before| before.recorded_at);
    let context = TraceContext { trace: of_run.trace, ..TraceContext::of(event) };
    let parent = Some(of_run.span);
    Ok(Some(Span { context, parent, name, begun, ended: event.recorded_at, failure, facts }))
}

async fn at(log: &dyn EventStore, stream: &StreamName, revision: u64) -> Result<Option<Recorded>, Cause> {
    Ok(log.read_stream(stream, revision, 1).await?.pop())
}

fn moment(name: &'static str, event: &Recorded) -> Span {
    Span {
        context: TraceContext::of(event),
        parent: TraceContext::cause(event).map(|cause| cause.span),
        name,
        begun: event.recorded_at,
        ended: event.recorded_at,
        failure: None,
        facts: vec![],
    }
}
