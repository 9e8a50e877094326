//! Executes one fetch node: pages come in, are observed ahead of the writing, and are settled in order (`ahead`).

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use app_sdk::{
    App, AppError, Fetched, PageRequest, Session, Source, SourceEnd, SourceNote, SourcePage, Unreadable,
};
use domain::run::{
    Attempts, Counts, FetchFinished, ItemNote, Outcome, PageFacts, Problem, RunCommand, RunPhase, Runs,
    SettledItem,
};
use engine::Meta;
use engine::execute::ExecuteError;
use engine::hold::Hold;
use engine::ports::{AppendError, Cause};
use futures::StreamExt;
use serde_json::Value;
use tokio::sync::{Notify, mpsc};
use tokio_util::task::AbortOnDropHandle;

use super::ahead::Pages;
use super::observe::{Observed, Origin, observe};
use super::plan::Fetch;
use super::process::{Page, Processed};
use super::route::Unique;
use super::waits::Waits;
use super::write::{Destinations, WriteError};
use crate::parts::{NotUsable, Parts};

/// Pages observed ahead of the one that is being written.
const PAGES_AHEAD: usize = 4;
/// Times a page is processed again because others wrote the same Portal records meanwhile.
const CONFLICTS_MAX: u32 = 8;
/// How long a page may go on after somebody asked to stop.
pub const STOP_GRACE: Duration = Duration::from_secs(30);
/// Records remembered for another try at the end of the run; beyond that they wait for the next run.
pub const DEFERRED_MAX: usize = 10_000;

/// Why a fetch ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    Finished,
    /// Somebody paused or cancelled the run.
    Stopped,
}

/// A run while it is executed.
pub struct Execution<'a> {
    pub parts: &'a Parts,
    pub run: &'a str,
    pub dry: bool,
    pub limit: Option<u64>,
    pub destinations: &'a Destinations,
    pub bell: &'a Notify,
    pub waits: &'a Waits,
    pub hold: Hold<Runs>,
    pub unique: Unique,
    /// Where the page that is settled next was read from.
    pub after: Option<Value>,
    /// Items to try again at the end.
    pub deferred: Vec<Waiting>,
}

/// An item whose reference is not at the destination yet.
pub struct Waiting {
    pub fetch: String,
    pub record: String,
    pub target: u8,
}

/// A page whose records are recorded.
pub struct Ready {
    pub observed: Vec<Observed>,
    /// Items that have come to their end already: they could not be read, or must not go on.
    pub settled: Vec<SettledItem>,
    pub facts: PageFacts,
    pub notes: Vec<SourceNote>,
}

pub enum Arrival {
    Page(AbortOnDropHandle<Result<Ready, Cause>>),
    End(SourceEnd),
    Broken(AppError),
}

impl<'a> Execution<'a> {
    pub async fn fetch(&mut self, fetch: &Fetch, app: &App, session: &Session) -> Result<Ended, Cause> {
        let (sender, mut arrivals) = mpsc::channel(PAGES_AHEAD);
        let reading = read(self.parts.clone(), app.clone(), self.reading(fetch, session), sender);
        // Ends with this fetch, however that ends.
        let _reading = AbortOnDropHandle::new(tokio::spawn(reading));
        self.settle_pages(fetch, Pages::new(&mut arrivals)).await
    }

    fn reading(&self, fetch: &Fetch, session: &Session) -> Reading {
        let cursor = self.cursor(fetch);
        Reading {
            node: fetch.node.clone(),
            session: session.clone(),
            request: PageRequest {
                resource: fetch.resource.clone(),
                cursor,
                fields: fetch.fields.clone(),
                statuses: fetch.statuses.clone(),
                ids: fetch.ids.clone(),
                limit: self.limit,
                past_caches: None,
            },
            meta: Meta::by(format!("run:{}", self.run)).of(self.run.to_owned()),
        }
    }

    /// Processes and settles a page, anew when others were quicker. `Some` when nobody can go on.
    pub async fn settle_page(&mut self, fetch: &Fetch, ready: Ready) -> Result<Option<Problem>, Cause> {
        for _ in 0..CONFLICTS_MAX {
            let mut processed = match self
                .process(fetch, &ready.observed, ready.settled.clone(), Some(ready.facts.clone()))
                .await
            {
                Ok(Some(mut processed)) => {
                    processed.chunk.counts.read += ready.aside();
                    processed
                }
                Ok(None) | Err(WriteError::Stopped) => return Ok(None),
                Err(WriteError::Destination(error)) => return Ok(Some(problem(&error))),
                Err(WriteError::Store(cause)) => return Err(cause),
            };
            let broken = processed.broken.take();
            if self.settle(fetch, processed, 0).await? {
                return Ok(broken.as_ref().map(problem));
            }
        }
        Err("others keep writing the same Portal records; trying again later".into())
    }

