//! Writes to destinations that write again what they are sent again. What is about to be sent is in the log before it
//! is sent, what came of it right after. An open intent is never repeated: the destination is asked what became of it,
//! and where nobody can answer, the item waits for a person.

mod ledger;
mod notes;

use std::sync::Arc;
use std::time::Duration;

use app_sdk::{Actions, AppError, Fate, Performed, Repeats, Session, WriteAnswer, WriteItem, WriteResult};
use domain::effect::{Decision, EffectEvent};
use domain::run::{ItemNote, Outcome};
use engine::retry::Patience;

use self::ledger::{Ledger, Line, Mark};
use super::waits::Waits;
use super::write::{Outgoing, WriteError, Written, note, pause, settle, settled};
use crate::parts::Parts;

/// Items of one batch, where nobody can be asked: no more than these are in doubt after one lost answer.
const UNANSWERABLE_MAX: usize = 20;
/// Times a batch is looked up again because others wrote the same records meanwhile.
const CONFLICTS_MAX: u32 = 8;

/// The way of a page's items to one target.
pub struct Careful<'a> {
    pub parts: &'a Parts,
    pub run: &'a str,
    pub actions: &'a Arc<dyn Actions>,
    pub session: &'a Session,
    pub repeats: Repeats,
    pub target: u8,
    pub node: &'a str,
    pub patience: Patience,
    pub waits: &'a Waits,
}

/// An item, and what was said of it.
struct Open {
    out: Outgoing,
    line: Line,
}

/// What is to happen with an item.
enum Judged {
    Free,
    Ended(Outcome, Option<String>, Vec<ItemNote>),
    /// An earlier write was about to be sent, and whoever did so is gone.
    Lost(String),
}

