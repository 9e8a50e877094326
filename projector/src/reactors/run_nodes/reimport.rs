//! Executes one fetch node of a re-import: every record of it, as it was recorded. The source is not asked and need
//! not exist any more. A run that is to write weighs first what it would do; a large change set waits for a person.

use domain::record::RecordKey;
use domain::run::{Counts, FetchFinished, ItemNote, Outcome, PageFacts, RunCommand, Scope, SettledItem};
use domain::views::{RECORDS, RecordView};
use engine::ports::{Cause, PageCursor, Query};
use engine::{StreamName, as_of};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::fetch::{Ended, Execution, Ready};
use super::plan::{Fetch, Place};
use super::prepare::Prepared;
use super::process::Page;
use super::recall::{aside, recall};
use super::route::Unique;
use super::write::{Destination, Destinations, WriteError};
use crate::parts::Parts;

/// Records of one page.
const PAGE_RECORDS: usize = 500;

type Coming = JoinHandle<Result<Option<Ready>, Cause>>;

impl Execution<'_> {
    /// Settles every recorded item of one fetch node; while one page is settled, the next one is read.
    pub async fn reimport(&mut self, fetch: &Fetch, scope: &Scope) -> Result<Ended, Cause> {
        self.after = self.cursor(fetch);
        let mut coming = Some(read(self.parts, fetch, scope, self.after.clone()));
        let problem = loop {
            self.hold.refresh().await?;
            if self.must_stop() {
                return Ok(Ended::Stopped);
            }
            let Some(page) = coming.take() else { break None };
            let Some(ready) = page.await?? else { break None };
            coming = Some(read(self.parts, fetch, scope, ready.facts.cursor.clone()));
            if let Some(problem) = self.settle_page(fetch, ready).await? {
                break Some(problem);
            }
        };
        let finished = FetchFinished {
            node: fetch.node.clone(),
            complete: problem.is_none(),
            total: None,
            hidden: 0,
            problem,
        };
        self.hold.command(RunCommand::FinishFetch(finished), vec![]).await?;
        Ok(Ended::Finished)
    }

    /// What the whole re-import would do. Nothing is settled, and the doors are those of a dry run.
    pub async fn weigh(&self, plan: &Prepared, scope: &Scope) -> Result<Counts, Cause> {
        let dry = |(id, to): (&String, &Destination)| {
            (id.clone(), Destination { door: to.door.dry(), session: to.session.clone() })
        };
        let destinations: Destinations = self.destinations.iter().map(dry).collect();
        let mut counts = Counts::default();
        let mut unique = Unique::default();
        for (fetch, _) in &plan.fetches {
            let page = Page {
                parts: self.parts,
                run: self.run,
                settled_to: self.hold.position(),
                dry: true,
                beforehand: true,
                fetch,
                destinations: &destinations,
                waits: self.waits,
            };
            let mut coming = read(self.parts, fetch, scope, None);
            while let Some(ready) = coming.await?? {
                coming = read(self.parts, fetch, scope, ready.facts.cursor.clone());
                match page.process(&ready.observed, ready.settled, None, &mut unique).await {
                    Ok(processed) => counts.add(&processed.chunk.counts),
                    Err(WriteError::Store(cause)) => return Err(cause),
                    // It will be met again, and told, when the run writes.
                    Err(WriteError::Destination(_) | WriteError::Stopped) => return Ok(counts),
                }
            }
        }
        Ok(counts)
    }
}

fn read(parts: &Parts, fetch: &Fetch, scope: &Scope, after: Option<Value>) -> Coming {
    let (parts, place, scope) = (parts.clone(), fetch.place(), scope.clone());
    tokio::spawn(async move { recorded_page(&parts, &place, &scope, after.as_ref()).await })
}

/// The next page of a fetch node's records, as they were recorded; `None` after the last.
async fn recorded_page(
    parts: &Parts,
    place: &Place,
    scope: &Scope,
    after: Option<&Value>,
) -> Result<Option<Ready>, Cause> {
    if scope.resource.as_ref().is_some_and(|resource| *resource != place.resource) {
        return Ok(None);
    }
    let Some((rows, next)) = rows(parts, place, scope, after).await? else { return Ok(None) };
    let mut wanted = vec![];
    let mut settled = vec![];
    for (key, view) in rows {
        if view.gone && view.position <= scope.until {
            continue;
        }
        if view.position <= scope.until {
            wanted.push((key.id, Some(view.revision)));
        } else if let Some(revision) = known_then(parts, &key, scope.until).await? {
            settled.push(changed_since(&place.node, key.id, revision));
        }
    }
    let observed = recall(parts, place, &wanted).await?;
    let facts = PageFacts { pages: 1, cursor: Some(next), total: None, hidden: 0 };
    Ok(Some(Ready { observed, settled, facts, notes: vec![] }))
}

type Rows = Vec<(RecordKey, RecordView)>;

/// Records of the place after a cursor, and where to go on.
async fn rows(
    parts: &Parts,
    place: &Place,
    scope: &Scope,
    after: Option<&Value>,
) -> Result<Option<(Rows, Value)>, Cause> {
    if scope.ids.is_empty() {
        let key = after.and_then(|cursor| cursor["after"].as_str());
        let query = Query {
            key_prefix: format!("{}.{}.", place.connection, place.resource),
            after: key.map(|key| PageCursor { value: None, key: key.to_owned() }),
            limit: PAGE_RECORDS,
            ..Query::default()
        };
        let page = parts.reads.list(&RECORDS, &query).await?;
        let Some(last) = page.rows.last() else { return Ok(None) };
        let next = json!({ "after": last.key });
        let mut rows = Vec::with_capacity(page.rows.len());
        for row in page.rows {
            let Some(key) = RecordKey::parse(&row.key) else { continue };
            rows.push((key, serde_json::from_slice(&row.doc)?));
        }
        return Ok(Some((rows, next)));
    }
    let from = after.and_then(|cursor| cursor["next"].as_u64()).unwrap_or(0);
    let rest = usize::try_from(from).ok().and_then(|from| scope.ids.get(from..)).unwrap_or_default();
    let ids = &rest[..rest.len().min(PAGE_RECORDS)];
    if ids.is_empty() {
        return Ok(None);
    }
    let keys: Vec<RecordKey> = ids.iter().map(|id| place.key(id)).collect();
    let paths: Vec<String> = keys.iter().map(RecordKey::path).collect();
    let mut rows = vec![];
    for (key, doc) in keys.into_iter().zip(parts.reads.get(&RECORDS, &paths).await?) {
        if let Some(doc) = doc {
            rows.push((key, serde_json::from_slice(&doc)?));
        }
    }
    Ok(Some((rows, json!({ "next": from + ids.len() as u64 }))))
}

/// The revision that the record had at the position; `None` when it was not known then, or gone.
async fn known_then(parts: &Parts, key: &RecordKey, until: u64) -> Result<Option<u64>, Cause> {
    let stream = StreamName::new("record", key.path());
    let event = as_of::event(&*parts.executor.store, &stream, until).await?;
    Ok(event.filter(|event| &*event.event_type == "record.changed").map(|event| event.revision))
}

fn changed_since(node: &str, record: String, revision: u64) -> SettledItem {
    let note = ItemNote {
        step: node.to_owned(),
        code: "CHANGED_SINCE".to_owned(),
        message: "the record has changed since this re-import was asked for".to_owned(),
        field: None,
        remedy: Some("run the scenario, or ask for another re-import".to_owned()),
        raw: None,
    };
    aside(record, Outcome::Skipped, Some(revision), note)
}
