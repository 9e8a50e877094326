//! Taking back what a run wrote. Every write is in the log, so what was there before is too. Field by field: what has
//! been changed since by somebody else stays, and is told.

use std::collections::BTreeSet;

use app_sdk::{AppError, Stands, UndoAnswer, UndoItem, Undone, WriteAnswer, WriteResult};
use domain::event::Event;
use domain::portal::{PortalEvent, PortalRemoved, PortalWritten, Write};
use domain::run::{ItemNote, Outcome};
use engine::ports::{Expected, StreamAppend};
use engine::{Meta, NewEvent, Recorded, StreamName, hash, seal};
use serde_json::{Map, Value};

use super::{Embedded, HISTORY_MAX, damaged, unavailable, unsettled};

/// The record after one of its events.
#[derive(Clone)]
struct After {
    written: PortalWritten,
    fields: Map<String, Value>,
    removed: bool,
    archived: bool,
}

/// What is to become of a record.
enum Verdict {
    Leave(Outcome, Vec<ItemNote>),
    Remove,
    Write(Box<After>, Write, Vec<ItemNote>),
}

impl Embedded {
    /// What each item comes to; nothing is written here.
    pub(super) async fn take_back(&self, batch: &[UndoItem]) -> Result<Undone, AppError> {
        let mut undone = Undone { answers: Vec::with_capacity(batch.len()), appends: vec![] };
        for item in batch {
            let stream = StreamName::new("portal", &item.portal);
            let events = self.store.read_stream(&stream, 0, HISTORY_MAX).await;
            let events = events.map_err(|error| unavailable(&error))?;
            let bodies = engine::bodies::open(&*self.vault, &events.iter().collect::<Vec<_>>()).await;
            let bodies = bodies.map_err(|error| unavailable(&*error))?;
            let erased =
                events.iter().zip(&bodies).any(|(event, body)| event.body.is_some() && body.is_none());
            let states = states(&stream, &events, bodies)?;
            let verdict = if events.len() == HISTORY_MAX {
                Verdict::Leave(
                    Outcome::Skipped,
                    vec![note("TOO_LONG_A_HISTORY", None, "the record has too many changes")],
                )
            } else if erased {
                Verdict::Leave(Outcome::Skipped, vec![note("PERSON_ERASED", None, "the person was erased")])
            } else {
                judge(item, &events, &states)
            };
            let (answer, append) = self.carry_out(item, &events, &states, verdict).await?;
            undone.answers.push(answer);
            undone.appends.extend(append);
        }
        Ok(undone)
    }

    async fn carry_out(
        &self,
        item: &UndoItem,
        events: &[Recorded],
        states: &[After],
        verdict: Verdict,
    ) -> Result<(UndoAnswer, Option<StreamAppend>), AppError> {
        let answer = |outcome, notes, changed, stands| UndoAnswer {
            answer: WriteAnswer {
                result: WriteResult::Settled(outcome),
                portal: Some(item.portal.clone()),
                notes,
                changed,
            },
            stands,
        };
        let (event, body, answer) = match verdict {
            Verdict::Leave(outcome, notes) => return Ok((answer(outcome, notes, vec![], None), None)),
            Verdict::Remove => {
                let event = PortalEvent::Removed(PortalRemoved { undoes: item.of.clone() });
                (event, None, answer(Outcome::Removed, vec![], vec![], None))
            }
            Verdict::Write(next, write, notes) => {
                let stands =
                    Stands { mapping: next.written.mapping.clone(), revision: next.written.source_revision };
                let outcome = if write == Write::Created { Outcome::Created } else { Outcome::Updated };
                let changed =
                    states.last().map(|now| differing(&now.fields, &next.fields)).unwrap_or_default();
                let body = self.sealed_like(events, &next.fields).await?;
                let event = PortalEvent::Written(PortalWritten { write, ..next.written });
                (event, Some(body), answer(outcome, notes, changed, Some(stands)))
            }
        };
        let meta = Meta::by("portal").of(item.run.clone());
        let event = NewEvent::of(&event, self.ids.event_id(), meta);
        let event = match body {
            Some(body) => event.with_body(body),
            None => event,
        };
        let expected = events.last().map_or(Expected::NoStream, |last| Expected::Exact(last.revision));
        let stream = StreamName::new("portal", &item.portal);
        Ok((answer, Some(StreamAppend { stream, expected, events: vec![event] })))
    }

