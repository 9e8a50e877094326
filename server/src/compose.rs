//! Puts the parts together: the embedded profile's stores, the apps, the followers. Only this file and what is
//! below it name concrete types.

mod api;
mod apps;
mod keys;
mod portal;
pub mod service;

pub use api::context;
pub use api::public_url;
pub use keys::{default_key_file, key_ring};

use std::sync::Arc;

use adapter_memory::LogBus;
use adapter_sqlite::{DataDir, SqliteEventStore, SqliteReadStore, SqliteVault, SystemClock, SystemIds};
use app_portal::link_references::LinkReferences;
use chrono::Days;
use engine::execute::Executor;
use engine::follow::{self, Follower};
use engine::ports::{Bus, Clock, EventStore, Ids, ReadStore, Vault};
use engine::project::Projector;
use engine::rebuild::{Rebuild, ViewKeeper};
use ingest::Hooks;
use projector::{Parts, Running, WatchPace};
use tokio::task::JoinHandle;

use crate::checkpoints::{self, Notary};
use crate::config::Config;
use crate::installation::{self, Installation};
use crate::ledger::{self, KeepLedger};

/// An open data directory. Nothing moves in it yet.
pub struct Opened {
    pub dir: DataDir,
    pub log: Arc<SqliteEventStore>,
    pub parts: Parts,
    pub views: Arc<ViewKeeper>,
    watch: WatchPace,
    keep_deliveries: Days,
    pub hooks: Hooks,
    pub installation: Installation,
}

/// Opens everything under the data directory, and makes what the first start needs.
pub async fn open(config: &Config) -> anyhow::Result<Opened> {
    open_in(config, DataDir::open(&config.data)?).await
}

/// The same in a directory that is open already.
pub async fn open_in(config: &Config, dir: DataDir) -> anyhow::Result<Opened> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids: Arc<dyn Ids> = Arc::new(SystemIds);
    let ring = key_ring(config, &dir, &*ids)?;
    let vault: Arc<dyn Vault> = Arc::new(SqliteVault::open(&dir, ring, ids.clone()).await?);
    let log = Arc::new(SqliteEventStore::open(&dir, clock.clone()).await?);
    checkpoints::check(dir.path(), log.head().await?.as_ref())?;
    let reads: Arc<dyn ReadStore> = Arc::new(SqliteReadStore::open(&dir).await?);
    let installation = installation::ensure(dir.path(), &*ids)?;
    let store: Arc<dyn EventStore> = log.clone();
    let bus: Arc<dyn Bus> = Arc::new(LogBus::new(store.clone()));
    let executor = Executor::new(store, ids.clone());
    let egress = apps::egress(config, ids.clone());
    let apps = apps::all(&egress, &executor, &vault, &clock, &ids);
    portal::ensure(&executor).await?;
    let rebuild = Rebuild { log: log.clone(), reads: reads.clone(), vault: vault.clone() };
    let views = ViewKeeper::new(rebuild, projector::projections::all, clock.clone());
    let parts = Parts { executor, reads, vault, bus, apps, clock, ids };
    let hooks = Hooks::new(hook_parts(&parts));
    Ok(Opened {
        dir,
        log,
        parts,
        views,
        watch: config.watch,
        keep_deliveries: config.keep_deliveries,
        hooks,
        installation,
    })
}

impl Opened {
    /// Views, runs, deliveries and links go on from here.
    pub fn start(&self) -> Running {
        let links = LinkReferences::new(self.parts.executor.clone(), self.parts.reads.clone());
        let running =
            projector::start_at(&self.parts, vec![Box::new(links), self.hooks.follower()], self.watch);
        running.erase_deliveries(&self.parts, self.keep_deliveries);
        running
    }

    /// Who keeps the ledger of erasures.
    pub fn ledger(&self) -> KeepLedger {
        KeepLedger { file: self.dir.path().join(ledger::FILE) }
    }

    /// Who signs this installation's checkpoints.
    pub fn notary(&self) -> Notary {
        Notary {
            log: self.log.clone(),
            vault: self.parts.vault.clone(),
            clock: self.parts.clock.clone(),
            ids: self.parts.ids.clone(),
            directory: self.dir.path().to_owned(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// Only the views are folded; no run goes on. For commands that look and change, but do not import.
    pub fn start_views(&self) -> Views {
        let Parts { reads, vault, bus, .. } = self.parts.clone();
        let mut views: Box<dyn Follower> =
            Box::new(Projector::new("views", projector::projections::all(), reads, vault));
        Views(tokio::spawn(async move { follow::run(&*bus, &mut *views).await }))
    }
}

fn hook_parts(parts: &Parts) -> ingest::Parts {
    let Parts { executor, reads, vault, clock, ids, .. } = parts.clone();
    ingest::Parts { executor, reads, vault, clock, ids }
}

/// The folding of views; ends when dropped, which loses nothing.
pub struct Views(JoinHandle<()>);

impl Drop for Views {
    fn drop(&mut self) {
        self.0.abort();
    }
}
