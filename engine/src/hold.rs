//! A stream held open: its folded state stays in memory between commands, so a long run does not read its own history
//! again with every page. Others may append meanwhile; the hold catches up and decides anew.

use domain::decider::Decider;

use crate::envelope::{Meta, NewEvent, Position, StreamName};
use crate::execute::{CONFLICTS_MAX, ExecuteError, Executor};
use crate::history::{Folded, catch_up};
use crate::ports::{AppendError, StreamAppend};

pub struct Hold<D: Decider> {
    executor: Executor,
    stream: StreamName,
    folded: Folded<D::State>,
    meta: Meta,
    /// Counts what nobody but its holder appends.
    steps: Option<fn(&D::State) -> u64>,
}

impl<D: Decider> Hold<D> {
    /// Folds the stream and keeps it.
    pub async fn open(executor: Executor, id: &str, meta: Meta) -> Result<Self, ExecuteError> {
        let stream = StreamName::new(D::CATEGORY, id);
        let mut hold = Self { executor, stream, folded: Folded::default(), meta, steps: None };
        hold.refresh().await?;
        Ok(hold)
    }

    /// Holds the stream for somebody who alone takes these steps. When another took one, this holder is a process that
    /// was given up for lost: it gets [`ExecuteError::Overtaken`] and has appended nothing since.
    #[must_use]
    pub fn alone(mut self, steps: fn(&D::State) -> u64) -> Self {
        self.steps = Some(steps);
        self
    }

    pub fn state(&self) -> &D::State {
        &self.folded.state
    }

    /// Where the held stream stands in the whole log.
    pub fn position(&self) -> Position {
        self.folded.position
    }

    /// Takes in what others appended.
    pub async fn refresh(&mut self) -> Result<(), ExecuteError> {
        let before = self.steps.map(|steps| steps(&self.folded.state));
        catch_up::<D>(&*self.executor.store, &self.stream, &mut self.folded).await?;
        if before != self.steps.map(|steps| steps(&self.folded.state)) {
            return Err(ExecuteError::Overtaken { stream: self.stream.to_string() });
        }
        Ok(())
    }

    /// Decides and appends, together with `others` (first) in the same append. A conflict on one of the others is
    /// returned, because only the caller knows what it means; a conflict on the held stream is decided anew.
    pub async fn command(
        &mut self,
        command: D::Command,
        others: Vec<StreamAppend>,
    ) -> Result<Position, ExecuteError> {
        for _ in 0..CONFLICTS_MAX {
            let decided = D::decide(&self.folded.state, command.clone()).map_err(ExecuteError::Rejected)?;
            let mut appends = others.clone();
            if !decided.is_empty() {
                let ids = &self.executor.ids;
                let events =
                    decided.iter().map(|e| NewEvent::of(e, ids.event_id(), self.meta.clone())).collect();
                let stream = self.stream.clone();
                appends.push(StreamAppend { stream, expected: self.folded.expected(), events });
            }
            if appends.is_empty() {
                return Ok(self.folded.position);
            }
            match self.executor.append(appends).await {
                Ok(appended) => {
                    self.take_in(&decided, appended.position);
                    return Ok(appended.position);
                }
                Err(AppendError::Conflict { stream, .. }) if stream == self.stream => self.refresh().await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(ExecuteError::Contended { stream: self.stream.to_string() })
    }

    /// What a command appends, for somebody who appends it together with other things. Refresh afterwards.
    pub fn beside(&self, command: D::Command) -> Result<StreamAppend, ExecuteError> {
        let decided = D::decide(&self.folded.state, command).map_err(ExecuteError::Rejected)?;
        let ids = &self.executor.ids;
        let events = decided.iter().map(|e| NewEvent::of(e, ids.event_id(), self.meta.clone())).collect();
        Ok(StreamAppend { stream: self.stream.clone(), expected: self.folded.expected(), events })
    }

    fn take_in(&mut self, decided: &[D::Event], position: Position) {
        for event in decided {
            self.folded.revision = Some(self.folded.expected().next_revision());
            D::evolve(&mut self.folded.state, event);
        }
        self.folded.position = position;
    }
}
