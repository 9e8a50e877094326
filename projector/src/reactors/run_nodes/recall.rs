//! Executes one fetch node of a run that does not ask the source: its records come from the log, as they were
//! recorded. What happens to them from there on is what happens to any record.

use std::collections::HashMap;

use domain::record::{RecordEvent, RecordKey};
use domain::run::{
    Attempts, ChosenItem, FetchFinished, ItemNote, Outcome, PageFacts, RunCommand, SettledItem,
};
use engine::ports::Cause;
use engine::{Recorded, StreamName, bodies, history, seal};
use serde_json::{Value, json};

use super::fetch::{Ended, Execution, Ready};
use super::observe::Observed;
use super::plan::{Fetch, Place};
use crate::parts::Parts;

/// Records of one page.
const PAGE_RECORDS: usize = 250;

impl Execution<'_> {
    /// Settles the chosen items of one fetch node, a page at a time.
    pub async fn retry(&mut self, fetch: &Fetch) -> Result<Ended, Cause> {
        let chosen = self.hold.state().chosen.get(&fetch.node).cloned().unwrap_or_default();
        self.after = self.cursor(fetch);
        loop {
            self.hold.refresh().await?;
            if self.must_stop() {
                return Ok(Ended::Stopped);
            }
            let from = self.after.as_ref().and_then(|cursor| cursor["next"].as_u64()).unwrap_or(0);
            let rest = usize::try_from(from).ok().and_then(|from| chosen.get(from..)).unwrap_or_default();
            let page = &rest[..rest.len().min(PAGE_RECORDS)];
            let problem = if page.is_empty() {
                None
            } else {
                let next = json!({ "next": from + page.len() as u64 });
                let ready = self.chosen_page(fetch, page, next, chosen.len() as u64).await?;
                let problem = self.settle_page(fetch, ready).await?;
                if problem.is_none() {
                    continue;
                }
                problem
            };
            let finished = FetchFinished {
                node: fetch.node.clone(),
                complete: problem.is_none(),
                total: Some(chosen.len() as u64),
                hidden: 0,
                problem,
            };
            self.hold.command(RunCommand::FinishFetch(finished), vec![]).await?;
            return Ok(Ended::Finished);
        }
    }

    async fn chosen_page(
        &self,
        fetch: &Fetch,
        page: &[ChosenItem],
        next: Value,
        total: u64,
    ) -> Result<Ready, Cause> {
        let wanted: Vec<(String, Option<u64>)> =
            page.iter().map(|item| (item.record.clone(), Some(item.revision))).collect();
        let recalled = recall(self.parts, &fetch.place(), &wanted).await?;
        let found: HashMap<&str, &Observed> =
            recalled.iter().map(|record| (record.key.id.as_str(), record)).collect();
        let lost = page.iter().filter(|item| !found.contains_key(item.record.as_str()));
        let aside: Vec<SettledItem> = lost.map(|item| not_recorded(&fetch.node, item)).collect();
        let facts = PageFacts { pages: 1, cursor: Some(next), total: Some(total), hidden: 0 };
        Ok(Ready { observed: recalled, settled: aside, facts, notes: vec![] })
    }
}

/// Records from the log: at the revision that is named, or else the newest. Those that were never recorded are left
/// out.
pub async fn recall(
    parts: &Parts,
    place: &Place,
    wanted: &[(String, Option<u64>)],
) -> Result<Vec<Observed>, Cause> {
    let streams: Vec<StreamName> =
        wanted.iter().map(|(id, _)| StreamName::new("record", place.key(id).path())).collect();
    let last = parts.executor.store.read_last(&streams).await?;
    let mut events: Vec<Recorded> = Vec::with_capacity(wanted.len());
    for (((_, revision), stream), last) in wanted.iter().zip(&streams).zip(last) {
        let event = match (revision, last) {
            (Some(revision), Some(last)) if last.revision != *revision => {
                let found = parts.executor.store.read_stream(stream, *revision, 1).await?.pop();
                found.filter(|event| event.revision == *revision)
            }
            (_, last) => last,
        };
        events.extend(event);
    }
    let bodies = bodies::open(&*parts.vault, &events.iter().collect::<Vec<_>>()).await?;
    let mut observed = Vec::with_capacity(events.len());
    for (recorded, body) in events.iter().zip(bodies) {
        let Some(key) = RecordKey::parse(recorded.stream.id()) else { continue };
        let (version, gone, set_back) = match history::decode(recorded)? {
            RecordEvent::Changed(changed) => (changed.version, false, changed.set_back),
            RecordEvent::Gone(_) => (None, true, false),
        };
        observed.push(Observed {
            key,
            erased: !gone && body.is_none(),
            bytes: body.unwrap_or_default(),
            version,
            subject: recorded.body.as_deref().and_then(seal::subject).map(str::to_owned),
            revision: recorded.revision,
            gone,
            set_back,
        });
    }
    Ok(observed)
}

fn not_recorded(node: &str, item: &ChosenItem) -> SettledItem {
    let note = ItemNote {
        step: node.to_owned(),
        code: "NOT_RECORDED".to_owned(),
        message: format!("revision {} of the record is not in the log", item.revision),
        field: None,
        remedy: Some("run the scenario again, so that the record is read from the source".to_owned()),
        raw: None,
    };
    aside(item.record.clone(), Outcome::Failed, None, note)
}

/// An item that comes to its end without going on.
pub fn aside(record: String, outcome: Outcome, revision: Option<u64>, note: ItemNote) -> SettledItem {
    SettledItem {
        record,
        outcome,
        portal: None,
        target: 0,
        revision,
        notes: vec![note],
        attempts: Attempts::default(),
        changed: vec![],
    }
}
