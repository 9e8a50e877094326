//! Takes the pages of a fetch to their ends, in order. While what one page brings is appended, the next is processed: the
//! one waits for the disk, the other for the processor.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::run::{FetchFinished, Outcome, PageFacts, RunCommand, RunNoted};
use engine::ports::Cause;
use tokio::sync::mpsc;

use super::fetch::{Arrival, Ended, Execution, Ready, STOP_GRACE, not_usable, problem, stopping, stuck};
use super::plan::Fetch;
use super::process::{Page, Processed};
use super::route::Unique;
use super::write::WriteError;

/// Pages settled in one append, when they are ready at the same time: fewer syncs where the disk is the slowest part.
const PAGES_TOGETHER_MAX: u64 = 5;

/// The pages of a fetch, as they arrive.
pub struct Pages<'a> {
    arrivals: &'a mut mpsc::Receiver<Arrival>,
    /// What was taken out of the queue before its turn.
    taken: Option<Result<Arrival, Cause>>,
}

/// Pages that were processed and wait to be appended.
struct Done {
    ready: Ready,
    processed: Processed,
}

/// What follows on what is being appended.
enum Next {
    Page(Box<Done>),
    /// Has to see what is being appended: it holds the same records, or refers to them.
    Waits(Ready),
    /// Nothing more comes, or nobody can go on.
    Over(FetchFinished),
}

impl Execution<'_> {
    pub async fn settle_pages(&mut self, fetch: &Fetch, mut pages: Pages<'_>) -> Result<Ended, Cause> {
        self.after = self.cursor(fetch);
        let mut before = None;
        loop {
            if self.must_stop() {
                if let Some(done) = before {
                    self.append(fetch, done).await?;
                }
                return Ok(Ended::Stopped);
            }
            let over = match self.turn(fetch, before.take(), &mut pages).await? {
                None => continue,
                // Nothing more goes to a destination that stopped answering.
                Some(Next::Page(done)) if done.processed.broken.is_some() => {
                    match self.append(fetch, *done).await? {
                        None => continue,
                        Some(over) => over,
                    }
                }
                Some(Next::Page(done)) => {
                    before = Some(*done);
                    continue;
                }
                Some(Next::Waits(ready)) => match self.page(fetch, ready).await? {
                    None => continue,
                    Some(over) => over,
                },
                Some(Next::Over(over)) => over,
            };
            self.hold.command(RunCommand::FinishFetch(over), vec![]).await?;
            return Ok(Ended::Finished);
        }
    }

    /// Appends what was processed before, and processes what comes next meanwhile. `None` when the run has news.
    async fn turn(
        &mut self,
        fetch: &Fetch,
        before: Option<Done>,
        pages: &mut Pages<'_>,
    ) -> Result<Option<Next>, Cause> {
        let writing = AtomicBool::new(false);
        let mut unique = std::mem::take(&mut self.unique);
        let records = before.as_ref().map(Done::records);
        let page = self.as_page(fetch);
        let next = {
            let coming = next(&page, pages, &mut unique, records.as_ref(), &writing);
            tokio::pin!(coming);
            let mut came = None;
            if let Some(done) = before {
                let appending = self.append(fetch, done);
                tokio::pin!(appending);
                loop {
                    tokio::select! {
                        biased;
                        appended = &mut appending => match appended? {
                            None => break,
                            Some(over) => return Ok(Some(Next::Over(over))),
                        },
                        next = &mut coming, if came.is_none() => came = Some(next),
                    }
                }
            }
            match came {
                Some(next) => next,
                None => self.unless_stopped(coming, &writing).await,
            }
        };
        self.unique = unique;
        next
    }

    /// Waits for the next page as long as the run goes on; a page that is being written gets a grace, unless it waits for
    /// another try.
    async fn unless_stopped(
        &mut self,
        mut coming: impl Future<Output = Result<Option<Next>, Cause>> + Unpin,
        writing: &AtomicBool,
    ) -> Result<Option<Next>, Cause> {
        loop {
            tokio::select! {
                biased;
                () = self.bell.notified() => {
                    self.hold.refresh().await?;
                    if !stopping(self.hold.state().phase) {
                        continue;
                    }
                    self.waits.stop();
                    let grace = if writing.load(Ordering::Relaxed) { STOP_GRACE } else { Duration::ZERO };
                    return tokio::time::timeout(grace, coming).await.unwrap_or(Ok(None));
                }
                next = &mut coming => return next,
            }
        }
    }

    /// Appends what a page brings, its notes first. When others were quicker, the page is processed anew; `Some` when
    /// nobody can go on.
    async fn append(&mut self, fetch: &Fetch, done: Done) -> Result<Option<FetchFinished>, Cause> {
        let Done { mut ready, mut processed } = done;
        self.note(fetch, &mut ready).await?;
        let broken = processed.broken.take();
        if self.settle(fetch, processed, 0).await? {
            return Ok(broken.map(|error| stuck(fetch, problem(&error))));
        }
        self.page(fetch, ready).await
    }

    /// Processes and settles a page by itself. `Some` when nobody can go on.
    async fn page(&mut self, fetch: &Fetch, mut ready: Ready) -> Result<Option<FetchFinished>, Cause> {
        self.note(fetch, &mut ready).await?;
        Ok(self.settle_page(fetch, ready).await?.map(|problem| stuck(fetch, problem)))
    }

    async fn note(&mut self, fetch: &Fetch, ready: &mut Ready) -> Result<(), Cause> {
        for note in std::mem::take(&mut ready.notes) {
            let noted = RunNoted {
                level: note.level,
                code: note.code,
                message: note.message,
                node: Some(fetch.node.clone()),
            };
            self.hold.command(RunCommand::Note(noted), vec![]).await?;
        }
        Ok(())
    }
}

