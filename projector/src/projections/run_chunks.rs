//! Fills the run chunks view: the items of a run, a page at a time.

use domain::event::decode;
use domain::run::ItemsSettled;
use domain::views::{RUN_CHUNKS, RunChunkView, ViewSpec, chunk_key};
use engine::Recorded;
use engine::project::{Docs, FoldError, Opened, Projection};

pub struct RunChunks;

impl Projection for RunChunks {
    fn view(&self) -> &'static ViewSpec {
        &RUN_CHUNKS
    }

    fn categories(&self) -> &'static [&'static str] {
        &["run"]
    }

    fn needs(&self, _: &Recorded) -> Option<String> {
        None
    }

    fn fold(&self, event: &Opened<'_>, docs: &mut Docs) -> Result<(), FoldError> {
        let recorded = event.recorded;
        if &*recorded.event_type != "run.items-settled" {
            return Ok(());
        }
        let settled: ItemsSettled = decode(&recorded.event_type, &recorded.data)?;
        let failed = settled.counts.failed;
        let chunk = RunChunkView {
            node: settled.node,
            at: recorded.recorded_at,
            source: settled.source.to_string(),
            resource: settled.resource,
            targets: settled.targets,
            items: settled.items,
            unchanged: settled.unchanged,
        };
        // The event's revision in the run's stream names the chunk: it orders chunks and needs no counter.
        let key = chunk_key(recorded.stream.id(), recorded.revision);
        let failed = (failed > 0).then(|| i64::try_from(failed).unwrap_or(i64::MAX).into());
        docs.write(key, &chunk, vec![failed]);
        Ok(())
    }
}
