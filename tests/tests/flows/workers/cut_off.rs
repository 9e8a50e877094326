//! A server that appends one stream after the other, and a process that dies in between: at every stream of a page.

use std::sync::{Arc, Mutex};

use adapter_memory::MemoryEventStore;
use async_trait::async_trait;
use domain::run::{Counts, Recall, RunCommand, RunMode, RunStarted, Runs, Trigger};
use domain::views::RunPhaseView;
use engine::execute::Executor;
use engine::ports::{AppendError, Appended, EventStore, Filter, Slice, StoreError, StreamAppend};
use engine::{Position, Recorded, StreamName};
use tokio::sync::{Notify, watch};

use crate::stage::{Stage, graph, user};

const USERS: usize = 4;

/// Appends as the port allows where a server knows no transactions.
struct OneByOne {
    inner: Arc<MemoryEventStore>,
    /// Dies in an append that begins with this category, after so many streams.
    dies: Mutex<Option<(&'static str, usize)>>,
    died: Notify,
}

#[async_trait]
impl EventStore for OneByOne {
    async fn append(&self, appends: Vec<StreamAppend>) -> Result<Appended, AppendError> {
        let first = appends.first().map(|append| append.stream.category().to_owned());
        let after = {
            let mut dies = self.dies.lock().unwrap();
            dies.take_if(|(category, _)| first.as_deref() == Some(*category)).map(|(_, after)| after)
        };
        let mut appended = Appended { position: 0 };
        for (index, append) in appends.into_iter().enumerate() {
            if after == Some(index) {
                self.died.notify_one();
                std::future::pending::<()>().await;
            }
            appended = self.inner.append(vec![append]).await?;
        }
        if after.is_some() {
            self.died.notify_one();
            std::future::pending::<()>().await;
        }
        Ok(appended)
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from_revision: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        self.inner.read_stream(stream, from_revision, limit).await
    }

    async fn read_last(&self, streams: &[StreamName]) -> Result<Vec<Option<Recorded>>, StoreError> {
        self.inner.read_last(streams).await
    }

    async fn read_all(&self, after: Position, filter: &Filter, limit: usize) -> Result<Slice, StoreError> {
        self.inner.read_all(after, filter, limit).await
    }

    async fn remove_bodies(&self, positions: &[Position]) -> Result<u64, StoreError> {
        self.inner.remove_bodies(positions).await
    }

    fn end(&self) -> watch::Receiver<Position> {
        self.inner.end()
    }
}

/// A stage on such a server, that dies once.
async fn stage(category: &'static str, after: usize) -> (Stage, Arc<OneByOne>) {
    let mut stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    for id in 1..=USERS as u64 {
        stage.put("users", id, user(id));
    }
    stage.kill();
    let store = Arc::new(OneByOne {
        inner: stage.store.clone(),
        dies: Mutex::new(Some((category, after))),
        died: Notify::new(),
    });
    stage.parts.executor = Executor::new(store.clone(), stage.parts.ids.clone());
    stage.start();
    (stage, store)
}

async fn written(stage: &Stage, event_type: &str) -> usize {
    let log = stage.store.read_all(0, &Filter::categories(["portal"]), 1_000).await.unwrap();
    log.events.iter().filter(|event| &*event.event_type == event_type).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_153_cut_off_at_any_stream_of_a_page_the_outcome_is_the_same() {
    // The run's stream is the last of a page's streams; at the end its answer is lost.
    for (category, after) in
        (0..=USERS).map(|after| ("record", after)).chain((0..=USERS + 1).map(|after| ("portal", after)))
    {
        let (mut stage, store) = stage(category, after).await;
        stage.start_run("rn_1", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
        store.died.notified().await;
        stage.kill();
        stage.start();
        let run = stage.over("rn_1").await;
        let at = format!("died after {after} streams of {category}: {run:?}");
        assert_eq!(run.phase, RunPhaseView::Succeeded, "{at}");
        let expected = Counts { read: USERS as u64, created: USERS as u64, ..Counts::default() };
        assert_eq!(run.counts, expected, "{at}");
        assert_eq!(written(&stage, "portal.written").await, USERS, "{at}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_153_an_undo_cut_off_at_any_stream_tells_the_truth() {
    for after in 0..=USERS + 1 {
        let (mut stage, store) = stage("nothing", 0).await;
        stage.start_run("rn_1", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
        stage.over("rn_1").await;
        *store.dies.lock().unwrap() = Some(("portal", after));
        let started = RunStarted {
            scenario: domain::ids::ScenarioId::new("test"),
            version: 1,
            graph: graph(&[("users", "mp_users", "user")]),
            mode: RunMode::Apply,
            trigger: Trigger::Manual,
            limit: None,
            recall: Some(Recall::Undo { of: domain::ids::RunId::new("1") }),
        };
        stage.command::<Runs>("rn_2", RunCommand::Start(started)).await;
        store.died.notified().await;
        stage.kill();
        stage.start();
        let run = stage.over("rn_2").await;
        let at = format!("died after {after} streams: {run:?}");
        assert_eq!((run.counts.removed, run.counts.settled()), (USERS as u64, USERS as u64), "{at}");
        assert_eq!(written(&stage, "portal.removed").await, USERS, "{at}");
    }
}
