//! Fills the runs view: one line a run.

mod nodes;
mod reasons;

use std::collections::BTreeMap;

use domain::event::Event;
use domain::run::{Counts, RunEvent as E, RunStarted};
use domain::views::{RUNS, Rating, RunPhaseView, RunView, ViewSpec};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};

pub struct Runs;

impl Projection for Runs {
    fn view(&self) -> &'static ViewSpec {
        &RUNS
    }

    fn categories(&self) -> &'static [&'static str] {
        &["run"]
    }

    fn needs(&self, recorded: &Recorded) -> Option<String> {
        Some(recorded.stream.id().to_owned())
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        if &*recorded.event_type == "run.noted" {
            return Ok(());
        }
        let id = recorded.stream.id();
        let known: Option<RunView> = docs.get(id)?;
        let view = match (known, E::from_json(&recorded.event_type, &recorded.data)?) {
            (_, E::Started(started)) => new(id, &started, recorded),
            (Some(mut view), fact) => {
                apply(&mut view, fact, recorded);
                view
            }
            (None, _) => return Ok(()),
        };
        let columns = vec![
            Some(view.scenario.as_str().into()),
            Some(view.phase.word().into()),
            Some(view.started_at.timestamp_micros().into()),
        ];
        docs.put(id, &view, columns);
        Ok(())
    }
}

fn new(id: &str, started: &RunStarted, recorded: &Recorded) -> RunView {
    RunView {
        id: id.to_owned(),
        scenario: started.scenario.to_string(),
        version: started.version,
        mode: started.mode,
        phase: RunPhaseView::Running,
        counts: Counts::default(),
        fetches: BTreeMap::new(),
        started_at: recorded.recorded_at,
        ended_at: None,
        actor: recorded.meta.actor.0.clone(),
        chunks: 0,
        limit: started.limit,
        recall: started.recall.clone(),
        nodes: BTreeMap::new(),
        rating: None,
        intended: None,
        fields: BTreeMap::new(),
        reasons: vec![],
    }
}

fn apply(view: &mut RunView, fact: E, recorded: &Recorded) {
    match fact {
        E::ApprovalRequested(requested) => {
            view.phase = RunPhaseView::AwaitingApproval;
            view.intended = Some(requested.counts);
        }
        E::Paused(_) => view.phase = RunPhaseView::Paused,
        E::Resumed(_) | E::Approved(_) => view.phase = RunPhaseView::Running,
        E::CancelRequested(_) => view.phase = RunPhaseView::Cancelling,
        E::ItemsSettled(settled) => {
            view.counts.settle(&settled.counts, settled.again);
            nodes::count(&mut view.nodes, &settled);
            reasons::count(view, &settled, recorded.revision);
            view.chunks += 1;
            let fetch = view.fetches.entry(settled.node).or_default();
            fetch.resource = settled.resource;
            if let Some(page) = settled.page {
                fetch.pages += page.pages;
                fetch.hidden += page.hidden;
                fetch.total = page.total.or(fetch.total);
            }
        }
        E::FetchFinished(finished) => {
            let fetch = view.fetches.entry(finished.node).or_default();
            fetch.complete = Some(finished.complete);
            fetch.total = finished.total.or(fetch.total);
            fetch.hidden = finished.hidden;
            fetch.problem = finished.problem;
        }
        E::Completed(completed) => {
            view.phase = completed.status.into();
            view.counts = completed.counts;
            view.ended_at = Some(recorded.recorded_at);
        }
        E::ItemsChosen(chosen) => {
            let fetch = view.fetches.entry(chosen.node).or_default();
            fetch.total = Some(fetch.total.unwrap_or(0) + chosen.items.len() as u64);
        }
        E::Rated(rated) => {
            view.rating = Some(Rating {
                satisfied: rated.satisfied,
                note: rated.note,
                at: recorded.recorded_at,
                actor: recorded.meta.actor.0.clone(),
            });
        }
        E::Started(_) | E::Noted(_) => {}
    }
}