    /// Seals fields with the key that the record's other bodies are sealed with.
    async fn sealed_like(
        &self,
        events: &[Recorded],
        fields: &Map<String, Value>,
    ) -> Result<bytes::Bytes, AppError> {
        let plain = domain::event::encode(fields);
        let sealed = events.iter().find_map(|event| Some((event, seal::subject(event.body.as_deref()?)?)));
        let Some((event, subject)) = sealed else { return Ok(seal::pack(&plain)) };
        let keys = self.vault.subject_keys(&[subject.to_owned()], false).await;
        match keys.map_err(|error| unavailable(&error))?.pop().flatten() {
            Some(key) => {
                let mut nonce = [0; 24];
                nonce.copy_from_slice(&self.ids.random(24));
                Ok(seal::seal(&plain, event.stream.as_str(), subject, &key, &nonce))
            }
            None => Err(AppError::Invalid {
                code: "PERSON_ERASED".to_owned(),
                message: "the person was erased meanwhile".to_owned(),
                remedy: "nothing to do".to_owned(),
            }),
        }
    }
}

fn states(
    stream: &StreamName,
    events: &[Recorded],
    bodies: Vec<Option<bytes::Bytes>>,
) -> Result<Vec<After>, AppError> {
    let mut states: Vec<After> = Vec::with_capacity(events.len());
    for (event, body) in events.iter().zip(bodies) {
        let decoded = PortalEvent::from_json(&event.event_type, &event.data)
            .map_err(|error| damaged(stream, &error))?;
        let before = states.last().cloned();
        let next = match (decoded, before) {
            (PortalEvent::Written(written), _) => {
                let fields = body.and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or_default();
                After { written, fields, removed: false, archived: false }
            }
            (PortalEvent::Linked(linked), Some(mut before)) => {
                for (field, id) in linked.references {
                    before.written.pending.remove(&field);
                    before.written.references.insert(field, id);
                }
                before
            }
            (PortalEvent::Removed(_), Some(before)) => After { removed: true, ..before },
            (PortalEvent::Archived(_), Some(before)) => After { archived: true, ..before },
            (_, None) => continue,
        };
        states.push(next);
    }
    Ok(states)
}

fn judge(item: &UndoItem, events: &[Recorded], states: &[After]) -> Verdict {
    let by = |run: &str, event: &Recorded| event.meta.correlation.as_deref() == Some(run);
    let first = events.iter().position(|event| by(&item.of, event));
    let last = events.iter().rposition(|event| by(&item.of, event));
    let (Some(first), Some(last), Some(now)) = (first, last, states.last()) else {
        return Verdict::Leave(
            Outcome::Skipped,
            vec![note("NOTHING_WRITTEN", None, "the run wrote nothing here")],
        );
    };
    if let Some(ours) = events[last + 1..].iter().rfind(|event| by(&item.run, event)) {
        // Taken back already: on an earlier page, or before this one was cut off.
        let outcome = match &*ours.event_type {
            _ if !unsettled(ours, &item.run, item.settled_to) => Outcome::Unchanged,
            "portal.removed" => Outcome::Removed,
            _ if states[last].removed => Outcome::Created,
            _ => Outcome::Updated,
        };
        return Verdict::Leave(outcome, vec![]);
    }
    let before = first.checked_sub(1).and_then(|index| states.get(index)).filter(|before| !before.removed);
    let after = &states[last];
    let restores = first.checked_sub(1).map(|index| events[index].revision);
    match (before, after.removed, now.removed) {
        (None, _, true) => Verdict::Leave(Outcome::Unchanged, vec![]),
        (None, _, false) => {
            let since = changed_since(after, now, events, last);
            if since.is_empty() { Verdict::Remove } else { Verdict::Leave(Outcome::Skipped, since) }
        }
        (Some(before), true, true) => {
            Verdict::Write(Box::new(restored(before, restores)), Write::Created, vec![])
        }
        (Some(_), false, false) if now.archived && !after.archived => {
            let message = "the record was archived since; it stays so";
            Verdict::Leave(Outcome::Skipped, vec![note("CHANGED_SINCE", None, message)])
        }
        (Some(_), true, false) | (Some(_), false, true) => {
            let message = "the record was removed, or made again, since";
            Verdict::Leave(Outcome::Skipped, vec![note("CHANGED_SINCE", None, message)])
        }
        (Some(before), false, false) => field_by_field(before, after, now, restores, &events[last + 1..]),
    }
}

