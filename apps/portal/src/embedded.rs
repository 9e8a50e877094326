//! The Portal inside this installation. Its records are streams of the log, so a write and the run's note of it are
//! one append: exactly once without asking anybody.

mod undo;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use app_sdk::{Actions, AppError, Performed, Session, UndoItem, Undone, WriteAnswer, WriteItem, WriteResult};
use async_trait::async_trait;
use bytes::Bytes;
use domain::decider::fold;
use domain::event::Event;
use domain::ids::PortalId;
use domain::portal::{PortalArchived, PortalEvent, PortalRecords, PortalState, PortalWritten, Write};
use domain::record::RecordKey;
use domain::run::{ItemNote, Outcome};
use engine::ports::{EventStore, Expected, Ids, StreamAppend, SubjectKey, Vault};
use engine::{Meta, NewEvent, Position, Recorded, StreamName, hash, seal};
use serde_json::{Map, Value};

/// Items in one append.
const BATCH_MAX: usize = 500;
/// Events read when a record's last event is not its last write.
const HISTORY_MAX: usize = 1_000;

pub struct Embedded {
    store: Arc<dyn EventStore>,
    vault: Arc<dyn Vault>,
    ids: Arc<dyn Ids>,
}

impl Embedded {
    pub fn new(store: Arc<dyn EventStore>, vault: Arc<dyn Vault>, ids: Arc<dyn Ids>) -> Self {
        Self { store, vault, ids }
    }
}

/// A source record has one Portal record, whose id follows from its place in the source. That makes a second create
/// impossible, whoever tries it.
pub fn portal_id(record: &RecordKey) -> PortalId {
    PortalId::new(&hash::id(&[record.connection.as_str(), &record.resource, &record.id]))
}

#[async_trait]
impl Actions for Embedded {
    fn batch_max(&self) -> usize {
        BATCH_MAX
    }

    async fn perform(&self, _session: &Session, batch: &[WriteItem]) -> Result<Performed, AppError> {
        self.decide(batch, true).await
    }

    async fn foresee(&self, _session: &Session, batch: &[WriteItem]) -> Result<Vec<WriteAnswer>, AppError> {
        Ok(self.decide(batch, false).await?.answers)
    }

    async fn undo(&self, _: &Session, batch: &[UndoItem]) -> Result<Undone, AppError> {
        self.take_back(batch).await
    }

    async fn foresee_undo(&self, _: &Session, batch: &[UndoItem]) -> Result<Undone, AppError> {
        Ok(Undone { appends: vec![], ..self.take_back(batch).await? })
    }
}

impl Embedded {
    /// What each item comes to. Nothing is written here: the events are handed to the caller. Without `create`, not
    /// even a key is made.
    async fn decide(&self, batch: &[WriteItem], create: bool) -> Result<Performed, AppError> {
        let ids: Vec<PortalId> = batch.iter().map(|item| portal_id(&item.record)).collect();
        let known = self.known(&ids).await?;
        let arrived = self.arrived(batch).await?;
        let keys = self.subject_keys(batch, create).await?;
        let mut performed = Performed { answers: Vec::with_capacity(batch.len()), appends: vec![] };
        for ((item, id), known) in batch.iter().zip(ids).zip(&known) {
            if item.archive {
                let (answer, append) = self.archive(item, &id, known.as_ref());
                performed.answers.push(answer);
                performed.appends.extend(append.filter(|_| create));
                continue;
            }
            let written = write(item, &arrived);
            let (outcome, notes) = match judge(item, &written, known.as_ref()) {
                Verdict::Leave(notes) if notes.is_empty() => (cut_off(item, known.as_ref()), notes),
                Verdict::Leave(notes) => (Outcome::Unchanged, notes),
                Verdict::Write(write, _) if !create => (outcome_of(write), vec![]),
                Verdict::Write(write, expected) => {
                    let key = item.subject.as_ref().and_then(|subject| keys.get(subject));
                    match self.append(item, &id, PortalWritten { write, ..written }, expected, key) {
                        Ok(append) => {
                            performed.appends.push(append);
                            (outcome_of(write), vec![])
                        }
                        Err(note) => (Outcome::Skipped, vec![*note]),
                    }
                }
            };
            let portal = (outcome != Outcome::Skipped).then(|| id.to_string());
            let result = WriteResult::Settled(outcome);
            performed.answers.push(WriteAnswer { result, portal, notes, changed: vec![] });
        }
        if !create {
            self.tell_changes(batch, &known, &mut performed.answers).await?;
        }
        Ok(performed)
    }
}

