//! Completes references whose target came later: a post that was imported before its author gets its author when the
//! author is imported.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::event::decode;
use domain::ids::PortalId;
use domain::portal::{PortalCommand, PortalRecords, PortalWritten, Write};
use domain::record::RecordKey;
use domain::views::{PORTAL_PENDING, PendingView};
use engine::execute::Executor;
use engine::ports::{Cause, Filter, PageCursor, Query, ReadStore, Row, Slice};
use engine::{Meta, Position, StreamName};

use crate::embedded::{is_there, portal_id};

const VIEW_PATIENCE: Duration = Duration::from_secs(30);
/// Waiting references looked at in one step.
const STEP_ROWS: usize = 500;

pub struct LinkReferences {
    executor: Executor,
    reads: Arc<dyn ReadStore>,
}

impl LinkReferences {
    pub fn new(executor: Executor, reads: Arc<dyn ReadStore>) -> Self {
        Self { executor, reads }
    }

    /// Links everything that waited for these records. What waits is read in the order of its keys, and a page answers for
    /// every record up to its end: an import of ten thousand records that nothing waits for costs one question a slice.
    async fn link(&self, arrived: &Arrived) -> Result<(), Cause> {
        let mut rest = arrived.0.keys().peekable();
        let mut seen = String::new();
        while let Some(prefix) = rest.peek() {
            let key = seen.max((*prefix).clone());
            let after = Some(PageCursor { value: None, key });
            let page = self
                .reads
                .list(&PORTAL_PENDING, &Query { after, limit: STEP_ROWS, ..Query::default() })
                .await?;
            self.link_rows(&page.rows, arrived).await?;
            let Some(next) = page.next else { return Ok(()) };
            seen = next.key;
            while rest.next_if(|prefix| **prefix < seen && !seen.starts_with(*prefix)).is_some() {}
        }
        Ok(())
    }

    /// Links those waiting references whose target has arrived.
    async fn link_rows(&self, rows: &[Row], arrived: &Arrived) -> Result<(), Cause> {
        for row in rows {
            let waiting: PendingView = serde_json::from_slice(&row.doc)?;
            let Some(found) = arrived.get(&waiting.target) else { continue };
            let command = PortalCommand::Link { target: waiting.target, found: found.clone() };
            self.executor
                .execute::<PortalRecords>(&waiting.portal, command, Meta::by("link-references"))
                .await?;
        }
        Ok(())
    }
}

/// Portal records by what the keys of those that wait for them begin with, in the order of the keys.
#[derive(Default)]
struct Arrived(BTreeMap<String, PortalId>);

impl Arrived {
    fn add(&mut self, target: &str, id: PortalId) {
        self.0.insert(format!("{target}|"), id);
    }

    fn get(&self, target: &str) -> Option<&PortalId> {
        self.0.get(&format!("{target}|"))
    }
}

#[async_trait]
impl engine::follow::Follower for LinkReferences {
    fn name(&self) -> &'static str {
        "link-references"
    }

    fn filter(&self) -> Filter {
        Filter::categories(["portal"])
    }

    /// Linking is idempotent and looks at the list of waiting references, so it begins where that view stands; what
    /// arrived before a crash and was not linked is found by `resume`.
    async fn checkpoint(&mut self) -> Result<Position, Cause> {
        let end = *self.executor.store.end().borrow();
        engine::wait::until(&*self.reads, &PORTAL_PENDING, end, VIEW_PATIENCE).await?;
        self.resume().await?;
        Ok(end)
    }

    async fn take(&mut self, slice: Slice) -> Result<(), Cause> {
        let mut arrived = Arrived::default();
        let mut wanted = BTreeSet::new();
        for event in &slice.events {
            if &*event.event_type != "portal.written" {
                continue;
            }
            let written: PortalWritten = decode(&event.event_type, &event.data)?;
            if written.write == Write::Created {
                arrived.add(&written.external, PortalId::parse(event.stream.id())?);
            }
            // The target may have arrived between the write's look and its append.
            wanted.extend(written.pending.into_values());
        }
        self.find(wanted, &mut arrived).await?;
        if arrived.0.is_empty() {
            return Ok(());
        }
        engine::wait::until(&*self.reads, &PORTAL_PENDING, slice.read_to, VIEW_PATIENCE).await?;
        self.link(&arrived).await
    }
}

impl LinkReferences {
    /// Links what arrived while nobody was looking.
    async fn resume(&self) -> Result<(), Cause> {
        let mut query = Query { limit: STEP_ROWS, ..Query::default() };
        loop {
            let page = self.reads.list(&PORTAL_PENDING, &query).await?;
            let mut wanted = BTreeSet::new();
            for row in &page.rows {
                wanted.insert(serde_json::from_slice::<PendingView>(&row.doc)?.target);
            }
            let mut arrived = Arrived::default();
            self.find(wanted, &mut arrived).await?;
            self.link_rows(&page.rows, &arrived).await?;
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// Adds the Portal records of those source records that are there.
    async fn find(&self, wanted: BTreeSet<String>, arrived: &mut Arrived) -> Result<(), Cause> {
        let known = |path: String| Some((portal_id(&RecordKey::parse(&path)?), path));
        let wanted: Vec<(PortalId, String)> = wanted.into_iter().filter_map(known).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let streams: Vec<StreamName> = wanted.iter().map(|(id, _)| StreamName::new("portal", id)).collect();
        let last = self.executor.store.read_last(&streams).await?;
        for ((id, path), last) in wanted.into_iter().zip(last) {
            if is_there(last.as_ref()) {
                arrived.add(&path, id);
            }
        }
        Ok(())
    }
}
