//! Asking what changed, and looking at what the answer hints at.

use app_sdk::{Hint, HintsRequest, PageRequest};
use domain::record::RecordKey;
use domain::views::{RECORDS, RecordView};
use domain::watch::{WatchCommand, WatchMoved};
use engine::StreamName;
use engine::ports::{Cause, StreamAppend};
use serde_json::Value;

use super::pass::{Outcome, Pass, Tools};
use crate::reactors::run_nodes::observe::take_in;

/// Records looked at in one request to the source.
const TOGETHER_MAX: usize = 500;

impl Pass<'_> {
    /// Asks until the source has told everything.
    pub async fn ask(&mut self, tools: &Tools, cursor: Option<Value>) -> Result<Outcome, Cause> {
        let recorded = self.hold.state().cursor.clone();
        let mut cursor = cursor.or(recorded).unwrap_or_default();
        let mut changed = 0;
        loop {
            let request =
                HintsRequest { resource: self.watched.resource.clone(), cursor, now: self.parts.clock.now() };
            let heard = tools.changes.hints(&tools.session, &request).await?;
            let unknown = self.unknown(heard.hints).await?;
            changed += self.look_at(tools, unknown, &heard.cursor).await?;
            cursor = heard.cursor;
            if !heard.more {
                return Ok(Outcome { changed, cursor: Some(cursor), ..Outcome::idle() });
            }
        }
    }

    /// The ids that are not known as the hints have them.
    async fn unknown(&self, hints: Vec<Hint>) -> Result<Vec<String>, Cause> {
        let keys: Vec<String> = hints.iter().map(|hint| self.key(&hint.id).path()).collect();
        let known = self.parts.reads.get(&RECORDS, &keys).await?;
        let mut unknown = vec![];
        for (hint, doc) in hints.into_iter().zip(known) {
            let view: Option<RecordView> = doc.map(|doc| serde_json::from_slice(&doc)).transpose()?;
            let same = view.is_some_and(|view| {
                !view.gone && !hint.surely && (hint.version.is_none() || hint.version == view.version)
            });
            if !same {
                unknown.push(hint.id);
            }
        }
        Ok(unknown)
    }

    /// Reads records by id and records what is new of them. The place to go on is in the same append as the last of
    /// them; when nothing is new, it is not worth an event.
    async fn look_at(&mut self, tools: &Tools, ids: Vec<String>, cursor: &Value) -> Result<u64, Cause> {
        let mut changed = 0;
        if ids.is_empty() {
            return Ok(changed);
        }
        // What the scenarios need is looked up once, not for every batch.
        let wanted = self.request(tools).await?;
        let mut batches = ids.chunks(TOGETHER_MAX).peekable();
        while let Some(batch) = batches.next() {
            let request = PageRequest { ids: batch.to_vec(), ..wanted.clone() };
            let items = self.origin(tools, &wanted).read(request).await?.items;
            let moved = batches
                .peek()
                .is_none()
                .then(|| WatchMoved { cursor: cursor.clone(), changed: changed + items.len() as u64 });
            let others = moved.map(|moved| self.beside(moved)).transpose()?.into_iter().collect();
            let taken_in = take_in(self.parts, &self.origin(tools, &wanted), items, others).await?;
            changed += taken_in.changed;
            self.hold.refresh().await?;
        }
        Ok(changed)
    }

    /// The watch's own event, to be appended beside what was recorded.
    fn beside(&self, moved: WatchMoved) -> Result<StreamAppend, Cause> {
        self.hold.beside(WatchCommand::Move(moved)).map_err(|error| Cause::from(error.to_string()))
    }

    pub fn key(&self, id: &str) -> RecordKey {
        RecordKey {
            connection: self.watched.connection.clone(),
            resource: self.watched.resource.clone(),
            id: id.to_owned(),
        }
    }

    pub fn stream(&self, id: &str) -> StreamName {
        StreamName::new("record", self.key(id).path())
    }
}
