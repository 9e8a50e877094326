//! Writes routed items through the destination's one door, and turns answers into settled items.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use app_sdk::{Actions, AppError, Performed, Repeats, Session, WriteAnswer, WriteItem, WriteResult};
use domain::run::{Attempts, ItemNote, Outcome, SettledItem};
use domain::scenario::graph::WriteMode;
use domain::views::{LINKS, link_key};
use engine::ports::{Cause, StreamAppend};
use engine::retry::{Failure, Patience};

use super::careful::Careful;
use super::waits::Waits;
use crate::parts::Parts;

/// The only way from a run to a destination. In a dry run it is the other door, behind which nothing can be written.
pub enum Door {
    Live(Arc<dyn Actions>),
    Dry(Arc<dyn Actions>),
}

impl Door {
    /// The door behind which nothing can be written.
    pub fn dry(&self) -> Self {
        match self {
            Self::Live(actions) | Self::Dry(actions) => Self::Dry(actions.clone()),
        }
    }

    fn batch_max(&self) -> usize {
        match self {
            Self::Live(actions) | Self::Dry(actions) => actions.batch_max().max(1),
        }
    }

    async fn pass(&self, session: &Session, batch: &[WriteItem]) -> Result<Performed, AppError> {
        match self {
            Self::Live(actions) => actions.perform(session, batch).await,
            Self::Dry(actions) => {
                let answers = actions.foresee(session, batch).await?;
                Ok(Performed { answers, appends: vec![] })
            }
        }
    }
}

/// A destination, opened for this run.
pub struct Destination {
    pub door: Door,
    pub session: Session,
}

/// One item on its way to a target.
pub struct Outgoing {
    pub mode: WriteMode,
    pub revision: u64,
    pub warnings: Vec<ItemNote>,
    pub item: WriteItem,
}

/// What came of a page's items at one target.
#[derive(Default)]
pub struct Written {
    pub items: Vec<SettledItem>,
    /// Items whose reference is not there yet; settled as skipped for now.
    pub deferred: Vec<String>,
    pub appends: Vec<StreamAppend>,
    /// The destination stopped answering, and nobody can be asked what it had done: nothing more is sent.
    pub broken: Option<AppError>,
}

/// A destination that nobody can write to until somebody does something.
#[derive(Debug)]
pub enum WriteError {
    Destination(AppError),
    Store(Cause),
    /// Somebody asked the run to stop while it waited for another try.
    Stopped,
}

/// The step that writes.
#[derive(Clone, Copy)]
pub struct At<'a> {
    pub target: u8,
    pub node: &'a str,
    pub patience: Patience,
    pub waits: &'a Waits,
}

/// Writes the items of one target.
pub async fn write(
    parts: &Parts,
    to: &Destination,
    at: At<'_>,
    run: &str,
    outgoing: Vec<Outgoing>,
) -> Result<Written, WriteError> {
    let At { target, node, patience, waits } = at;
    let mut written = Written::default();
    let outgoing = by_mode(parts, to, target, node, outgoing, &mut written).await?;
    if let Door::Live(actions) = &to.door {
        let (session, repeats) = (&to.session, actions.repeats(&to.session));
        if repeats != Repeats::Harmless {
            let careful = Careful { parts, run, actions, session, repeats, target, node, patience, waits };
            careful.send(outgoing, &mut written).await?;
            return Ok(written);
        }
    }
    let mut rest = outgoing.into_iter().peekable();
    while rest.peek().is_some() {
        let batch: Vec<Outgoing> = rest.by_ref().take(to.door.batch_max()).collect();
        send(parts, to, at, batch, &mut written).await?;
    }
    Ok(written)
}

/// Leaves out what the node's mode forbids.
async fn by_mode(
    parts: &Parts,
    to: &Destination,
    target: u8,
    node: &str,
    outgoing: Vec<Outgoing>,
    written: &mut Written,
) -> Result<Vec<Outgoing>, WriteError> {
    if outgoing.iter().all(|out| out.mode == WriteMode::Upsert) {
        return Ok(outgoing);
    }
    let destination = to.session.connection.as_str();
    let keys: Vec<String> =
        outgoing.iter().map(|out| link_key(destination, &out.item.record.path())).collect();
    let links = parts.reads.get(&LINKS, &keys).await.map_err(|error| WriteError::Store(error.into()))?;
    let mut allowed = Vec::with_capacity(outgoing.len());
    for (out, link) in outgoing.into_iter().zip(links) {
        let refusal = match (out.mode, link.is_some()) {
            (WriteMode::CreateOnly, true) => Some("the node only creates, and the record exists"),
            (WriteMode::UpdateOnly, false) => Some("the node only updates, and the record does not exist"),
            _ => None,
        };
        match refusal {
            None => allowed.push(out),
            Some(message) => {
                let note = note(node, "NOT_ALLOWED_BY_MODE", message.to_owned(), None);
                written.items.push(settled(&out, target, Outcome::Skipped, None, vec![note], 1));
            }
        }
    }
    Ok(allowed)
}

