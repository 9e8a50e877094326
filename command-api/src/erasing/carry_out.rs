//! Carries an erasure out. Each step can be repeated, and each leaves less than there was: killed anywhere, the next
//! start goes on, because the request is in the log.

use std::collections::{BTreeMap, BTreeSet};

use domain::erasure::{
    ErasureCommand, ErasureCompleted, ErasureEvent, ErasureRequested, ErasureState, Erasures,
};
use domain::record::{RecordEvent, RecordGone};
use domain::views::{PORTAL, PortalRow, ViewSpec};
use engine::history::{Folded, catch_up, decode};
use engine::ports::{AppendError, Cause, Change, Expected, Filter, StreamAppend, ViewBatch};
use engine::{Meta, NewEvent, Position, StreamName, seal};

use crate::context::Context;

const STEP_EVENTS: usize = 2_000;

/// Finishes what a crash interrupted. Call it when the process starts.
pub async fn finish_open(context: &Context) -> Result<(), Cause> {
    let store = &context.executor.store;
    let filter = Filter::categories(["erasure"]);
    let (mut at, end) = (0, *store.end().borrow());
    let mut open: BTreeSet<String> = BTreeSet::new();
    let mut done: Vec<Position> = vec![];
    while at < end {
        let slice = store.read_all(at, &filter, STEP_EVENTS).await?;
        at = slice.read_to;
        for event in &slice.events {
            match decode::<ErasureEvent>(event)? {
                ErasureEvent::Requested(_) => drop(open.insert(event.stream.id().to_owned())),
                ErasureEvent::Completed(completed) => {
                    open.remove(event.stream.id());
                    done.extend(completed.positions);
                }
                ErasureEvent::Lifted(_) => {}
            }
        }
    }
    if !done.is_empty() {
        store.remove_bodies(&done).await?;
    }
    for id in open {
        tracing::warn!(erasure = id, "an erasure was interrupted; it is carried out now");
        carry_out(context, &id, Meta::by("system")).await?;
    }
    Ok(())
}

/// Destroys the keys, takes the bodies away, cleans the views. Gives the position of its end.
pub async fn carry_out(context: &Context, id: &str, meta: Meta) -> Result<Position, Cause> {
    let stream = StreamName::new("erasure", id);
    let store = &context.executor.store;
    let mut folded = Folded::<ErasureState>::default();
    catch_up::<Erasures>(&**store, &stream, &mut folded).await?;
    let requested = folded.state.requested.ok_or("there is no such erasure")?;
    if folded.state.completed {
        return Ok(folded.position);
    }
    context.vault.suppress(&requested.identities).await?;
    for subject in &requested.subjects {
        context.vault.destroy_subject(subject).await?;
    }
    // From here on nothing of the person can be read. What an import had under way may still add sealed bodies.
    let mut positions = sealed(context, &requested, 0).await?;
    positions.extend(&requested.positions);
    positions.extend(&requested.mentions);
    let positions: BTreeSet<Position> = positions.into_iter().collect();
    let streams = portal_rows(context, &positions).await?;
    clean(context, &PORTAL, &streams).await?;
    if let Some(twin) = PORTAL.twin() {
        clean(context, twin, &streams).await?;
    }
    context.reads.scrub().await?;
    let positions: Vec<Position> = positions.into_iter().collect();
    let completed = ErasureCommand::Complete(ErasureCompleted { positions: positions.clone() });
    let known = requested.known();
    store.remove_bodies(&known).await?;
    let committed = context.executor.execute::<Erasures>(id, completed, meta).await?;
    // Those that the request did not know are named in the log before they are taken away.
    store.remove_bodies(&positions).await?;
    Ok(committed.position)
}

/// Marks erased records as gone, so that they are new when the source shows them again.
pub async fn expect_again(context: &Context, requested: &ErasureRequested, meta: &Meta) -> Result<(), Cause> {
    let store = &context.executor.store;
    let mut streams: BTreeSet<String> = BTreeSet::new();
    for position in requested.known() {
        let event = store.read_at(position).await?;
        let record = event.filter(|event| event.stream.category() == "record");
        streams.extend(record.map(|event| event.stream.to_string()));
    }
    let streams: Vec<StreamName> = streams.into_iter().map(StreamName::from_stored).collect();
    for (stream, last) in streams.iter().zip(store.read_last(&streams).await?) {
        let Some(last) = last.filter(|last| last.body.as_deref().is_some_and(seal::is_removed)) else {
            continue;
        };
        let gone =
            RecordEvent::Gone(RecordGone { evidence: "it was erased here, and may come back".to_owned() });
        let event = NewEvent::of(&gone, context.ids.event_id(), meta.clone());
        let expected = Expected::Exact(last.revision);
        match context
            .executor
            .append(vec![StreamAppend { stream: stream.clone(), expected, events: vec![event] }])
            .await
        {
            // Somebody was quicker: then it is there again already.
            Ok(_) | Err(AppendError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Positions of bodies that are sealed for these subjects.
async fn sealed(
    context: &Context,
    requested: &ErasureRequested,
    after: Position,
) -> Result<Vec<Position>, Cause> {
    let store = &context.executor.store;
    let subjects: BTreeSet<&str> = requested.subjects.iter().map(String::as_str).collect();
    let (mut at, end) = (after, *store.end().borrow());
    let mut found = vec![];
    while at < end {
        let slice = store.read_all(at, &Filter::all(), STEP_EVENTS).await?;
        at = slice.read_to;
        let of_person = |body: &[u8]| seal::subject(body).is_some_and(|subject| subjects.contains(subject));
        let events = slice.events.iter().filter(|event| event.body.as_deref().is_some_and(of_person));
        found.extend(events.map(|event| event.position));
    }
    Ok(found)
}

/// Portal records among these events, with the revisions that lose their body.
async fn portal_rows(
    context: &Context,
    positions: &BTreeSet<Position>,
) -> Result<BTreeMap<String, BTreeSet<u64>>, Cause> {
    let mut rows: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for position in positions {
        let event = context.executor.store.read_at(*position).await?;
        if let Some(event) = event.filter(|event| event.stream.category() == "portal") {
            rows.entry(event.stream.id().to_owned()).or_default().insert(event.revision);
        }
    }
    Ok(rows)
}

/// Gives rows the form that folding the log anew would give them: without what people knew them by.
async fn clean(
    context: &Context,
    view: &'static ViewSpec,
    rows: &BTreeMap<String, BTreeSet<u64>>,
) -> Result<(), Cause> {
    let _held = context.reads.folding().await?;
    let checkpoint = context.reads.checkpoint(view).await?;
    let keys: Vec<String> = rows.keys().cloned().collect();
    if checkpoint == 0 || keys.is_empty() {
        return Ok(());
    }
    let mut changes = vec![];
    for (key, doc) in keys.iter().zip(context.reads.get(view, &keys).await?) {
        let Some(doc) = doc else { continue };
        let mut row: PortalRow = serde_json::from_slice(&doc)?;
        if row.label.is_some() && rows[key].contains(&row.written) {
            row.label = None;
            let doc = domain::event::encode(&row).into();
            let columns = vec![Some(row.entity.as_str().into()), None];
            changes.push(Change::Put { key: key.clone(), doc, columns });
        }
    }
    context.reads.apply(vec![ViewBatch { view, changes, after: Some(checkpoint), checkpoint }]).await?;
    Ok(())
}
