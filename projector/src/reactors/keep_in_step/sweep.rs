//! Reading everything: finds what no question finds, and proves what is gone.

use std::collections::HashSet;
use std::time::Instant;

use app_sdk::{Fetched, SourceEnd};
use domain::run::Problem;
use domain::watch::{UNREAD_MAX, Unread, WatchCommand, WatchSwept};
use engine::ports::Cause;
use futures::StreamExt;

use super::gone::Missing;
use super::pass::{Outcome, Pass, Tools, unread};
use crate::reactors::run_nodes::observe::take_in;

/// What was read.
#[derive(Default)]
struct Read {
    /// Ids that the source showed, whether or not they could be read.
    seen: HashSet<String>,
    changed: u64,
    stale: u64,
    unread: Vec<Unread>,
    end: Option<SourceEnd>,
}

impl Pass<'_> {
    pub async fn sweep(&mut self, tools: &Tools) -> Result<Outcome, Cause> {
        let begun = self.parts.clock.now();
        let clock = Instant::now();
        // What changes while everything is read is heard afterwards, so the cursor is of before.
        let recorded = self.hold.state().cursor.clone();
        let cursor =
            recorded.unwrap_or_else(|| tools.changes.cursor(&tools.session, &self.watched.resource, begun));
        let read = self.read(tools).await?;
        let end = read.end.unwrap_or(SourceEnd { complete: false, total: None, hidden: 0, problem: None });
        let missing = if end.complete { self.missing(&read.seen).await? } else { Missing::default() };
        let gone = self.prove(tools, missing).await?;
        let swept = WatchSwept {
            begun,
            complete: end.complete,
            seen: read.seen.len() as u64,
            missed: read.changed,
            stale: read.stale,
            gone: gone.len() as u64,
            hidden: end.hidden,
            cursor: cursor.clone(),
            problem: end.problem.or_else(|| (!end.complete).then(incomplete)),
            unread: read.unread,
        };
        self.hold.command(WatchCommand::Sweep(swept), gone).await?;
        metrics::counter!("portal_sweeps_total").increment(1);
        Ok(Outcome {
            changed: read.changed,
            cursor: Some(cursor),
            swept: Some(clock.elapsed()),
            ..Outcome::idle()
        })
    }

    async fn read(&self, tools: &Tools) -> Result<Read, Cause> {
        let request = self.request(tools).await?;
        let mut read = Read::default();
        let mut pages = tools.source.pages(&tools.session, request.clone());
        while let Some(fetched) = pages.next().await {
            match fetched? {
                Fetched::Page(page) => {
                    read.seen.extend(page.items.iter().map(|item| item.id.clone()));
                    read.seen.extend(page.unreadable.iter().map(|unreadable| unreadable.id.clone()));
                    let room = UNREAD_MAX.saturating_sub(read.unread.len());
                    read.unread.extend(page.unreadable.into_iter().take(room).map(unread));
                    let taken_in =
                        take_in(self.parts, &self.origin(tools, &request), page.items, vec![]).await?;
                    read.changed += taken_in.changed;
                    read.stale += taken_in.stale;
                }
                Fetched::End(end) => read.end = Some(end),
            }
        }
        Ok(read)
    }
}

fn incomplete() -> Problem {
    Problem {
        code: "INCOMPLETE".to_owned(),
        message: "not everything could be read, so nothing is taken for gone".to_owned(),
        remedy: "nothing to do: it is read again; if it stays so, test the connection".to_owned(),
    }
}
