//! Makes any `Decider` an aggregate of cqrs-es, and our event store its event store. The framework does
//! load–handle–commit and nothing else: no queries, no snapshots, no replay (ADR 0003).

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, AggregateContext, AggregateError, DomainEvent, EventEnvelope};
use domain::decider::Decider;
use domain::event::Event;
use domain::problem::Rejection;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use tokio::sync::Mutex;

use crate::envelope::{Meta, NewEvent, Position, StreamName};
use crate::history::{Folded, HistoryError, catch_up};
use crate::ports::{AppendError, EventStore, Ids, StreamAppend};

/// A decider's state, as the framework's aggregate.
pub struct Bridged<D: Decider>(D::State, PhantomData<D>);

impl<D: Decider> Default for Bridged<D> {
    fn default() -> Self {
        Self(D::State::default(), PhantomData)
    }
}

/// The framework asks for these for its snapshots, which we do not use.
impl<D: Decider> Serialize for Bridged<D> {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("aggregates are folded from events, never stored"))
    }
}

impl<'de, D: Decider> Deserialize<'de> for Bridged<D> {
    fn deserialize<T: Deserializer<'de>>(_: T) -> Result<Self, T::Error> {
        Err(de::Error::custom("aggregates are folded from events, never stored"))
    }
}

/// A domain event, as the framework's event: its type and its JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct BridgedEvent<E: Event>(E);

impl<E: Event> Serialize for BridgedEvent<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.0.event_type(), String::from_utf8_lossy(&self.0.to_json())).serialize(serializer)
    }
}

impl<'de, E: Event> Deserialize<'de> for BridgedEvent<E> {
    fn deserialize<T: Deserializer<'de>>(deserializer: T) -> Result<Self, T::Error> {
        let (event_type, json) = <(String, String)>::deserialize(deserializer)?;
        E::from_json(&event_type, json.as_bytes()).map(Self).map_err(de::Error::custom)
    }
}

impl<E: Event> DomainEvent for BridgedEvent<E> {
    fn event_type(&self) -> String {
        self.0.event_type().to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

impl<D: Decider> Aggregate for Bridged<D> {
    const TYPE: &'static str = D::CATEGORY;
    type Command = D::Command;
    type Event = BridgedEvent<D::Event>;
    type Error = Rejection;
    type Services = ();

    async fn handle(
        &mut self,
        command: D::Command,
        _no_services: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Rejection> {
        for event in D::decide(&self.0, command)? {
            sink.write(BridgedEvent(event), self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Self::Event) {
        D::evolve(&mut self.0, &event.0);
    }
}

/// Our log, as the framework's event store, for one command. What the framework does not hand back (position, the
/// kind of failure) is left in `outcome`.
pub struct LogForCommand {
    pub store: Arc<dyn EventStore>,
    pub ids: Arc<dyn Ids>,
    pub meta: Meta,
    pub outcome: Arc<Mutex<Outcome>>,
}

#[derive(Default)]
pub struct Outcome {
    /// Where the stream stands after the command.
    pub position: Position,
    pub revision: Option<u64>,
    pub changed: bool,
    pub failure: Option<Failure>,
}

pub enum Failure {
    History(HistoryError),
    Append(AppendError),
}

pub struct Loaded<D: Decider> {
    aggregate: Bridged<D>,
    stream: StreamName,
    at: Folded<()>,
}

impl<D: Decider> AggregateContext<Bridged<D>> for Loaded<D> {
    fn aggregate(&mut self) -> &mut Bridged<D> {
        &mut self.aggregate
    }
}

type Failed = AggregateError<Rejection>;

impl LogForCommand {
    async fn fail(&self, failure: Failure) -> Failed {
        self.outcome.lock().await.failure = Some(failure);
        AggregateError::UnexpectedError("the log failed; the cause is kept aside".into())
    }
}

impl<D: Decider> cqrs_es::EventStore<Bridged<D>> for LogForCommand {
    type AC = Loaded<D>;

    async fn load_events(&self, _: &str) -> Result<Vec<EventEnvelope<Bridged<D>>>, Failed> {
        Err(AggregateError::UnexpectedError("the command side does not replay".into()))
    }

    async fn load_aggregate(&self, id: &str) -> Result<Loaded<D>, Failed> {
        let stream = StreamName::new(D::CATEGORY, id);
        let mut folded = Folded::<D::State>::default();
        if let Err(error) = catch_up::<D>(&*self.store, &stream, &mut folded).await {
            return Err(self.fail(Failure::History(error)).await);
        }
        let at = Folded { state: (), revision: folded.revision, position: folded.position };
        Ok(Loaded { aggregate: Bridged(folded.state, PhantomData), stream, at })
    }

    async fn commit(
        &self,
        events: Vec<BridgedEvent<D::Event>>,
        context: Loaded<D>,
        _: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<Bridged<D>>>, Failed> {
        let (at, count) = (context.at, events.len() as u64);
        let mut done = Outcome { position: at.position, revision: at.revision, ..Outcome::default() };
        if count > 0 {
            let events = events
                .iter()
                .map(|event| NewEvent::of(&event.0, self.ids.event_id(), self.meta.clone()))
                .collect();
            let append = StreamAppend { stream: context.stream, expected: at.expected(), events };
            match self.store.append(vec![append]).await {
                Ok(appended) => done.position = appended.position,
                Err(error) => return Err(self.fail(Failure::Append(error)).await),
            }
            done.revision = Some(at.expected().next_revision() + count - 1);
            done.changed = true;
        }
        *self.outcome.lock().await = done;
        Ok(vec![])
    }
}
