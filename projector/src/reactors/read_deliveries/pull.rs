//! Pulls what a companion's outbox holds and nobody sent us: numbers that are missing between those that came, and what
//! waits because nothing there sends. What the outbox holds no longer, a sweep makes up for.

use std::sync::Arc;

use app_sdk::{Outbox, OutboxPage, OutboxQuestion, Session};
use domain::ids::ConnectionId;
use domain::inbox::{InboxCommand, InboxState, Inboxes, OutboxPulled, OutboxRange};
use domain::views::WATCHES;
use domain::watch::{WatchCommand, Watches};
use engine::Meta;
use engine::execute::ExecuteError;
use engine::hold::Hold;
use engine::ports::{Cause, Query};

use super::super::look_again::LookError;
use super::super::run_nodes::fetch::not_usable;
use super::places::Places;
use crate::parts::Parts;

/// Pages pulled in one turn; the next turn goes on.
const PAGES_MAX: usize = 20;
/// Watched resources of one connection.
const WATCHES_MAX: usize = 500;

/// What came of pulling.
#[derive(Debug, PartialEq, Eq)]
pub enum Pulled {
    /// There may be more.
    Some,
    Nothing,
    /// Nobody there keeps an outbox for us at present.
    Nobody,
    /// Nobody ever will: the connection has no secret to ask with, or its app no outbox.
    Never,
}

struct Pull<'a> {
    parts: &'a Parts,
    connection: &'a ConnectionId,
    outbox: Arc<dyn Outbox>,
    session: Session,
    meta: Meta,
    inbox: Hold<Inboxes>,
}

pub async fn pull(parts: &Parts, connection: &ConnectionId) -> Result<Pulled, LookError> {
    let meta = Meta::by(format!("inbox:{connection}"));
    let inbox = Hold::<Inboxes>::open(parts.executor.clone(), connection.as_str(), meta.clone()).await;
    let inbox = inbox.map_err(store)?;
    let (view, session) = match parts.open(connection).await {
        Ok(opened) => opened,
        Err(refused) => return Err(LookError::NotUsable(not_usable(refused)?)),
    };
    let outbox = parts.apps.get(&view.app).and_then(|app| app.outbox.clone());
    let Some(outbox) = outbox.filter(|_| session.pairing.is_some()) else {
        sweep_instead(parts, inbox, connection, &meta).await?;
        return Ok(Pulled::Never);
    };
    let mut pull = Pull { parts, connection, outbox, session, meta, inbox };
    let Some(waiting) = pull.ask(OutboxQuestion::Waiting).await? else {
        let Pull { inbox, meta, .. } = pull;
        sweep_instead(parts, inbox, connection, &meta).await?;
        return Ok(Pulled::Nobody);
    };
    pull.everything(waiting).await
}