/// Sends one batch, again and again while that may help. A batch that the destination calls invalid is halved, so that
/// one bad item never takes others with it.
async fn send(
    parts: &Parts,
    to: &Destination,
    at: At<'_>,
    batch: Vec<Outgoing>,
    written: &mut Written,
) -> Result<(), WriteError> {
    let At { target, node, .. } = at;
    let mut waiting = vec![batch];
    while let Some(mut batch) = waiting.pop() {
        let items: Vec<WriteItem> = batch.iter().map(|out| out.item.clone()).collect();
        match with_retries(parts, to, at, &items).await {
            Ok((performed, attempts)) => {
                written.appends.extend(performed.appends);
                for (out, answer) in batch.into_iter().zip(performed.answers) {
                    settle(&out, answer, target, node, attempts, written);
                }
            }
            Err(NotWritten::Failed(AppError::Invalid { .. }, _)) if batch.len() > 1 => {
                let second = batch.split_off(batch.len() / 2);
                waiting.push(second);
                waiting.push(batch);
            }
            Err(NotWritten::Failed(AppError::Invalid { code, message, remedy }, attempts)) => {
                for out in batch {
                    let note = note(node, &code, message.clone(), Some(remedy.clone()));
                    written.items.push(settled(&out, target, Outcome::Failed, None, vec![note], attempts));
                }
            }
            Err(NotWritten::Failed(error, _)) => return Err(WriteError::Destination(error)),
            Err(NotWritten::Stopped) => return Err(WriteError::Stopped),
        }
    }
    Ok(())
}

/// Why a batch was not written.
enum NotWritten {
    /// With the number of tries.
    Failed(AppError, u32),
    Stopped,
}

async fn with_retries(
    parts: &Parts,
    to: &Destination,
    At { patience, waits, .. }: At<'_>,
    items: &[WriteItem],
) -> Result<(Performed, u32), NotWritten> {
    let mut attempt = 1;
    loop {
        let error = match to.door.pass(&to.session, items).await {
            Ok(performed) => return Ok((performed, attempt)),
            Err(error) => error,
        };
        match pause(parts, patience, attempt, &error) {
            Some(pause) if waits.wait(pause).await => {}
            Some(_) => return Err(NotWritten::Stopped),
            None => return Err(NotWritten::Failed(error, attempt)),
        }
        attempt += 1;
    }
}

/// How long to wait before another attempt; `None` when there is to be none.
pub fn pause(parts: &Parts, patience: Patience, attempt: u32, error: &AppError) -> Option<Duration> {
    let failure = match error {
        AppError::Unauthorized { .. } | AppError::Invalid { .. } => Failure::Permanent,
        AppError::RateLimited { retry_after, .. } => Failure::RateLimited { retry_after: *retry_after },
        AppError::Transient { .. } | AppError::Unanswered { .. } => Failure::Transient,
    };
    let chance = parts.ids.random(1).first().map_or(1.0, |byte| f64::from(*byte) / 255.0);
    patience.wait_before_next(attempt, failure, chance)
}

pub fn settle(
    out: &Outgoing,
    answer: WriteAnswer,
    target: u8,
    node: &str,
    attempts: u32,
    written: &mut Written,
) {
    let mut notes = out.warnings.clone();
    notes.extend(answer.notes);
    let outcome = match answer.result {
        WriteResult::Settled(outcome) => outcome,
        WriteResult::Deferred => {
            written.deferred.push(out.item.record.id.clone());
            notes.push(note(
                node,
                "WAITING_FOR_REFERENCE",
                "a record that it refers to is not in the destination yet".to_owned(),
                Some("import the records it refers to; this one follows with the next run".to_owned()),
            ));
            Outcome::Skipped
        }
    };
    let settled = settled(out, target, outcome, answer.portal, notes, attempts);
    written.items.push(SettledItem { changed: answer.changed, ..settled });
}

pub fn settled(
    out: &Outgoing,
    target: u8,
    outcome: Outcome,
    portal: Option<String>,
    notes: Vec<ItemNote>,
    attempts: u32,
) -> SettledItem {
    SettledItem {
        record: out.item.record.id.clone(),
        outcome,
        portal,
        target,
        revision: Some(out.revision),
        notes,
        attempts: Attempts(attempts),
        changed: vec![],
    }
}

pub fn note(step: &str, code: &str, message: String, remedy: Option<String>) -> ItemNote {
    ItemNote { step: step.to_owned(), code: code.to_owned(), message, field: None, remedy, raw: None }
}

/// Destinations by their connection.
pub type Destinations = HashMap<String, Destination>;