/// A record of ours as it stands.
struct Known {
    revision: u64,
    state: PortalState,
    /// The event that wrote it last.
    written: Option<Recorded>,
    last: Recorded,
    /// Its fields were erased: whatever comes is new.
    erased: bool,
}

enum Verdict {
    Write(Write, Expected),
    Leave(Vec<ItemNote>),
}

fn judge(item: &WriteItem, next: &PortalWritten, known: Option<&Known>) -> Verdict {
    let Some(known) = known else { return Verdict::Write(Write::Created, Expected::NoStream) };
    let Some(last) = known.state.written.as_ref().filter(|_| !known.state.removed) else {
        return Verdict::Write(Write::Created, Expected::Exact(known.revision));
    };
    // What was recorded later is newer, whatever the source calls it.
    let is_later = last.source_revision.is_some_and(|revision| item.revision > revision);
    if !known.erased
        && !is_later
        && let (Some(ours), Some(theirs)) = (&last.source_version, &item.source_version)
        && ours > theirs
    {
        return Verdict::Leave(vec![stale(ours, theirs)]);
    }
    if !known.erased
        && !known.state.archived
        && last.digest == item.digest
        && last.references == next.references
    {
        return Verdict::Leave(vec![]);
    }
    Verdict::Write(Write::Updated, Expected::Exact(known.revision))
}

/// What becomes of a record that is as it should be: nothing, unless it is this run that made it so and was cut off
/// before that was settled.
fn cut_off(item: &WriteItem, known: Option<&Known>) -> Outcome {
    match known.and_then(|known| Some((known.written.as_ref()?, known.state.written.as_ref()?))) {
        Some((event, written)) if unsettled(event, &item.run, item.settled_to) => outcome_of(written.write),
        _ => Outcome::Unchanged,
    }
}

/// Written by this run, and not settled by it: a server that appends one stream after the other was interrupted.
fn unsettled(event: &Recorded, run: &str, settled_to: Position) -> bool {
    event.position > settled_to && event.meta.correlation.as_deref() == Some(run)
}

fn outcome_of(write: Write) -> Outcome {
    match write {
        Write::Created => Outcome::Created,
        Write::Updated => Outcome::Updated,
    }
}

fn stale(ours: &str, theirs: &str) -> ItemNote {
    ItemNote {
        step: "write".to_owned(),
        code: "STALE".to_owned(),
        message: format!("Portal already has the record as of {ours}; this one is of {theirs}"),
        field: None,
        remedy: None,
        raw: None,
    }
}

fn never_came() -> ItemNote {
    ItemNote {
        step: "write".to_owned(),
        code: "NEVER_IMPORTED".to_owned(),
        message: "the record is gone from its source, and was never imported".to_owned(),
        field: None,
        remedy: None,
        raw: None,
    }
}

fn write(item: &WriteItem, arrived: &HashMap<String, PortalId>) -> PortalWritten {
    let mut references = BTreeMap::new();
    let mut pending = BTreeMap::new();
    for (field, target) in &item.references {
        let path = target.path();
        match arrived.get(&path) {
            Some(id) => drop(references.insert(field.clone(), id.clone())),
            None => drop(pending.insert(field.clone(), path)),
        }
    }
    PortalWritten {
        write: Write::Created,
        entity: item.entity.clone(),
        external: item.record.path(),
        digest: item.digest.clone(),
        source_version: item.source_version.clone(),
        source_revision: Some(item.revision),
        restores: None,
        mapping: item.mapping.clone(),
        references,
        pending,
    }
}

impl Embedded {
    /// Our records as they stand, by id.
    async fn known(&self, ids: &[PortalId]) -> Result<Vec<Option<Known>>, AppError> {
        let streams: Vec<StreamName> = ids.iter().map(|id| StreamName::new("portal", id)).collect();
        let last = self.store.read_last(&streams).await.map_err(|error| unavailable(&error))?;
        let mut known = Vec::with_capacity(ids.len());
        for (stream, last) in streams.iter().zip(last) {
            known.push(match last {
                None => None,
                Some(last) => Some(self.fold(stream, last).await?),
            });
        }
        Ok(known)
    }

