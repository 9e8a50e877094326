//! Executes an undo: page by page through what another run settled, each item is put back to what it was before. The
//! destination knows how; what came of it is appended together with what it did.

use std::collections::HashMap;
use std::sync::Arc;

use app_sdk::{Actions, AppError, Session, UndoAnswer, UndoItem, WriteResult};
use domain::ids::RunId;
use domain::record::RecordKey;
use domain::run::{
    Attempts, Counts, FetchFinished, ItemNote, ItemsSettled, Outcome, PageFacts, Problem, RunCommand,
    RunEvent, RunMode, RunPhase, RunStarted, Runs, SettledItem, Target, needs_approval,
};
use engine::execute::ExecuteError;
use engine::hold::Hold;
use engine::ports::{AppendError, Cause, StreamAppend};
use engine::{Position, StreamName, history};
use serde_json::{Value, json};

use super::fetch::{not_usable, problem};
use super::rests;
use crate::parts::Parts;

/// The node under which an undo counts.
const NODE: &str = "undo";
/// Events of the run that are looked at in one step.
const STEP_EVENTS: usize = 20;
/// Times a page is looked at again because others wrote the same records meanwhile.
const CONFLICTS_MAX: u32 = 8;
/// Targets of one page: their number is a byte.
const TARGETS_MAX: usize = 255;

pub async fn undo(
    parts: &Parts,
    run: &str,
    mut hold: Hold<Runs>,
    started: &RunStarted,
    of: &RunId,
) -> Result<(), Cause> {
    let dry = started.mode == RunMode::DryRun;
    let mut undoing = Undoing { parts, run, of, settled_to: hold.position(), open: HashMap::new() };
    let finished = hold.state().fetches.get(NODE).is_some_and(|progress| progress.finished.is_some());
    if !finished {
        let waits = !dry && !hold.state().approved && hold.state().chunks == 0;
        if waits && hold.state().phase == RunPhase::Running {
            let counts = undoing.weigh().await?;
            if needs_approval(&counts) {
                hold.command(RunCommand::RequestApproval(counts), vec![]).await?;
                return Ok(());
            }
        }
        let problem = loop {
            hold.refresh().await?;
            if rests(hold.state().phase) {
                return Ok(());
            }
            if hold.state().phase != RunPhase::Running {
                break None;
            }
            let cursor = hold.state().fetches.get(NODE).and_then(|progress| progress.cursor.clone());
            undoing.settled_to = hold.position();
            match undoing.page(&mut hold, cursor, dry).await? {
                Step::Settled => {}
                Step::End => break None,
                Step::Broken(problem) => break Some(problem),
            }
        };
        let complete = problem.is_none();
        let finished = FetchFinished { node: NODE.to_owned(), complete, total: None, hidden: 0, problem };
        hold.command(RunCommand::FinishFetch(finished), vec![]).await?;
    }
    hold.command(RunCommand::Complete, vec![]).await?;
    Ok(())
}

enum Step {
    Settled,
    End,
    /// Nobody can go on.
    Broken(Problem),
}

/// A destination, or why nobody can write to it.
type Opened = Result<(Arc<dyn Actions>, Session), Problem>;

struct Undoing<'a> {
    parts: &'a Parts,
    run: &'a str,
    of: &'a RunId,
    /// How far in the log the undo has settled what it wrote.
    settled_to: Position,
    /// Destinations by connection, as far as they were needed.
    open: HashMap<String, Opened>,
}