impl Pull<'_> {
    async fn everything(&mut self, waiting: OutboxPage) -> Result<Pulled, LookError> {
        let name = waiting.outbox.clone();
        if self.is_another_list(&name) {
            request_sweeps(self.parts, self.connection, &self.meta).await?;
        }
        let ranges = missing(self.inbox.state(), &waiting);
        let mut pages = 0;
        for range in &ranges {
            let mut after = range.first - 1;
            while after < range.last {
                if pages == PAGES_MAX {
                    return Ok(Pulled::Some);
                }
                pages += 1;
                let question = OutboxQuestion::After(after);
                match self.ask(question).await? {
                    Some(page) if page.outbox == name => after = self.take(range, after, page).await?,
                    // It began anew just now.
                    _ => return Ok(Pulled::Some),
                }
            }
        }
        let taken = self.inbox.state().outboxes.get(&name).copied().unwrap_or(waiting.taken);
        if taken > waiting.taken {
            self.ask(OutboxQuestion::Taken(taken)).await?;
        }
        Ok(if ranges.is_empty() { Pulled::Nothing } else { Pulled::Some })
    }

    /// Looks at what a page names, and writes down how far that came: the number to go on from.
    async fn take(&mut self, range: &OutboxRange, after: u64, page: OutboxPage) -> Result<u64, LookError> {
        let numbers = page.changes.iter().map(|change| change.number);
        let first = numbers.clone().find(|number| *number > after);
        // A list without gaps goes on with the next number, else it holds what was before no longer.
        let lost = page.lost_up_to > after || first != Some(after + 1);
        let last = if lost {
            let before = first.map_or(range.last, |first| first - 1);
            before.max(page.lost_up_to).min(range.last)
        } else {
            numbers.max().unwrap_or(range.last).min(range.last)
        };
        let mut places = Places::default();
        if !lost {
            for change in page.changes.into_iter().filter(|change| change.number <= last) {
                places.say(change.said);
            }
        }
        let records = places.look(self.parts, self.connection, &self.meta).await?;
        if lost || places.look_at_all {
            request_sweeps(self.parts, self.connection, &self.meta).await?;
        }
        let range = OutboxRange { outbox: range.outbox.clone(), first: after + 1, last };
        metrics::counter!("portal_outbox_pulled_total").increment(range.last.saturating_sub(after));
        let pulled = OutboxPulled { range, records, lost };
        self.inbox.command(InboxCommand::Pull(pulled), vec![]).await.map_err(store)?;
        Ok(last)
    }

    async fn ask(&self, question: OutboxQuestion) -> Result<Option<OutboxPage>, LookError> {
        let now = self.parts.clock.now();
        self.outbox.ask(&self.session, question, now).await.map_err(LookError::Later)
    }

    /// Numbers came under another name before, and none under this one.
    fn is_another_list(&self, name: &str) -> bool {
        let known = &self.inbox.state().outboxes;
        !known.is_empty() && !known.contains_key(name)
    }
}

/// What never came: the gaps, and all behind the highest number. Before the first contact, what was taken once is the
/// first import's.
fn missing(state: &InboxState, waiting: &OutboxPage) -> Vec<OutboxRange> {
    let name = &waiting.outbox;
    let highest = state.outboxes.get(name).copied().unwrap_or(waiting.taken);
    let rest = OutboxRange { outbox: name.clone(), first: highest + 1, last: waiting.last_given };
    let gaps = state.gaps.iter().filter(|gap| gap.outbox == *name && gap.last <= waiting.last_given).cloned();
    gaps.chain((rest.first <= rest.last).then_some(rest)).collect()
}

/// What is missing and cannot be pulled: everything that is watched is read, which makes up for it.
async fn sweep_instead(
    parts: &Parts,
    mut inbox: Hold<Inboxes>,
    connection: &ConnectionId,
    meta: &Meta,
) -> Result<(), LookError> {
    let gaps = inbox.state().gaps.clone();
    if gaps.is_empty() || !request_sweeps(parts, connection, meta).await? {
        return Ok(());
    }
    for gap in gaps {
        inbox.command(InboxCommand::Fill(gap), vec![]).await.map_err(store)?;
    }
    Ok(())
}

/// Asks for everything of the connection that is watched to be read. False where nothing is.
pub async fn request_sweeps(
    parts: &Parts,
    connection: &ConnectionId,
    meta: &Meta,
) -> Result<bool, LookError> {
    let query = Query { key_prefix: format!("{connection}."), limit: WATCHES_MAX, ..Query::default() };
    let rows = parts.reads.list(&WATCHES, &query).await.map_err(|error| LookError::Store(error.into()))?.rows;
    for row in &rows {
        let request = WatchCommand::RequestSweep;
        parts.executor.execute::<Watches>(&row.key, request, meta.clone()).await.map_err(store)?;
    }
    Ok(!rows.is_empty())
}

fn store(error: ExecuteError) -> LookError {
    LookError::Store(Cause::from(error))
}