    /// Usually the last event is the last write and says everything; after a link the stream is folded.
    async fn fold(&self, stream: &StreamName, last: Recorded) -> Result<Known, AppError> {
        let decode = |recorded: &Recorded| {
            PortalEvent::from_json(&recorded.event_type, &recorded.data)
                .map_err(|error| damaged(stream, &error))
        };
        let event = decode(&last)?;
        let is_erased = |recorded: &Recorded| recorded.body.as_deref().is_some_and(seal::is_removed);
        if matches!(event, PortalEvent::Written(_)) {
            let (revision, state) = (last.revision, fold::<PortalRecords>(&[event]));
            let erased = is_erased(&last);
            return Ok(Known { revision, state, written: Some(last.clone()), last, erased });
        }
        let from = (last.revision + 1).saturating_sub(HISTORY_MAX as u64);
        let history = self.store.read_stream(stream, from, HISTORY_MAX).await;
        let mut history = history.map_err(|error| unavailable(&error))?;
        let erased = history.iter().rfind(|recorded| recorded.body.is_some()).is_some_and(is_erased);
        let events = history.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        let written = events.iter().rposition(|event| matches!(event, PortalEvent::Written(_)));
        Ok(Known {
            revision: last.revision,
            state: fold::<PortalRecords>(&events),
            written: written.map(|index| history.swap_remove(index)),
            last,
            erased,
        })
    }

    /// Which of the referenced records are here.
    async fn arrived(&self, batch: &[WriteItem]) -> Result<HashMap<String, PortalId>, AppError> {
        let mut targets: Vec<&RecordKey> = batch.iter().flat_map(|item| item.references.values()).collect();
        targets.sort_unstable();
        targets.dedup();
        let ids: Vec<PortalId> = targets.iter().map(|target| portal_id(target)).collect();
        let streams: Vec<StreamName> = ids.iter().map(|id| StreamName::new("portal", id)).collect();
        let last = self.store.read_last(&streams).await.map_err(|error| unavailable(&error))?;
        let here = targets.into_iter().zip(ids).zip(last).filter(|(_, last)| is_there(last.as_ref()));
        let mut arrived: HashMap<String, PortalId> = here.map(|((key, id), _)| (key.path(), id)).collect();
        // A record of this very batch is as good as here: the batch is one append.
        arrived.extend(batch.iter().map(|item| (item.record.path(), portal_id(&item.record))));
        Ok(arrived)
    }

    async fn subject_keys(
        &self,
        batch: &[WriteItem],
        create: bool,
    ) -> Result<HashMap<String, SubjectKey>, AppError> {
        let mut subjects: Vec<String> = batch.iter().filter_map(|item| item.subject.clone()).collect();
        subjects.sort_unstable();
        subjects.dedup();
        if subjects.is_empty() {
            return Ok(HashMap::new());
        }
        let keys = self.vault.subject_keys(&subjects, create).await.map_err(|error| unavailable(&error))?;
        Ok(subjects.into_iter().zip(keys).filter_map(|(subject, key)| Some((subject, key?))).collect())
    }

    /// Takes a record out of use. One that never came here has nothing to be taken out of.
    fn archive(
        &self,
        item: &WriteItem,
        id: &PortalId,
        known: Option<&Known>,
    ) -> (WriteAnswer, Option<StreamAppend>) {
        let answer = |outcome, portal, notes| WriteAnswer {
            result: WriteResult::Settled(outcome),
            portal,
            notes,
            changed: vec![],
        };
        let Some(known) = known else { return (answer(Outcome::Skipped, None, vec![never_came()]), None) };
        let portal = Some(id.to_string());
        if known.state.archived {
            let is_ours = unsettled(&known.last, &item.run, item.settled_to);
            let outcome = if is_ours { Outcome::Updated } else { Outcome::Unchanged };
            return (answer(outcome, portal, vec![]), None);
        }
        let archived = PortalArchived { reason: "gone from its source".to_owned(), run: item.run.clone() };
        let meta = Meta::by("portal").of(item.run.clone());
        let event = NewEvent::of(&PortalEvent::Archived(archived), self.ids.event_id(), meta);
        let stream = StreamName::new("portal", id);
        let expected = Expected::Exact(known.revision);
        let append = StreamAppend { stream, expected, events: vec![event] };
        (answer(Outcome::Updated, portal, vec![]), Some(append))
    }