/// Waits for the next pages and processes them. `before` are the records of those that are being appended. `None` when the
/// run is to stop.
async fn next(
    page: &Page<'_>,
    pages: &mut Pages<'_>,
    unique: &mut Unique,
    before: Option<&HashSet<String>>,
    writing: &AtomicBool,
) -> Result<Option<Next>, Cause> {
    let fetch = page.fetch;
    let ready = match pages.next().await? {
        Arrival::Page(ready) => pages.join(ready.await??).await,
        Arrival::End(end) => {
            return Ok(Some(Next::Over(FetchFinished {
                node: fetch.node.clone(),
                complete: end.complete,
                total: end.total,
                hidden: end.hidden,
                problem: end.problem,
            })));
        }
        Arrival::Broken(error) => return Ok(Some(Next::Over(stuck(fetch, problem(&error))))),
    };
    if let Err(refused) = page.parts.usable(&fetch.connection).await {
        return Ok(Some(Next::Over(stuck(fetch, not_usable(refused)?))));
    }
    let meets = |records: &HashSet<String>| {
        fetch.refers_to_itself() || ready.observed.iter().any(|record| records.contains(&record.key.id))
    };
    if before.is_some_and(meets) {
        return Ok(Some(Next::Waits(ready)));
    }
    writing.store(true, Ordering::Relaxed);
    match page.process(&ready.observed, ready.settled.clone(), Some(ready.facts.clone()), unique).await {
        Ok(mut processed) => {
            processed.chunk.counts.read += ready.aside();
            Ok(Some(Next::Page(Box::new(Done { ready, processed }))))
        }
        Err(WriteError::Destination(error)) => Ok(Some(Next::Over(stuck(fetch, problem(&error))))),
        Err(WriteError::Stopped) => Ok(None),
        Err(WriteError::Store(cause)) => Err(cause),
    }
}

impl<'a> Pages<'a> {
    pub fn new(arrivals: &'a mut mpsc::Receiver<Arrival>) -> Self {
        Self { arrivals, taken: None }
    }

    async fn next(&mut self) -> Result<Arrival, Cause> {
        match self.taken.take() {
            Some(arrival) => arrival,
            None => {
                self.arrivals.recv().await.ok_or_else(|| "reading the source stopped without a reason".into())
            }
        }
    }

    /// Takes in the pages that are there already. One that cannot be got past takes no other with it.
    async fn join(&mut self, mut ready: Ready) -> Ready {
        while ready.facts.pages < PAGES_TOGETHER_MAX && self.taken.is_none() {
            self.taken = match self.arrivals.try_recv() {
                Ok(Arrival::Page(more)) => match more.await.map_err(Cause::from).and_then(|more| more) {
                    Ok(more) => {
                        ready.join(more);
                        None
                    }
                    Err(error) => Some(Err(error)),
                },
                Ok(other) => Some(Ok(other)),
                Err(_) => break,
            };
        }
        ready
    }
}

impl Done {
    fn records(&self) -> HashSet<String> {
        self.ready.observed.iter().map(|record| record.key.id.clone()).collect()
    }
}

impl Ready {
    /// Takes the next page in. A record seen on both counts as it was seen last.
    fn join(&mut self, next: Self) {
        let again: HashSet<&str> = next.observed.iter().map(|record| record.key.id.as_str()).collect();
        self.observed.retain(|record| !again.contains(record.key.id.as_str()));
        self.observed.extend(next.observed);
        self.settled.extend(next.settled);
        self.notes.extend(next.notes);
        self.facts = PageFacts {
            pages: self.facts.pages + next.facts.pages,
            hidden: self.facts.hidden + next.facts.hidden,
            ..next.facts
        };
    }

    /// Records that were left alone before they were processed.
    pub fn aside(&self) -> u64 {
        self.settled.iter().filter(|item| item.outcome == Outcome::Skipped).count() as u64
    }
}
