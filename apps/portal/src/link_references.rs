//! Completes references whose target came later: a post that was imported before its author gets its author when the
//! author is imported.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::event::decode;
use domain::ids::PortalId;
use domain::portal::{PortalCommand, PortalRecords, PortalWritten, Write};
use domain::views::{PORTAL_PENDING, PendingView};
use engine::execute::Executor;
use engine::ports::{Cause, Filter, Query, ReadStore, Slice};
use engine::{Meta, Position};

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

    /// Links everything that waited for this record.
    async fn link(&self, target: &str, found: &PortalId) -> Result<(), Cause> {
        let mut query = Query { key_prefix: format!("{target}|"), limit: STEP_ROWS, ..Query::default() };
        loop {
            let page = self.reads.list(&PORTAL_PENDING, &query).await?;
            for row in &page.rows {
                let waiting: PendingView = serde_json::from_slice(&row.doc)?;
                let command = PortalCommand::Link { target: target.to_owned(), found: found.clone() };
                self.executor
                    .execute::<PortalRecords>(&waiting.portal, command, Meta::by("link-references"))
                    .await?;
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(()),
            }
        }
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
        let mut arrived: Vec<(String, PortalId)> = vec![];
        for event in &slice.events {
            if &*event.event_type != "portal.written" {
                continue;
            }
            let written: PortalWritten = decode(&event.event_type, &event.data)?;
            if written.write == Write::Created {
                arrived.push((written.external, PortalId::parse(event.stream.id())?));
            }
            // The target may have arrived between the write's look and its append.
            for target in written.pending.into_values() {
                if let Some(found) = self.find(&target).await? {
                    arrived.push((target, found));
                }
            }
        }
        if arrived.is_empty() {
            return Ok(());
        }
        engine::wait::until(&*self.reads, &PORTAL_PENDING, slice.read_to, VIEW_PATIENCE).await?;
        for (target, found) in arrived {
            self.link(&target, &found).await?;
        }
        Ok(())
    }
}

impl LinkReferences {
    /// Links what arrived while nobody was looking.
    async fn resume(&self) -> Result<(), Cause> {
        let mut query = Query { limit: STEP_ROWS, ..Query::default() };
        loop {
            let page = self.reads.list(&PORTAL_PENDING, &query).await?;
            for row in &page.rows {
                let waiting: PendingView = serde_json::from_slice(&row.doc)?;
                if let Some(found) = self.find(&waiting.target).await? {
                    self.link(&waiting.target, &found).await?;
                }
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// The Portal record of a source record, if it is there.
    async fn find(&self, record_path: &str) -> Result<Option<PortalId>, Cause> {
        let Some(record) = domain::record::RecordKey::parse(record_path) else { return Ok(None) };
        let id = portal_id(&record);
        let stream = engine::StreamName::new("portal", &id);
        let last = self.executor.store.read_last(std::slice::from_ref(&stream)).await?.pop().flatten();
        Ok(is_there(last.as_ref()).then_some(id))
    }
}
