//! Workers over one log, one read store and one table of leases, each with a runtime of its own on one thread, so that
//! it can be stopped whole, as a process can.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use adapter_memory::MemoryLeases;
use adapter_sqlite::SystemClock;
use app_portal::link_references::LinkReferences;
use app_sdk::{AppError, Apps, Fetched, PageRequest, Session, Source};
use async_trait::async_trait;
use engine::ports::{Lease, LeaseError, Leases};
use futures::StreamExt;
use futures::stream::BoxStream;
use projector::{PARTITIONS, Parts, Running, Sharing, WatchPace};
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

use crate::stage::Stage;

pub const LEASE: Duration = Duration::from_millis(600);
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a site takes to answer.
const ANSWER: Duration = Duration::from_millis(15);

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Leasing {
    Honest,
    EverybodyGets,
}

pub struct Crew {
    pub stage: Stage,
    pub sites: Arc<Sites>,
    leasing: Leasing,
    table: Arc<MemoryLeases>,
    workers: BTreeMap<&'static str, Worker>,
}

struct Worker {
    running: Option<Running>,
    leases: Arc<Table>,
    runtime: Option<Runtime>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.running = None;
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Crew {
    pub fn new(stage: Stage, leasing: Leasing) -> Self {
        let table = Arc::new(MemoryLeases::new(Arc::new(SystemClock)));
        Self { stage, sites: Arc::default(), leasing, table, workers: BTreeMap::new() }
    }

    pub fn hire(&mut self, name: &'static str) {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let parts = self.parts_of(name);
        let leases = Arc::new(Table {
            shared: self.table.clone(),
            cut_off: AtomicBool::new(false),
            everybody_gets: self.leasing == Leasing::EverybodyGets,
        });
        let links = LinkReferences::new(parts.executor.clone(), parts.reads.clone());
        let sharing = Sharing { leases: leases.clone(), holder: name.to_owned(), time: LEASE };
        let running = {
            let _entered = runtime.enter();
            projector::start_sharing(&parts, vec![Box::new(links)], vec![], WatchPace::default(), sharing)
        };
        self.workers.insert(name, Worker { running: Some(running), leases, runtime: Some(runtime) });
    }

    /// The same parts, but for a source that knows who asks.
    fn parts_of(&self, name: &'static str) -> Parts {
        let mut parts = self.stage.parts.clone();
        let mut site = parts.apps.get("wordpress").unwrap().clone();
        let inner = site.source.take().unwrap();
        site.source = Some(Arc::new(Asked { worker: name, sites: self.sites.clone(), inner }));
        parts.apps = Apps::new([site, parts.apps.get("portal").unwrap().clone()]);
        parts
    }

    /// Gone, as after a power cut: nothing is let go in order.
    pub fn kill(&mut self, name: &str) {
        self.workers.remove(name).unwrap();
    }

    pub async fn leave(&mut self, name: &str) {
        let mut worker = self.workers.remove(name).unwrap();
        let running = worker.running.take().unwrap();
        worker.runtime.as_ref().unwrap().spawn(running.stop()).await.unwrap();
        assert!(!self.table.held("").await.unwrap().iter().any(|lease| lease.holder == name));
    }

    /// Stops a worker's only thread until the answer is dropped.
    pub async fn pause(&self, name: &'static str) -> Paused {
        let (resume, wait) = mpsc::sync_channel::<()>(1);
        let (stopped, has_stopped) = tokio::sync::oneshot::channel();
        let sites = self.sites.clone();
        self.workers[name].runtime.as_ref().unwrap().spawn(async move {
            sites.stopped(name, true);
            stopped.send(()).unwrap();
            // Nothing else of this worker runs until this returns.
            let _resumed = wait.recv();
            sites.stopped(name, false);
        });
        has_stopped.await.unwrap();
        Paused(resume)
    }

    pub fn cut_off(&self, name: &str, is: bool) {
        self.workers[name].leases.cut_off.store(is, Ordering::SeqCst);
    }

    /// Waits until these, and nobody else, hold all partitions, none of them more than its share.
    pub async fn shares_are_fair(&self, names: &[&str]) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut shares: BTreeMap<String, u64> = BTreeMap::new();
            for lease in self.table.held("part-").await.unwrap() {
                *shares.entry(lease.holder).or_default() += 1;
            }
            let fair = PARTITIONS.div_ceil(names.len() as u64);
            let is_fair = shares.keys().all(|name| names.contains(&name.as_str()))
                && shares.values().all(|share| *share <= fair)
                && shares.values().sum::<u64>() == PARTITIONS;
            if is_fair {
                return;
            }
            assert!(Instant::now() < deadline, "{shares:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// A worker that stands still; it goes on when this is dropped.
pub struct Paused(#[expect(dead_code, reason = "dropped to go on")] mpsc::SyncSender<()>);

/// The table of leases as one worker sees it.
struct Table {
    shared: Arc<MemoryLeases>,
    cut_off: AtomicBool,
    everybody_gets: bool,
}

impl Table {
    fn reach(&self) -> Result<(), LeaseError> {
        if self.cut_off.load(Ordering::SeqCst) {
            return Err(LeaseError::Unavailable("cut off".into()));
        }
        Ok(())
    }
}

#[async_trait]
impl Leases for Table {
    async fn hold(&self, name: &str, holder: &str, time: Duration) -> Result<Option<Lease>, LeaseError> {
        self.reach()?;
        if self.everybody_gets && name.starts_with("part-") {
            return Ok(Some(Lease { name: name.to_owned(), holder: holder.to_owned(), token: 1 }));
        }
        self.shared.hold(name, holder, time).await
    }

    async fn release(&self, name: &str, holder: &str) -> Result<(), LeaseError> {
        self.reach()?;
        self.shared.release(name, holder).await
    }

    async fn held(&self, prefix: &str) -> Result<Vec<Lease>, LeaseError> {
        self.reach()?;
        let held = self.shared.held(prefix).await?;
        // With the wrong table everybody believes to be the only one.
        Ok(if self.everybody_gets { vec![] } else { held })
    }
}

/// Who asks which site at this moment.
#[derive(Default)]
pub struct Sites {
    asking: Mutex<BTreeMap<String, Vec<&'static str>>>,
    stopped: Mutex<BTreeSet<&'static str>>,
    asked: AtomicU64,
    asked_by_two: AtomicU64,
    wait_for_two: AtomicBool,
}

impl Sites {
    /// Questions that a site had to answer while it answered another worker.
    pub fn asked_by_two(&self) -> u64 {
        self.asked_by_two.load(Ordering::SeqCst)
    }

    /// No site answers before two workers have asked one.
    pub fn wait_for_two(&self) {
        self.wait_for_two.store(true, Ordering::SeqCst);
    }

    /// Waits until so many more questions were asked, or nobody has any more.
    pub async fn asked_more(&self, times: u64) {
        let before = self.asked.load(Ordering::SeqCst);
        let deadline = Instant::now() + LEASE * 3;
        while self.asked.load(Ordering::SeqCst) < before + times && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    fn stopped(&self, worker: &'static str, is: bool) {
        let mut stopped = self.stopped.lock().unwrap();
        if is {
            stopped.insert(worker)
        } else {
            stopped.remove(worker)
        };
    }

    fn begin(self: &Arc<Self>, site: &str, worker: &'static str) -> Question {
        let mut asking = self.asking.lock().unwrap();
        let stopped = self.stopped.lock().unwrap();
        let asking = asking.entry(site.to_owned()).or_default();
        if asking.iter().any(|other| *other != worker && !stopped.contains(other)) {
            self.asked_by_two.fetch_add(1, Ordering::SeqCst);
        }
        asking.push(worker);
        self.asked.fetch_add(1, Ordering::SeqCst);
        Question { sites: self.clone(), site: site.to_owned(), worker }
    }
}

/// One question on its way.
struct Question {
    sites: Arc<Sites>,
    site: String,
    worker: &'static str,
}

impl Drop for Question {
    fn drop(&mut self) {
        let mut asking = self.sites.asking.lock().unwrap();
        let asking = asking.get_mut(&self.site).unwrap();
        let mine = asking.iter().position(|worker| *worker == self.worker).unwrap();
        asking.remove(mine);
    }
}

struct Asked {
    worker: &'static str,
    sites: Arc<Sites>,
    inner: Arc<dyn Source>,
}

impl Source for Asked {
    fn pages(
        &self,
        session: &Session,
        request: PageRequest,
    ) -> BoxStream<'static, Result<Fetched, AppError>> {
        let (sites, site, worker) = (self.sites.clone(), session.connection.to_string(), self.worker);
        let answers = self.inner.pages(session, request);
        answers
            .then(move |answer| {
                let (sites, site) = (sites.clone(), site.clone());
                async move {
                    let _question = sites.begin(&site, worker);
                    tokio::time::sleep(ANSWER).await;
                    while sites.wait_for_two.load(Ordering::SeqCst) && sites.asked_by_two() == 0 {
                        tokio::time::sleep(Duration::from_millis(2)).await;
                    }
                    answer
                }
            })
            .boxed()
    }
}
