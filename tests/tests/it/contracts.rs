//! Every adapter of every port does as the port's suite says.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use acceptance::contracts::{bus, event_store, leases, read_store, vault};
use adapter_memory::{
    LogBus, ManualClock, MemoryEventStore, MemoryLeases, MemoryReadStore, MemoryVault, SeededIds,
};
use adapter_sqlite::{
    DataDir, KeyRing, SqliteEventStore, SqliteReadStore, SqliteVault, SystemClock, SystemIds,
};
use engine::ports::{Bus, EventStore, ReadStore, Vault};
use futures::FutureExt;
use tempfile::TempDir;

/// Fresh data directories, gone when the test ends.
struct Dirs(TempDir, AtomicUsize);

impl Dirs {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap(), AtomicUsize::new(0))
    }

    fn next(&self) -> PathBuf {
        self.0.path().join(self.1.fetch_add(1, Ordering::Relaxed).to_string())
    }

    fn open_next(&self) -> DataDir {
        DataDir::open(self.next()).unwrap()
    }

    async fn event_store(&self) -> Arc<dyn EventStore> {
        Arc::new(SqliteEventStore::open(&self.open_next(), Arc::new(SystemClock)).await.unwrap())
    }
}

fn memory_event_store() -> Arc<dyn EventStore> {
    Arc::new(MemoryEventStore::new(Arc::new(ManualClock::default())))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_in_memory() {
    event_store::suite(async || memory_event_store()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_in_sqlite() {
    let dirs = Dirs::new();
    event_store::suite(|| dirs.event_store()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bus_over_memory() {
    bus::suite(async || with_bus(memory_event_store())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bus_over_sqlite() {
    let dirs = Dirs::new();
    bus::suite(async || with_bus(dirs.event_store().await)).await;
}

fn with_bus(log: Arc<dyn EventStore>) -> (Arc<dyn EventStore>, Arc<dyn Bus>) {
    (log.clone(), Arc::new(LogBus::new(log)))
}

#[tokio::test]
async fn the_views_in_memory() {
    read_store::suite(async || Arc::new(MemoryReadStore::new()) as Arc<dyn ReadStore>).await;
}

#[tokio::test]
async fn the_views_in_sqlite() {
    let dirs = Dirs::new();
    let make =
        async || Arc::new(SqliteReadStore::open(&dirs.open_next()).await.unwrap()) as Arc<dyn ReadStore>;
    read_store::suite(make).await;
}

#[tokio::test]
async fn the_vault_in_memory() {
    vault::suite(async || Arc::new(MemoryVault::new(Arc::new(SeededIds::new(1)))) as Arc<dyn Vault>).await;
}

#[tokio::test]
async fn the_vault_in_sqlite() {
    let dirs = Dirs::new();
    let make = async || {
        let dir = dirs.open_next();
        let keys = KeyRing::create(&dir.path().join("key"), &SystemIds).unwrap();
        Arc::new(SqliteVault::open(&dir, keys, Arc::new(SystemIds)).await.unwrap()) as Arc<dyn Vault>
    };
    vault::suite(make).await;
}

#[tokio::test]
async fn the_leases_in_memory() {
    let make = async || {
        let clock = Arc::new(ManualClock::default());
        let leases = Arc::new(MemoryLeases::new(clock.clone()));
        let pass = move |time: std::time::Duration| {
            clock.advance(chrono::TimeDelta::from_std(time).unwrap());
            futures::future::ready(()).boxed()
        };
        leases::Made { leases, pass: Box::new(pass) }
    };
    leases::suite(make).await;
}
