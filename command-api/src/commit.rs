//! Turning requests into events: one command, several at once on one stream, or something new.

use domain::decider::Decider;
use engine::execute::{CONFLICTS_MAX, Committed};
use engine::history::{Folded, catch_up};
use engine::ports::{AppendError, Expected, StreamAppend};
use engine::{Meta, NewEvent, Position, StreamName};

use crate::access::Caller;
use crate::context::Api;
use crate::extract::Once;
use crate::problem::Problem;

/// Events of a stream looked at to recognise a repeated request.
const FIRST_EVENTS: usize = 100;

impl Api {
    /// One command on one stream.
    pub async fn execute<D: Decider>(
        &self,
        id: &str,
        command: D::Command,
        caller: &Caller,
    ) -> Result<Committed, Problem> {
        Ok(self.context.executor.execute::<D>(id, command, caller.meta()).await?)
    }

    /// Several commands on one stream, all or none.
    pub async fn execute_all<D: Decider>(
        &self,
        id: &str,
        commands: Vec<D::Command>,
        meta: Meta,
    ) -> Result<Committed, Problem> {
        let executor = &self.context.executor;
        let stream = StreamName::new(D::CATEGORY, id);
        let mut folded = Folded::<D::State>::default();
        for _ in 0..CONFLICTS_MAX {
            catch_up::<D>(&*executor.store, &stream, &mut folded).await?;
            let events = self.decide::<D>(folded.state.clone(), commands.clone(), &meta)?;
            let (revision, changed) = (folded.revision, !events.is_empty());
            if !changed {
                return Ok(Committed { position: folded.position, revision, changed });
            }
            let last = folded.expected().next_revision() + events.len() as u64 - 1;
            let append = StreamAppend { stream: stream.clone(), expected: folded.expected(), events };
            match executor.append(vec![append]).await {
                Ok(appended) => {
                    return Ok(Committed { position: appended.position, revision: Some(last), changed });
                }
                Err(AppendError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Problem::busy(
            "CONTENDED",
            "too many others changed the same thing at the same time",
            "try again",
        ))
    }

    /// The first events of a new stream.
    pub fn begin<D: Decider>(
        &self,
        id: &str,
        commands: Vec<D::Command>,
        meta: &Meta,
    ) -> Result<StreamAppend, Problem> {
        let events = self.decide::<D>(D::State::default(), commands, meta)?;
        Ok(StreamAppend { stream: StreamName::new(D::CATEGORY, id), expected: Expected::NoStream, events })
    }

    /// Appends new streams; the last of them is what the request creates, the others what it needs. A repeated request
    /// changes nothing and gets the position of the first time.
    pub async fn create(&self, appends: Vec<StreamAppend>, once: &Once) -> Result<Position, Problem> {
        let created = appends.last().map(|append| append.stream.clone());
        match (self.context.executor.append(appends).await, created) {
            (Ok(appended), _) => Ok(appended.position),
            (Err(conflict @ AppendError::Conflict { .. }), Some(created)) => {
                let before = self.created_before(&created, once).await?;
                before.map_or_else(|| Err(conflict.into()), Ok)
            }
            (Err(error), _) => Err(error.into()),
        }
    }

    /// The position of what an earlier request with the same key created; a problem if that was another request.
    pub async fn created_before(
        &self,
        stream: &StreamName,
        once: &Once,
    ) -> Result<Option<Position>, Problem> {
        let Some(cause) = once.cause() else { return Ok(None) };
        let events = self.context.executor.store.read_stream(stream, 0, FIRST_EVENTS).await?;
        let Some(first) = events.first() else { return Ok(None) };
        if first.meta.causation.as_ref() != Some(&cause) {
            return Err(Problem::conflict(
                "IDEMPOTENCY_KEY_REUSED",
                "this Idempotency-Key was used for another request",
                "use a fresh key for each thing you create",
            ));
        }
        let same = events.iter().take_while(|event| event.meta.causation.as_ref() == Some(&cause));
        Ok(same.last().map(|event| event.position))
    }

    fn decide<D: Decider>(
        &self,
        mut state: D::State,
        commands: Vec<D::Command>,
        meta: &Meta,
    ) -> Result<Vec<NewEvent>, Problem> {
        let mut events = vec![];
        for command in commands {
            for event in D::decide(&state, command)? {
                D::evolve(&mut state, &event);
                events.push(NewEvent::of(&event, self.context.ids.event_id(), meta.clone()));
            }
        }
        Ok(events)
    }
}
