//! What has to be true at the end of every story.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use adapter_memory::MemoryReadStore;
use domain::views::{PORTAL, PortalRow};
use engine::follow;
use engine::ports::{EventStore as _, Filter, Query, ReadStore};
use engine::project::Projector;
use engine::{StreamName, bodies};
use serde_json::{Map, Value};

use super::Story;

const PATIENCE: Duration = Duration::from_mins(10);

impl Story {
    pub(super) async fn check(&self) -> Result<(), String> {
        self.nothing_acknowledged_is_lost().await?;
        let wanted = self.world.site.names();
        for (id, portal) in &self.world.portals {
            if portal.doubles() > 0 {
                return Err(format!("{id}: {} effects were applied twice", portal.doubles()));
            }
            if portal.names() != wanted {
                return Err(format!("{id} has {:?} instead of {wanted:?}", portal.names()));
            }
        }
        let embedded = self.embedded().await?;
        if embedded != wanted {
            return Err(format!("the built-in Portal has {embedded:?} instead of {wanted:?}"));
        }
        self.views_are_a_fold_of_the_log().await
    }

    async fn nothing_acknowledged_is_lost(&self) -> Result<(), String> {
        let events = self.world.memory.read_all(0, &Filter::all(), usize::MAX).await.unwrap().events;
        let mut times = HashMap::new();
        for event in &events {
            *times.entry(event.id).or_insert(0) += 1;
        }
        let wrong = self.world.log.acknowledged().into_iter().filter(|id| times.get(id) != Some(&1)).count();
        if wrong > 0 { Err(format!("{wrong} acknowledged events are not in the log once")) } else { Ok(()) }
    }

    /// The names that the built-in Portal has, by id in the source.
    async fn embedded(&self) -> Result<BTreeMap<u64, String>, String> {
        let reads = &self.world.parts.reads;
        let end = *self.world.memory.end().borrow();
        shown(&**reads, end).await?;
        let rows = reads.list(&PORTAL, &Query { limit: 1_000, ..Query::default() }).await.unwrap().rows;
        let mut names = BTreeMap::new();
        for row in rows {
            let found: PortalRow = serde_json::from_slice(&row.doc).unwrap();
            let stream = StreamName::new("portal", &row.key);
            let event = self.world.memory.read_stream(&stream, found.written, 1).await.unwrap().remove(0);
            let body = bodies::open(&*self.world.parts.vault, &[&event]).await.unwrap().remove(0).unwrap();
            let fields: Map<String, Value> = serde_json::from_slice(&body).unwrap();
            let external = found.view(row.key, None).external;
            let id = external.rsplit('.').next().unwrap().parse().unwrap();
            let name = fields["name"].as_str().unwrap_or_default().to_owned();
            if names.insert(id, name).is_some() {
                return Err(format!("user {id} is there twice"));
            }
        }
        Ok(names)
    }

    async fn views_are_a_fold_of_the_log(&self) -> Result<(), String> {
        let parts = &self.world.parts;
        let end = *self.world.memory.end().borrow();
        shown(&*parts.reads, end).await?;
        let fresh: Arc<dyn ReadStore> = Arc::new(MemoryReadStore::new());
        let mut views =
            Projector::new("views", projector::projections::all(), fresh.clone(), parts.vault.clone());
        let bus = parts.bus.clone();
        let folding = tokio::spawn(async move { follow::run(&*bus, &mut views).await });
        shown(&*fresh, end).await?;
        folding.abort();
        for view in projector::projections::all().iter().map(|projection| projection.view()) {
            if fresh.digest(view).await.unwrap() != parts.reads.digest(view).await.unwrap() {
                return Err(format!("the view {} is no fold of the log", view.name));
            }
        }
        Ok(())
    }
}

/// Waits until every view shows a position.
async fn shown(reads: &dyn ReadStore, position: u64) -> Result<(), String> {
    for view in projector::projections::all().iter().map(|projection| projection.view()) {
        if !engine::wait::until(reads, view, position, PATIENCE).await.unwrap() {
            return Err(format!("the view {} stays behind", view.name));
        }
    }
    Ok(())
}