    pub fn as_page<'p>(&self, fetch: &'p Fetch) -> Page<'p>
    where
        'a: 'p,
    {
        Page {
            parts: self.parts,
            run: self.run,
            settled_to: self.hold.position(),
            dry: self.dry,
            beforehand: false,
            fetch,
            destinations: self.destinations,
            waits: self.waits,
        }
    }

    /// `None` if somebody asked to stop and the page did not end within the grace: at once when it only waited.
    async fn process(
        &mut self,
        fetch: &Fetch,
        observed: &[Observed],
        failed: Vec<SettledItem>,
        facts: Option<PageFacts>,
    ) -> Result<Option<Processed>, WriteError> {
        let page = self.as_page(fetch);
        let work = page.process(observed, failed, facts, &mut self.unique);
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                processed = &mut work => return unless_stopped(processed),
                () = self.bell.notified() => {
                    self.hold.refresh().await.map_err(|error| WriteError::Store(error.into()))?;
                    if stopping(self.hold.state().phase) {
                        self.waits.stop();
                        return match tokio::time::timeout(STOP_GRACE, &mut work).await {
                            Ok(processed) => unless_stopped(processed),
                            Err(_) => Ok(None),
                        };
                    }
                }
            }
        }
    }

    /// Appends the chunk and what the destination wants in the log. False if others were quicker, and the page has to
    /// be processed again.
    pub async fn settle(&mut self, fetch: &Fetch, processed: Processed, again: u64) -> Result<bool, Cause> {
        let mut chunk = processed.chunk;
        chunk.again = again;
        let cursor = chunk.page.as_ref().map(|page| page.cursor.clone());
        let command = RunCommand::Settle { chunk: Box::new(chunk), after: self.after.clone() };
        match self.hold.command(command, processed.appends).await {
            Ok(_) => {
                if let Some(cursor) = cursor {
                    self.after = cursor;
                }
            }
            Err(ExecuteError::Append(AppendError::Conflict { .. })) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let room = DEFERRED_MAX.saturating_sub(self.deferred.len());
        let deferred = processed.deferred.into_iter().take(room);
        let fetch = &fetch.node;
        self.deferred.extend(deferred.map(|(record, target)| Waiting {
            fetch: fetch.clone(),
            record,
            target,
        }));
        Ok(true)
    }

    /// Tries records again that had to wait for others at the targets in `waited`. Items that still wait stay as they were
    /// settled.
    pub async fn again(
        &mut self,
        fetch: &Fetch,
        observed: &[Observed],
        waited: &HashSet<(String, u8)>,
    ) -> Result<(), Cause> {
        for _ in 0..CONFLICTS_MAX {
            let (processed, ended) = match self.process(fetch, observed, vec![], None).await {
                Ok(Some(processed)) => second_try(processed, waited),
                Ok(None) | Err(WriteError::Destination(_) | WriteError::Stopped) => return Ok(()),
                Err(WriteError::Store(cause)) => return Err(cause),
            };
            let nothing = processed.chunk.items.is_empty() && processed.chunk.unchanged.is_empty();
            if nothing || self.settle(fetch, processed, ended).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    pub fn must_stop(&self) -> bool {
        stopping(self.hold.state().phase)
    }

    /// Where a fetch node goes on; absent before its first page.
    pub fn cursor(&self, fetch: &Fetch) -> Option<Value> {
        self.hold.state().fetches.get(&fetch.node).and_then(|progress| progress.cursor.clone())
    }
}

pub fn stopping(phase: RunPhase) -> bool {
    phase != RunPhase::Running
}

/// `None` for a page that was given up because the run is to stop.
fn unless_stopped(processed: Result<Processed, WriteError>) -> Result<Option<Processed>, WriteError> {
    match processed {
        Err(WriteError::Stopped) => Ok(None),
        processed => processed.map(Some),
    }
}

/// Keeps of a second try what came to an end, and says how many of the items that waited did. What has not waited is told
/// already, and counts again only if the second try changed it; its failures stay beside the others of the record, for a
/// record is well only when it fails nowhere.
fn second_try(mut processed: Processed, waited: &HashSet<(String, u8)>) -> (Processed, u64) {
    let waiting: HashSet<(String, u8)> = std::mem::take(&mut processed.deferred).into_iter().collect();
    let is_in =
        |set: &HashSet<(String, u8)>, item: &SettledItem| set.contains(&(item.record.clone(), item.target));
    let chunk = &mut processed.chunk;
    let unchanged: HashSet<&String> = chunk.unchanged.iter().collect();
    let mut ended = waited.iter().filter(|(record, _)| unchanged.contains(record)).count() as u64;
    chunk.counts = Counts { unchanged: ended, ..Counts::default() };
    let mut items = std::mem::take(&mut chunk.items);
    items.retain(|item| !is_in(&waiting, item));
    let mut news: HashSet<String> = HashSet::new();
    for item in &items {
        let has_waited = is_in(waited, item);
        let has_changed = matches!(item.outcome, Outcome::Created | Outcome::Updated | Outcome::Removed);
        ended += u64::from(has_waited);
        if has_waited || has_changed {
            chunk.counts.count(item.outcome);
            news.insert(item.record.clone());
        }
    }
    let is_told = |item: &SettledItem| is_in(waited, item) || item.outcome != Outcome::Unchanged;
    items.retain(|item| is_told(item) && news.contains(&item.record));
    chunk.items = items;
    (processed, ended)
}

struct Reading {
    node: String,
    session: Session,
    request: PageRequest,
    meta: Meta,
}

/// Pulls pages and observes them ahead; ends when nobody listens any more.
async fn read(parts: Parts, app: App, reading: Reading, sender: mpsc::Sender<Arrival>) {
    let Some(source) = app.source.clone() else {
        let error = AppError::Invalid {
            code: "NOT_A_SOURCE".to_owned(),
            message: format!("{} has no records to read", app.entry.name),
            remedy: "choose a connection to an app that records can be read from".to_owned(),
        };
        let _nobody_listens = sender.send(Arrival::Broken(error)).await;
        return;
    };
    let reading = Arc::new(reading);
    let mut pages = source.pages(&reading.session, reading.request.clone());
    while let Some(fetched) = pages.next().await {
        let arrival = match fetched {
            Ok(Fetched::Page(page)) => {
                let ready = ready(parts.clone(), (app.clone(), source.clone()), reading.clone(), page);
                Arrival::Page(AbortOnDropHandle::new(tokio::spawn(ready)))
            }
            Ok(Fetched::End(end)) => Arrival::End(end),
            Err(error) => Arrival::Broken(error),
        };
        if sender.send(arrival).await.is_err() {
            return;
        }
    }
}

async fn ready(
    parts: Parts,
    (app, source): (App, Arc<dyn Source>),
    reading: Arc<Reading>,
    page: SourcePage,
) -> Result<Ready, Cause> {
    let origin = Origin {
        connection: &reading.session.connection,
        resource: &reading.request.resource,
        reader: app.reader.as_deref(),
        source: &*source,
        session: &reading.session,
        request: &reading.request,
        meta: reading.meta.clone(),
    };
    let observed = observe(&parts, &origin, page.items).await?;
    let failed = page.unreadable.into_iter().map(|unreadable| failed(&reading.node, unreadable)).collect();
    let facts = PageFacts { pages: 1, cursor: page.cursor, total: page.total, hidden: page.hidden };
    Ok(Ready { observed, settled: failed, facts, notes: page.notes })
}

fn failed(node: &str, unreadable: Unreadable) -> SettledItem {
    let note = ItemNote {
        step: node.to_owned(),
        code: unreadable.code,
        message: unreadable.message,
        field: None,
        remedy: Some("look at the record on the site; a plugin may change what it sends".to_owned()),
        raw: Some(unreadable.raw),
    };
    SettledItem {
        record: unreadable.id,
        outcome: Outcome::Failed,
        portal: None,
        target: 0,
        revision: None,
        notes: vec![note],
        attempts: Attempts::default(),
        changed: vec![],
    }
}

pub fn stuck(fetch: &Fetch, problem: Problem) -> FetchFinished {
    FetchFinished {
        node: fetch.node.clone(),
        complete: false,
        total: None,
        hidden: 0,
        problem: Some(problem),
    }
}

pub fn problem(error: &AppError) -> Problem {
    Problem { code: error.code().to_owned(), message: error.to_string(), remedy: error.remedy().to_owned() }
}

/// A refusal ends the fetch with words; a store that fails is tried again.
pub fn not_usable(error: NotUsable) -> Result<Problem, Cause> {
    match error {
        NotUsable::Refused { code, message, remedy } => {
            Ok(Problem { code: code.to_owned(), message, remedy: remedy.to_owned() })
        }
        NotUsable::Store(cause) => Err(cause),
    }
}