impl Undoing<'_> {
    async fn weigh(&mut self) -> Result<Counts, Cause> {
        let mut counts = Counts::default();
        let mut cursor = None;
        while let Some((revision, settled)) = self.next(cursor.as_ref()).await? {
            cursor = Some(json!({ "after": revision }));
            match self.undone(&settled, true).await? {
                Ok((chunk, _)) => counts.add(&chunk.counts),
                // It will be met again, and told, when the run writes.
                Err(_) => return Ok(counts),
            }
        }
        Ok(counts)
    }

    async fn page(&mut self, hold: &mut Hold<Runs>, cursor: Option<Value>, dry: bool) -> Result<Step, Cause> {
        let Some((revision, settled)) = self.next(cursor.as_ref()).await? else { return Ok(Step::End) };
        for _ in 0..CONFLICTS_MAX {
            let (mut chunk, appends) = match self.undone(&settled, dry).await? {
                Ok(undone) => undone,
                Err(problem) => return Ok(Step::Broken(problem)),
            };
            let next = Some(json!({ "after": revision }));
            chunk.page = Some(PageFacts { pages: 1, cursor: next, total: None, hidden: 0 });
            let command = RunCommand::Settle { chunk: Box::new(chunk), after: cursor.clone() };
            match hold.command(command, appends).await {
                Ok(_) => return Ok(Step::Settled),
                Err(ExecuteError::Append(AppendError::Conflict { .. })) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err("others keep writing the same Portal records; trying again later".into())
    }

    /// The next page of the run that wrote something.
    async fn next(&self, cursor: Option<&Value>) -> Result<Option<(u64, ItemsSettled)>, Cause> {
        let stream = StreamName::new("run", self.of);
        let mut from = cursor.and_then(|cursor| cursor["after"].as_u64()).map_or(0, |revision| revision + 1);
        loop {
            let events = self.parts.executor.store.read_stream(&stream, from, STEP_EVENTS).await?;
            let Some(last) = events.last() else { return Ok(None) };
            from = last.revision + 1;
            for event in events.iter().filter(|event| &*event.event_type == "run.items-settled") {
                if let RunEvent::ItemsSettled(mut settled) = history::decode(event)? {
                    settled.items.retain(wrote);
                    if !settled.dry && !settled.items.is_empty() {
                        return Ok(Some((event.revision, settled)));
                    }
                }
            }
        }
    }

    /// What becomes of a page; the inner error when nobody can go on.
    async fn undone(
        &mut self,
        settled: &ItemsSettled,
        dry: bool,
    ) -> Result<Result<(ItemsSettled, Vec<StreamAppend>), Problem>, Cause> {
        let mut chunk = ItemsSettled {
            node: NODE.to_owned(),
            page: None,
            dry,
            source: settled.source.clone(),
            resource: settled.resource.clone(),
            targets: settled.targets.clone(),
            again: 0,
            counts: Counts { read: settled.items.len() as u64, ..Counts::default() },
            items: vec![],
            unchanged: vec![],
        };
        let mut appends = vec![];
        for (number, target) in settled.targets.iter().enumerate() {
            let items: Vec<&SettledItem> =
                settled.items.iter().filter(|item| usize::from(item.target) == number).collect();
            if items.is_empty() {
                continue;
            }
            let (actions, session) = match self.destination(target).await? {
                Ok(open) => open,
                Err(problem) => return Ok(Err(problem)),
            };
            for items in items.chunks(actions.batch_max().max(1)) {
                let batch: Vec<UndoItem> = items.iter().map(|item| self.item(settled, item)).collect();
                let done = if dry {
                    actions.foresee_undo(&session, &batch).await
                } else {
                    actions.undo(&session, &batch).await
                };
                match done {
                    Ok(done) => {
                        appends.extend(done.appends);
                        for (item, answer) in items.iter().zip(done.answers) {
                            settle(&mut chunk, target, number, item, answer);
                        }
                    }
                    Err(AppError::Invalid { code, message, remedy }) => {
                        let refused = items.iter().map(|item| refused(item, &code, &message, &remedy));
                        chunk.items.extend(refused);
                    }
                    Err(error) => return Ok(Err(problem(&error))),
                }
            }
        }
        for item in &chunk.items {
            chunk.counts.count(item.outcome);
        }
        Ok(Ok((chunk, appends)))
    }

    fn item(&self, settled: &ItemsSettled, item: &SettledItem) -> UndoItem {
        UndoItem {
            record: RecordKey {
                connection: settled.source.clone(),
                resource: settled.resource.clone(),
                id: item.record.clone(),
            },
            portal: item.portal.clone().unwrap_or_default(),
            of: self.of.to_string(),
            run: self.run.to_owned(),
            settled_to: self.settled_to,
        }
    }

    async fn destination(&mut self, target: &Target) -> Result<Opened, Cause> {
        if let Some(known) = self.open.get(target.to.as_str()) {
            return Ok(known.clone());
        }
        let opened = match self.parts.open(&target.to).await {
            Err(refused) => Err(not_usable(refused)?),
            Ok((view, session)) => {
                let actions = self.parts.apps.get(&view.app).and_then(|app| app.actions.clone());
                actions.map(|actions| (actions, session)).ok_or_else(|| Problem {
                    code: "NOT_A_DESTINATION".to_owned(),
                    message: format!("nothing can be written to {}", view.name),
                    remedy: "look whether the connection was changed".to_owned(),
                })
            }
        };
        self.open.insert(target.to.to_string(), opened.clone());
        Ok(opened)
    }
}

fn wrote(item: &SettledItem) -> bool {
    let changed = matches!(item.outcome, Outcome::Created | Outcome::Updated | Outcome::Removed);
    changed && item.portal.is_some()
}

/// Takes an answer in. What stands at the destination now may be of another mapping than what the run wrote.
fn settle(chunk: &mut ItemsSettled, target: &Target, number: usize, item: &SettledItem, answer: UndoAnswer) {
    let UndoAnswer { answer, stands } = answer;
    let outcome = match answer.result {
        WriteResult::Settled(outcome) => outcome,
        WriteResult::Deferred => Outcome::Skipped,
    };
    let mut place = number;
    if let Some(stands) = &stands {
        let wanted = Target { mapping: stands.mapping.clone(), ..target.clone() };
        place = chunk.targets.iter().position(|known| *known == wanted).unwrap_or(chunk.targets.len());
        if place == chunk.targets.len() && place < TARGETS_MAX {
            chunk.targets.push(wanted);
        }
    }
    chunk.items.push(SettledItem {
        record: item.record.clone(),
        outcome,
        portal: answer.portal,
        target: u8::try_from(place).unwrap_or_default(),
        revision: stands.and_then(|stands| stands.revision),
        notes: answer.notes,
        attempts: Attempts::default(),
        changed: answer.changed,
    });
}

fn refused(item: &SettledItem, code: &str, message: &str, remedy: &str) -> SettledItem {
    let note = ItemNote {
        step: NODE.to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
        field: None,
        remedy: Some(remedy.to_owned()),
        raw: None,
    };
    SettledItem {
        record: item.record.clone(),
        outcome: Outcome::Failed,
        portal: item.portal.clone(),
        target: item.target,
        revision: None,
        notes: vec![note],
        attempts: Attempts::default(),
        changed: vec![],
    }
}