impl Careful<'_> {
    /// Writes the items, in small batches where nobody can be asked.
    pub async fn send(&self, mut outgoing: Vec<Outgoing>, written: &mut Written) -> Result<(), WriteError> {
        let most = if self.repeats == Repeats::Unknown { UNANSWERABLE_MAX } else { usize::MAX };
        while !outgoing.is_empty() {
            let rest = outgoing.split_off(outgoing.len().min(most));
            let batch = std::mem::replace(&mut outgoing, rest);
            if let Some(problem) = written.broken.clone() {
                self.leave(batch, &problem, written);
                continue;
            }
            let open = self.intend(batch, written).await?;
            self.act(open, written).await?;
        }
        Ok(())
    }

    /// Says what is about to be sent. Items whose earlier write is in doubt or decided come to their end here.
    async fn intend(&self, mut batch: Vec<Outgoing>, written: &mut Written) -> Result<Vec<Open>, WriteError> {
        let ledger = self.ledger();
        for _ in 0..CONFLICTS_MAX {
            let mut free = vec![];
            let mut lost = vec![];
            let lines = ledger.read(&batch).await?;
            for (out, line) in batch.into_iter().zip(lines) {
                match self.judge(&out, line.standing.as_ref()).await? {
                    Judged::Free => free.push(Open { out, line }),
                    Judged::Ended(outcome, portal, notes) => self.end(&out, outcome, portal, notes, written),
                    Judged::Lost(effect) => lost.push((Open { out, line }, effect)),
                }
            }
            if lost.is_empty() {
                let marks = free.iter_mut().map(|open| (&mut open.line, Mark::Intend(&open.out))).collect();
                if ledger.say(marks).await? {
                    return Ok(free);
                }
            } else {
                self.resolve(&mut lost).await?;
            }
            batch =
                free.into_iter().chain(lost.into_iter().map(|(open, _)| open)).map(|open| open.out).collect();
        }
        Err(WriteError::Store("others keep writing the same records; trying again later".into()))
    }

    /// What the last word on a record means for what is to be written now.
    async fn judge(&self, out: &Outgoing, standing: Option<&EffectEvent>) -> Result<Judged, WriteError> {
        match standing {
            Some(EffectEvent::InDoubt(doubt)) => {
                return Ok(Judged::Ended(Outcome::Failed, None, vec![self.in_doubt(out, doubt)]));
            }
            Some(EffectEvent::Intended(open)) => {
                let nobody_else = open.run.as_str() == self.run || self.ledger().is_over(&open.run).await?;
                return Ok(if nobody_else {
                    Judged::Lost(open.effect.clone())
                } else {
                    Judged::Ended(Outcome::Failed, None, vec![self.under_way(open)])
                });
            }
            Some(EffectEvent::Decided(decided))
                if decided.decision == Decision::GiveUp && decided.effect == out.item.effect =>
            {
                return Ok(Judged::Ended(Outcome::Skipped, None, vec![self.given_up()]));
            }
            None | Some(EffectEvent::Settled(_) | EffectEvent::Decided(_)) => {}
        }
        let Some((standing, held)) = standing.and_then(|standing| Some((standing, standing.held()?))) else {
            return Ok(Judged::Free);
        };
        Ok(if held.effect == out.item.effect {
            // It is the last thing that was written, so the destination has it.
            let (outcome, notes) = match standing {
                EffectEvent::Settled(settled)
                    if settled.run.as_str() == self.run && settled.effect == held.effect =>
                {
                    (settled.outcome.unwrap_or(Outcome::Unchanged), vec![])
                }
                EffectEvent::Decided(decided) if decided.effect == held.effect => {
                    (Outcome::Unchanged, vec![self.arrived()])
                }
                _ => (Outcome::Unchanged, vec![]),
            };
            Judged::Ended(outcome, held.portal.clone(), notes)
        } else if held.revision > out.item.revision {
            Judged::Ended(Outcome::Skipped, None, vec![self.superseded(out, held)])
        } else {
            Judged::Free
        })
    }

    /// Open intents that nobody will close any more: the destination says what became of them, or nobody can. Looked up
    /// again afterwards, whether this or somebody else was quicker.
    async fn resolve(&self, lost: &mut [(Open, String)]) -> Result<(), WriteError> {
        metrics::counter!("portal_effects_lost_total").increment(lost.len() as u64);
        let mut marks = Vec::with_capacity(lost.len());
        if self.repeats == Repeats::Asked {
            let effects: Vec<String> = lost.iter().map(|(_, effect)| effect.clone()).collect();
            let fates = self.ask(&effects).await?;
            for ((open, effect), fate) in lost.iter_mut().zip(fates) {
                marks.push((&mut open.line, Mark::Asked(effect.clone(), fate)));
            }
        } else {
            for (open, effect) in lost {
                let why = "it was cut off before the destination had answered".to_owned();
                marks.push((&mut open.line, Mark::Doubt(effect.clone(), why)));
            }
        }
        self.ledger().say(marks).await?;
        Ok(())
    }

    /// Sends what is open, until each item has come to an end.
    async fn act(&self, open: Vec<Open>, written: &mut Written) -> Result<(), WriteError> {
        let mut waiting = vec![open];
        let mut attempt = 1;
        while let Some(mut batch) = waiting.pop() {
            if batch.is_empty() {
                continue;
            }
            let items: Vec<WriteItem> = batch.iter().map(|open| open.out.item.clone()).collect();
            let error = match self.actions.perform(self.session, &items).await {
                Ok(performed) => {
                    self.answered(batch, performed, attempt, written).await?;
                    continue;
                }
                Err(error) => error,
            };
            match &error {
                AppError::Invalid { .. } if batch.len() > 1 => {
                    let second = batch.split_off(batch.len() / 2);
                    waiting.extend([second, batch]);
                    continue;
                }
                AppError::Invalid { .. } => {
                    self.refused(batch, &error, written).await?;
                    continue;
                }
                AppError::Unanswered { .. } if self.repeats == Repeats::Unknown => {
                    self.doubt(batch, &error, written).await?;
                    let mut rest: Vec<Open> = waiting.drain(..).flatten().collect();
                    self.close(&mut rest).await?;
                    self.leave(rest.into_iter().map(|open| open.out).collect(), &error, written);
                    written.broken = Some(error);
                    return Ok(());
                }
                AppError::Unanswered { .. } => batch = self.asked(batch, attempt, written).await?,
                AppError::Unauthorized { .. } | AppError::RateLimited { .. } | AppError::Transient { .. } => {
                }
            }
            waiting.push(batch);
            let Some(pause) = pause(self.parts, self.patience, attempt, &error) else {
                self.close_all(&mut waiting).await?;
                return Err(WriteError::Destination(error));
            };
            waiting = self.rest(waiting, pause, written).await?;
            attempt += 1;
        }
        Ok(())
    }

    /// Waits for another try. Who is killed meanwhile leaves nothing open that nobody could answer for.
    async fn rest(
        &self,
        mut waiting: Vec<Vec<Open>>,
        pause: Duration,
        written: &mut Written,
    ) -> Result<Vec<Vec<Open>>, WriteError> {
        let stay_open = self.repeats != Repeats::Unknown;
        if !stay_open {
            self.close_all(&mut waiting).await?;
        }
        if !self.waits.wait(pause).await {
            if stay_open {
                self.close_all(&mut waiting).await?;
            }
            return Err(WriteError::Stopped);
        }
        if stay_open {
            return Ok(waiting);
        }
        let mut again = Vec::with_capacity(waiting.len());
        for batch in waiting {
            again.push(self.intend(batch.into_iter().map(|open| open.out).collect(), written).await?);
        }
        Ok(again)
    }

    async fn close_all(&self, waiting: &mut [Vec<Open>]) -> Result<(), WriteError> {
        for batch in waiting {
            self.close(batch).await?;
        }
        Ok(())
    }

    /// The answer is in the log before anything is made of it.
    async fn answered(
        &self,
        mut batch: Vec<Open>,
        performed: Performed,
        attempts: u32,
        written: &mut Written,
    ) -> Result<(), WriteError> {
        let answers = batch.iter_mut().zip(&performed.answers);
        let marks = answers.map(|(open, answer)| (&mut open.line, Mark::Answered(&open.out, Some(answer))));
        self.ledger().say_surely(marks.collect()).await?;
        written.appends.extend(performed.appends);
        for (Open { out, .. }, answer) in batch.into_iter().zip(performed.answers) {
            settle(&out, answer, self.target, self.node, attempts, written);
        }
        Ok(())
    }

    /// Nothing of it was written.
    async fn close(&self, batch: &mut [Open]) -> Result<(), WriteError> {
        let marks = batch.iter_mut().map(|open| (&mut open.line, Mark::Answered(&open.out, None)));
        self.ledger().say_surely(marks.collect()).await
    }

    async fn refused(
        &self,
        mut batch: Vec<Open>,
        error: &AppError,
        written: &mut Written,
    ) -> Result<(), WriteError> {
        self.close(&mut batch).await?;
        for Open { out, .. } in &batch {
            let remedy = Some(error.remedy().to_owned());
            let note = note(self.node, error.code(), error.to_string(), remedy);
            self.end(out, Outcome::Failed, None, vec![note], written);
        }
        Ok(())
    }

    /// An answer was lost, and the destination can be asked. Gives what it has not applied.
    async fn asked(
        &self,
        batch: Vec<Open>,
        attempts: u32,
        written: &mut Written,
    ) -> Result<Vec<Open>, WriteError> {
        let effects: Vec<String> = batch.iter().map(|open| open.out.item.effect.clone()).collect();
        let fates = self.ask(&effects).await?;
        let (mut rest, mut applied) = (vec![], vec![]);
        for (open, fate) in batch.into_iter().zip(fates) {
            match &fate {
                Fate::NotApplied => rest.push(open),
                Fate::Applied { .. } => applied.push((open, fate)),
            }
        }
        let marks = applied.iter_mut().map(|(open, fate)| {
            let effect = open.out.item.effect.clone();
            (&mut open.line, Mark::Asked(effect, fate.clone()))
        });
        self.ledger().say_surely(marks.collect()).await?;
        for (Open { out, .. }, fate) in applied {
            let Fate::Applied { outcome, portal } = fate else { continue };
            let result = WriteResult::Settled(outcome);
            let answer = WriteAnswer { result, portal, notes: vec![], changed: vec![] };
            settle(&out, answer, self.target, self.node, attempts, written);
        }
        Ok(rest)
    }

    /// An answer was lost, and nobody can be asked but a person.
    async fn doubt(
        &self,
        mut batch: Vec<Open>,
        error: &AppError,
        written: &mut Written,
    ) -> Result<(), WriteError> {
        metrics::counter!("portal_effects_lost_total").increment(batch.len() as u64);
        let marks = batch.iter_mut().map(|open| {
            let effect = open.out.item.effect.clone();
            (&mut open.line, Mark::Doubt(effect, error.to_string()))
        });
        self.ledger().say_surely(marks.collect()).await?;
        for Open { out, line } in &batch {
            let Some(EffectEvent::InDoubt(doubt)) = &line.standing else { continue };
            self.end(out, Outcome::Failed, None, vec![self.in_doubt(out, doubt)], written);
        }
        Ok(())
    }

    /// What the destination says became of effects; asked again while that may help.
    async fn ask(&self, effects: &[String]) -> Result<Vec<Fate>, WriteError> {
        let mut attempt = 1;
        loop {
            let error = match self.actions.became_of(self.session, effects).await {
                Ok(fates) => return Ok(fates),
                Err(error) => error,
            };
            let Some(pause) = pause(self.parts, self.patience, attempt, &error) else {
                return Err(WriteError::Destination(error));
            };
            if !self.waits.wait(pause).await {
                return Err(WriteError::Stopped);
            }
            attempt += 1;
        }
    }

    fn ledger(&self) -> Ledger<'_> {
        Ledger { parts: self.parts, to: &self.session.connection, run: self.run }
    }

    fn end(
        &self,
        out: &Outgoing,
        outcome: Outcome,
        portal: Option<String>,
        notes: Vec<ItemNote>,
        written: &mut Written,
    ) {
        let notes = out.warnings.iter().cloned().chain(notes).collect();
        written.items.push(settled(out, self.target, outcome, portal, notes, 1));
    }
}
