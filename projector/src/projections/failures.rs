//! Fills the failures view: what fails at present, and why, in groups. An item that comes to a better end leaves its
//! groups; the last one to leave resolves the group, and one that comes opens it again.

use std::collections::HashMap;

use domain::event::{Event, decode};
use domain::failure::{FailureEvent, FailureState};
use domain::record::RecordKey;
use domain::run::{CAUGHT, FetchFinished, ItemNote, ItemsSettled, Outcome, RunMode, RunStarted, SettledItem};
use domain::views::{
    FAILURES, FailingItem, FailingRun, FailureView, ViewSpec, failing_fetch_key, failing_key, failing_run_key,
};
use engine::project::{Docs, FoldError, Opened, Projection};
use engine::{Recorded, hash};

/// Groups that one item counts in.
const REASONS_MAX: usize = 20;

pub struct Failures;

impl Projection for Failures {
    fn view(&self) -> &'static ViewSpec {
        &FAILURES
    }

    fn categories(&self) -> &'static [&'static str] {
        &["run", "failure"]
    }

    fn needs(&self, recorded: &Recorded) -> Option<String> {
        let id = recorded.stream.id();
        Some(if recorded.stream.category() == "failure" { id.to_owned() } else { failing_run_key(id) })
    }

    fn needs_also(&self, recorded: &Recorded, docs: &Docs) -> Result<Vec<String>, FoldError> {
        let Some(endings) = endings(recorded, docs)? else { return Ok(vec![]) };
        let mut keys = vec![];
        for ending in endings {
            if let Some(known) = docs.get::<FailingItem>(&ending.key)? {
                keys.extend(known.groups);
            }
            keys.extend(ending.reasons.into_iter().map(|reason| reason.group));
            keys.push(ending.key);
        }
        Ok(keys)
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        match &*recorded.event_type {
            "run.started" => {
                let started: RunStarted = decode(&recorded.event_type, &recorded.data)?;
                if started.mode == RunMode::Apply {
                    let run = FailingRun { scenario: started.scenario.to_string() };
                    docs.put(&failing_run_key(recorded.stream.id()), &run, none());
                }
            }
            "run.completed" => docs.delete(&failing_run_key(recorded.stream.id())),
            "failure.moved" => moved(recorded, docs)?,
            _ => {
                for ending in endings(recorded, docs)?.unwrap_or_default() {
                    settle(ending, recorded, docs)?;
                }
            }
        }
        Ok(())
    }
}

/// Something that came to an end, with why it failed if it did.
struct Ending {
    key: String,
    reasons: Vec<Reason>,
    failing: FailingItem,
}

struct Reason {
    group: String,
    note: ItemNote,
}

/// What ended with this event; `None` when it does not concern this view.
fn endings(recorded: &Recorded, docs: &Docs) -> Result<Option<Vec<Ending>>, FoldError> {
    let run = recorded.stream.id();
    let kind = &*recorded.event_type;
    if !matches!(kind, "run.items-settled" | "run.fetch-finished") {
        return Ok(None);
    }
    // Dry runs are not known here, and whatever they would have done fails nothing.
    let Some(FailingRun { scenario }) = docs.get(&failing_run_key(run))? else { return Ok(None) };
    if kind == "run.fetch-finished" {
        let finished: FetchFinished = decode(kind, &recorded.data)?;
        return Ok(Some(vec![of_fetch(&scenario, finished, recorded)]));
    }
    let settled: ItemsSettled = decode(kind, &recorded.data)?;
    let ending = |(index, item): (usize, &SettledItem)| of_item(&scenario, &settled, index, item, recorded);
    Ok(Some(together(settled.items.iter().enumerate().map(ending))))
}

/// A record may go to one destination along several ways. It is well there when it failed on none of them, so that a way
/// on which it arrived does not hide one on which it failed.
fn together(endings: impl Iterator<Item = Ending>) -> Vec<Ending> {
    let mut all: Vec<Ending> = vec![];
    let mut places: HashMap<String, usize> = HashMap::new();
    for ending in endings {
        let place = *places.entry(ending.key.clone()).or_insert(all.len());
        let Some(known) = all.get_mut(place) else {
            all.push(ending);
            continue;
        };
        if known.reasons.is_empty() {
            known.failing = ending.failing;
        }
        known.reasons.extend(ending.reasons);
        known.failing.groups = groups(&known.reasons);
    }
    all
}

fn of_item(
    scenario: &str,
    settled: &ItemsSettled,
    index: usize,
    item: &SettledItem,
    recorded: &Recorded,
) -> Ending {
    let target = settled.targets.get(usize::from(item.target));
    let record = RecordKey {
        connection: settled.source.clone(),
        resource: settled.resource.clone(),
        id: item.record.clone(),
    };
    let path = record.path();
    let failed = item.outcome == Outcome::Failed;
    let notes = if failed { faults(&item.notes, target.map(|target| target.node.as_str())) } else { vec![] };
    let reasons: Vec<Reason> = notes.into_iter().map(|note| reason(scenario, note.clone())).collect();
    Ending {
        key: failing_key(scenario, target.map_or("", |target| target.to.as_str()), &path),
        failing: FailingItem {
            groups: groups(&reasons),
            scenario: scenario.to_owned(),
            run: recorded.stream.id().to_owned(),
            item: format!("{}.{index}", recorded.revision),
            node: settled.node.clone(),
            record: Some(path),
            revision: item.revision,
            at: recorded.recorded_at,
        },
        reasons,
    }
}

