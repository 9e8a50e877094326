//! The effects' streams: what was said last about each record at a destination, and what is said next.

use app_sdk::{Fate, WriteAnswer, WriteResult, effects};
use domain::decider::Decider as _;
use domain::effect::{EffectCommand, EffectEvent, EffectIntended, Effects, Settlement, Standing, Told};
use domain::ids::{ConnectionId, RunId};
use domain::views::{RUNS, RunView};
use engine::ports::{AppendError, Expected, StreamAppend};
use engine::{Meta, NewEvent, StreamName, history};

use super::super::write::{Outgoing, WriteError};
use crate::parts::Parts;

pub struct Ledger<'a> {
    pub parts: &'a Parts,
    pub to: &'a ConnectionId,
    pub run: &'a str,
}

/// Where the next word on a record goes, and what was said last.
pub struct Line {
    stream: StreamName,
    expected: Expected,
    pub standing: Standing,
}

/// What is said of an item.
pub enum Mark<'a> {
    Intend(&'a Outgoing),
    /// The answer; none when nothing was written.
    Answered(&'a Outgoing, Option<&'a WriteAnswer>),
    /// What the destination said when it was asked about an effect.
    Asked(String, Fate),
    /// Nobody can tell what became of an effect, and why.
    Doubt(String, String),
}

impl Ledger<'_> {
    /// What was said last about each item's record here.
    pub async fn read(&self, batch: &[Outgoing]) -> Result<Vec<Line>, WriteError> {
        let stream = |out: &Outgoing| effects::stream(self.to.as_str(), &out.item.record.path());
        let streams: Vec<StreamName> = batch.iter().map(stream).collect();
        let last = self.parts.executor.store.read_last(&streams).await;
        let last = last.map_err(|error| WriteError::Store(error.into()))?;
        let mut lines = Vec::with_capacity(batch.len());
        for (stream, last) in streams.into_iter().zip(last) {
            let expected = last.as_ref().map_or(Expected::NoStream, |last| Expected::Exact(last.revision));
            let standing = last.map(|last| history::decode::<EffectEvent>(&last)).transpose();
            let standing = standing.map_err(|error| WriteError::Store(error.into()))?;
            lines.push(Line { stream, expected, standing });
        }
        Ok(lines)
    }

    /// Says it of all, or of none: then somebody else has said something meanwhile.
    pub async fn say(&self, marks: Vec<(&mut Line, Mark<'_>)>) -> Result<bool, WriteError> {
        let ids = &self.parts.executor.ids;
        let meta = Meta::by(format!("run:{}", self.run)).of(self.run.to_owned());
        let mut appends = Vec::with_capacity(marks.len());
        let mut moved = Vec::with_capacity(marks.len());
        for (line, mark) in marks {
            let decided = Effects::decide(&line.standing, self.command(mark));
            let decided = decided.map_err(|rejection| WriteError::Store(rejection.detail.into()))?;
            let events = decided.iter().map(|e| NewEvent::of(e, ids.event_id(), meta.clone())).collect();
            let (stream, expected) = (line.stream.clone(), line.expected);
            appends.push(StreamAppend { stream, expected, events });
            moved.push((line, decided));
        }
        if appends.is_empty() {
            return Ok(true);
        }
        match self.parts.executor.append(appends).await {
            Ok(_) => {
                for (line, decided) in moved {
                    line.expected = Expected::Exact(line.expected.next_revision());
                    line.standing = decided.into_iter().last();
                }
                Ok(true)
            }
            Err(AppendError::Conflict { .. }) => Ok(false),
            Err(error) => Err(WriteError::Store(error.into())),
        }
    }

    /// Says it of all. When somebody else has said something meanwhile, this run was given up for lost.
    pub async fn say_surely(&self, marks: Vec<(&mut Line, Mark<'_>)>) -> Result<(), WriteError> {
        if self.say(marks).await? {
            return Ok(());
        }
        Err(WriteError::Store("somebody else goes on with what this run was writing".into()))
    }

    /// Whether a run has ended, as far as is known here.
    pub async fn is_over(&self, run: &RunId) -> Result<bool, WriteError> {
        let found = self.parts.reads.get(&RUNS, &[run.to_string()]).await;
        let doc = found.map_err(|error| WriteError::Store(error.into()))?.pop().flatten();
        let view: Option<RunView> = doc
            .map(|doc| serde_json::from_slice(&doc))
            .transpose()
            .map_err(|error| WriteError::Store(error.into()))?;
        Ok(view.is_some_and(|view| view.phase.is_over()))
    }

    fn command(&self, mark: Mark<'_>) -> EffectCommand {
        let settle = |effect, told, outcome, portal| {
            EffectCommand::Settle(Settlement { effect, told, outcome, portal })
        };
        match mark {
            Mark::Intend(out) => EffectCommand::Intend(EffectIntended {
                effect: out.item.effect.clone(),
                to: self.to.clone(),
                record: out.item.record.clone(),
                revision: out.item.revision,
                run: RunId::new(self.run.strip_prefix("rn_").unwrap_or(self.run)),
                held: None,
            }),
            Mark::Answered(out, None) => settle(out.item.effect.clone(), Told::Answered, None, None),
            Mark::Answered(out, Some(answer)) => {
                let outcome = match answer.result {
                    WriteResult::Settled(outcome) => Some(outcome),
                    WriteResult::Deferred => None,
                };
                settle(out.item.effect.clone(), Told::Answered, outcome, answer.portal.clone())
            }
            Mark::Asked(effect, Fate::NotApplied) => settle(effect, Told::Asked, None, None),
            Mark::Asked(effect, Fate::Applied { outcome, portal }) => {
                settle(effect, Told::Asked, Some(outcome), portal)
            }
            Mark::Doubt(effect, why) => EffectCommand::Doubt { effect, why },
        }
    }
}