    fn append(
        &self,
        item: &WriteItem,
        id: &PortalId,
        written: PortalWritten,
        expected: Expected,
        key: Option<&SubjectKey>,
    ) -> Result<StreamAppend, Box<ItemNote>> {
        let stream = StreamName::new("portal", id);
        let body = self.body(item, stream.as_str(), key)?;
        let meta = Meta::by("portal").of(item.run.clone());
        let event = NewEvent::of(&PortalEvent::Written(written), self.ids.event_id(), meta).with_body(body);
        Ok(StreamAppend { stream, expected, events: vec![event] })
    }

    /// A person's fields are sealed with the person's key. Without the key the person was erased, and is not written.
    fn body(&self, item: &WriteItem, stream: &str, key: Option<&SubjectKey>) -> Result<Bytes, Box<ItemNote>> {
        let plain = domain::event::encode(&item.fields);
        match (&item.subject, key) {
            (None, _) => Ok(seal::pack(&plain)),
            (Some(subject), Some(key)) => {
                let mut nonce = [0; 24];
                nonce.copy_from_slice(&self.ids.random(24));
                Ok(seal::seal(&plain, stream, subject, key, &nonce))
            }
            (Some(subject), None) => Err(Box::new(ItemNote {
                step: "write".to_owned(),
                code: "PERSON_ERASED".to_owned(),
                message: format!("the person {subject} was erased and is not imported again"),
                field: None,
                remedy: Some("remove the person from the source, or lift the erasure first".to_owned()),
                raw: None,
            })),
        }
    }
}

impl Embedded {
    /// Which fields each update would change: what a preview is for, and not worth its time in an import.
    async fn tell_changes(
        &self,
        batch: &[WriteItem],
        known: &[Option<Known>],
        answers: &mut [WriteAnswer],
    ) -> Result<(), AppError> {
        let updates: Vec<(usize, &PortalWritten, &Recorded)> = known
            .iter()
            .enumerate()
            .filter(|(index, _)| answers[*index].result == WriteResult::Settled(Outcome::Updated))
            .filter_map(|(index, known)| {
                let known = known.as_ref()?;
                Some((index, known.state.written.as_ref()?, known.written.as_ref()?))
            })
            .collect();
        let events: Vec<&Recorded> = updates.iter().map(|(.., event)| *event).collect();
        let bodies =
            engine::bodies::open(&*self.vault, &events).await.map_err(|error| unavailable(&*error))?;
        for ((index, written, _), body) in updates.into_iter().zip(bodies) {
            let before: Map<String, Value> =
                body.and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or_default();
            let after = &batch[index].fields;
            let gone = before.keys().filter(|field| !after.contains_key(*field));
            let other = after.iter().filter(|(field, value)| before.get(*field) != Some(*value));
            let mut changed: Vec<String> = gone.chain(other.map(|(field, _)| field)).cloned().collect();
            changed.extend(changed_references(&batch[index], written));
            changed.sort_unstable();
            changed.dedup();
            answers[index].changed = changed;
        }
        Ok(())
    }
}

/// References that would point elsewhere, or no longer anywhere.
fn changed_references(item: &WriteItem, written: &PortalWritten) -> Vec<String> {
    let mut changed: Vec<String> = vec![];
    for (field, record) in &item.references {
        let waits = written.pending.get(field) == Some(&record.path());
        if !waits && written.references.get(field) != Some(&portal_id(record)) {
            changed.push(field.clone());
        }
    }
    let before = written.references.keys().chain(written.pending.keys());
    changed.extend(before.filter(|field| !item.references.contains_key(*field)).cloned());
    changed
}

/// A record that was removed is as good as none.
pub fn is_there(last: Option<&Recorded>) -> bool {
    last.is_some_and(|last| &*last.event_type != "portal.removed")
}

fn unavailable(error: &(dyn std::error::Error + 'static)) -> AppError {
    AppError::Transient {
        code: "STORE_UNAVAILABLE".to_owned(),
        message: format!("Portal's store did not answer: {}", engine::follow::chain(error)),
        remedy: "look at the disk and the server's log; the run goes on by itself when the store answers"
            .to_owned(),
    }
}

fn damaged(stream: &StreamName, error: &domain::event::DecodeError) -> AppError {
    AppError::Invalid {
        code: "STORE_DAMAGED".to_owned(),
        message: format!("{stream} cannot be read: {error}"),
        remedy: "run `portal-integrations doctor`".to_owned(),
    }
}
