//! What is gone: known, not seen by a complete reading, and denied by the source when it is asked for by its id.

use std::collections::HashSet;

use app_sdk::Presence;
use domain::record::{RecordEvent, RecordGone};
use domain::views::{RECORDS, RecordView};
use domain::watch::{GoneHeld, WatchCommand, needs_approval};
use engine::NewEvent;
use engine::ports::{Cause, Expected, Query, StreamAppend};

use super::pass::{Pass, Tools};

/// Known records read at once.
const KNOWN_TOGETHER: usize = 1_000;
/// Ids asked for in one go.
const ASKED_TOGETHER: usize = 100;

/// Records that are known and were not seen.
#[derive(Default)]
pub struct Missing {
    /// Id and revision.
    pub records: Vec<(String, u64)>,
    pub known: u64,
}

impl Pass<'_> {
    pub async fn missing(&self, seen: &HashSet<String>) -> Result<Missing, Cause> {
        let prefix = format!("{}.", self.watched.key());
        let mut missing = Missing::default();
        let mut after = None;
        loop {
            let query =
                Query { key_prefix: prefix.clone(), after, limit: KNOWN_TOGETHER, ..Query::default() };
            let page = self.parts.reads.list(&RECORDS, &query).await?;
            for row in &page.rows {
                let view: RecordView = serde_json::from_slice(&row.doc)?;
                let Some(id) = row.key.strip_prefix(&prefix).filter(|_| !view.gone) else { continue };
                missing.known += 1;
                if !seen.contains(id) {
                    missing.records.push((id.to_owned(), view.revision));
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(missing);
            }
        }
    }

    /// The events of those that are proven gone. Too many at once are held for a person instead.
    pub async fn prove(&mut self, tools: &Tools, missing: Missing) -> Result<Vec<StreamAppend>, Cause> {
        let approved: HashSet<&String> = self.hold.state().approved.iter().collect();
        let (approved, unapproved): (Vec<_>, Vec<_>) =
            missing.records.into_iter().partition(|(id, _)| approved.contains(id));
        let mut believed = approved;
        if needs_approval(unapproved.len() as u64, missing.known) {
            let ids = unapproved.into_iter().map(|(id, _)| id).collect();
            let held = GoneHeld { ids, known: missing.known };
            self.hold.command(WatchCommand::Hold(held), vec![]).await?;
        } else {
            believed.extend(unapproved);
        }
        let mut gone = vec![];
        for asked in believed.chunks(ASKED_TOGETHER) {
            let ids: Vec<String> = asked.iter().map(|(id, _)| id.clone()).collect();
            let found = tools.changes.presence(&tools.session, &self.watched.resource, &ids).await?;
            for ((id, revision), presence) in asked.iter().zip(found) {
                if let Presence::Gone(evidence) = presence {
                    gone.push(self.gone(id, *revision, evidence));
                }
            }
        }
        Ok(gone)
    }

    fn gone(&self, id: &str, revision: u64, evidence: String) -> StreamAppend {
        let event = RecordEvent::Gone(RecordGone { evidence });
        let event = NewEvent::of(&event, self.parts.ids.event_id(), self.meta());
        StreamAppend { stream: self.stream(id), expected: Expected::Exact(revision), events: vec![event] }
    }
}