fn restored(before: &After, restores: Option<u64>) -> After {
    let mut next = before.clone();
    next.written.restores = restores;
    next
}

/// Puts back what the run changed and nobody has changed since.
fn field_by_field(
    before: &After,
    after: &After,
    now: &After,
    restores: Option<u64>,
    later: &[Recorded],
) -> Verdict {
    let mut fields = now.fields.clone();
    let mut notes = vec![];
    for field in differing(&before.fields, &after.fields) {
        if now.fields.get(&field) != after.fields.get(&field) {
            notes.push(since(&field, later));
            continue;
        }
        match before.fields.get(&field) {
            Some(value) => drop(fields.insert(field, value.clone())),
            None => drop(fields.remove(&field)),
        }
    }
    let mut next = restored(before, restores);
    let (references, pending) = (&before.written.references, &before.written.pending);
    let linked_since = after.written.references != now.written.references;
    if !notes.is_empty() || (linked_since && now.written.mapping != after.written.mapping) {
        // What stands is neither the one nor the other: it keeps its origin, and the next import looks at it anew.
        next.written = PortalWritten { restores, ..now.written.clone() };
        next.written.digest = hash::short(&domain::event::encode(&fields));
    } else {
        next.written.references.clone_from(references);
        next.written.pending.clone_from(pending);
    }
    // A write brings an archived record back, so what the run archived is written again.
    let comes_back = after.archived && !before.archived && now.archived;
    let same = !comes_back && fields == now.fields && next.written.references == now.written.references;
    next.fields = fields;
    match (same, notes.is_empty()) {
        (true, true) => Verdict::Leave(Outcome::Unchanged, notes),
        (true, false) => Verdict::Leave(Outcome::Skipped, notes),
        (false, _) => Verdict::Write(Box::new(next), Write::Updated, notes),
    }
}

/// One note for each field that somebody has changed after the run.
fn changed_since(after: &After, now: &After, events: &[Recorded], last: usize) -> Vec<ItemNote> {
    let changed = differing(&after.fields, &now.fields);
    changed.iter().map(|field| since(field, &events[last + 1..])).collect()
}

fn since(field: &str, later: &[Recorded]) -> ItemNote {
    let by = later.iter().rev().find(|event| &*event.event_type == "portal.written");
    let who = by.and_then(|event| event.meta.correlation.clone()).unwrap_or_else(|| "somebody".to_owned());
    note("CHANGED_SINCE", Some(field), &format!("{who} has changed it since; it stays as it is"))
}

fn differing(a: &Map<String, Value>, b: &Map<String, Value>) -> Vec<String> {
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    names.into_iter().filter(|name| a.get(*name) != b.get(*name)).cloned().collect()
}

fn note(code: &str, field: Option<&str>, message: &str) -> ItemNote {
    ItemNote {
        step: "undo".to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
        field: field.map(str::to_owned),
        remedy: None,
        raw: None,
    }
}