fn of_fetch(scenario: &str, finished: FetchFinished, recorded: &Recorded) -> Ending {
    let step = finished.node.clone();
    let note = |problem: domain::run::Problem| ItemNote {
        step,
        code: problem.code,
        message: problem.message,
        field: None,
        remedy: Some(problem.remedy),
        raw: None,
    };
    let reasons: Vec<Reason> =
        finished.problem.map(note).into_iter().map(|note| reason(scenario, note)).collect();
    Ending {
        key: failing_fetch_key(scenario, &finished.node),
        failing: FailingItem {
            groups: groups(&reasons),
            scenario: scenario.to_owned(),
            run: recorded.stream.id().to_owned(),
            item: String::new(),
            node: finished.node,
            record: None,
            revision: None,
            at: recorded.recorded_at,
        },
        reasons,
    }
}

/// Of a failed item's notes, those that say why it failed: where the destination refused it, the others are warnings.
fn faults<'a>(notes: &'a [ItemNote], write: Option<&str>) -> Vec<&'a ItemNote> {
    let at_write = |note: &&ItemNote| note.step == "write" || Some(note.step.as_str()) == write;
    let faults: Vec<&ItemNote> = notes.iter().filter(at_write).take(REASONS_MAX).collect();
    // That it came along a failure branch is no reason of its own.
    let others = notes.iter().filter(|note| note.code != CAUGHT);
    if faults.is_empty() { others.take(REASONS_MAX).collect() } else { faults }
}

fn reason(scenario: &str, note: ItemNote) -> Reason {
    let field = note.field.as_deref().unwrap_or_default();
    let group = format!("fl_{}", hash::id(&[scenario, &note.code, &note.step, field]));
    Reason { group, note }
}

fn groups(reasons: &[Reason]) -> Vec<String> {
    let mut groups: Vec<String> = reasons.iter().map(|reason| reason.group.clone()).collect();
    groups.sort_unstable();
    groups.dedup();
    groups
}

fn settle(ending: Ending, recorded: &Recorded, docs: &mut Docs) -> Result<(), FoldError> {
    let Ending { key, reasons, failing } = ending;
    let known: Option<FailingItem> = docs.get(&key)?;
    let before = known.map(|known| known.groups).unwrap_or_default();
    for group in before.iter().filter(|group| !failing.groups.contains(group)) {
        if let Some(view) = docs.get::<FailureView>(group)? {
            put(docs, &leave(view, recorded));
        }
    }
    let mut counted: Vec<&str> = vec![];
    for Reason { group, note } in &reasons {
        if counted.contains(&group.as_str()) {
            continue;
        }
        counted.push(group);
        let view: Option<FailureView> = docs.get(group)?;
        let mut view = view.unwrap_or_else(|| new(group, note, &failing));
        view.count += u64::from(!before.contains(group));
        view.happened(recorded.recorded_at);
        view.message.clone_from(&note.message);
        view.remedy.clone_from(&note.remedy);
        view.run.clone_from(&failing.run);
        view.item.clone_from(&failing.item);
        if view.state == FailureState::Resolved {
            view.came_back = true;
            by_run(&mut view, FailureState::Open, recorded);
        }
        put(docs, &view);
    }
    if failing.groups.is_empty() {
        if !before.is_empty() {
            docs.delete(&key);
        }
    } else {
        docs.put(&key, &failing, none());
    }
    Ok(())
}

fn leave(mut view: FailureView, recorded: &Recorded) -> FailureView {
    view.count = view.count.saturating_sub(1);
    let waits = matches!(view.state, FailureState::Open | FailureState::Acknowledged);
    if view.count == 0 && waits {
        by_run(&mut view, FailureState::Resolved, recorded);
    }
    view
}

fn by_run(view: &mut FailureView, state: FailureState, recorded: &Recorded) {
    view.state = state;
    view.moved_at = recorded.recorded_at;
    view.moved_by = format!("run:{}", recorded.stream.id());
}

fn new(group: &str, note: &ItemNote, failing: &FailingItem) -> FailureView {
    FailureView {
        id: group.to_owned(),
        scenario: failing.scenario.clone(),
        code: note.code.clone(),
        step: note.step.clone(),
        field: note.field.clone(),
        message: String::new(),
        remedy: None,
        fetch: failing.record.is_none(),
        state: FailureState::Open,
        count: 0,
        total: 0,
        days: vec![],
        first_at: failing.at,
        last_at: failing.at,
        moved_at: failing.at,
        moved_by: format!("run:{}", failing.run),
        note: String::new(),
        came_back: false,
        run: String::new(),
        item: String::new(),
    }
}

fn moved(recorded: &Recorded, docs: &mut Docs) -> Result<(), FoldError> {
    let FailureEvent::Moved(moved) = FailureEvent::from_json(&recorded.event_type, &recorded.data)?;
    let Some(mut view) = docs.get::<FailureView>(recorded.stream.id())? else { return Ok(()) };
    view.state = moved.to;
    view.note = moved.note;
    view.moved_at = recorded.recorded_at;
    view.moved_by.clone_from(&recorded.meta.actor.0);
    put(docs, &view);
    Ok(())
}

fn put(docs: &mut Docs, view: &FailureView) {
    let columns = vec![
        Some(view.state.word().into()),
        Some(view.scenario.as_str().into()),
        Some(view.last_at.timestamp_micros().into()),
    ];
    docs.put(&view.id, view, columns);
}

/// Rows that no list of failures sees.
fn none() -> Vec<Option<engine::ports::IndexValue>> {
    vec![None, None, None]
}
