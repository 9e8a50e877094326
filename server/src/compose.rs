//! Puts the parts together on whatever ports the profile yields: the apps, the door for deliveries, the followers.

mod api;
mod apps;
mod beside;
mod keys;
mod portal;
pub mod service;

pub use api::context;
pub use api::public_url;
#[cfg(feature = "cluster")]
pub use keys::given_key_ring;
pub use keys::{default_key_file, key_ring, open_vault};

use std::sync::Arc;

use adapter_sqlite::DataDir;
use app_portal::link_references::LinkReferences;
use chrono::Days;
use engine::execute::Executor;
use engine::follow::{self, Follower};
use engine::ports::Bus;
use engine::project::Projector;
use engine::rebuild::{Rebuild, ViewKeeper};
use ingest::Hooks;
use projector::{Parts, Running, WatchPace};
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::installation::Installation;
use crate::profile::{self, Home, Ports};
use crate::role::Role;
use crate::traces::TellTraces;

/// An open installation. Nothing moves in it yet.
pub struct Opened {
    pub home: Arc<dyn Home>,
    pub parts: Parts,
    pub views: Arc<ViewKeeper>,
    watch: WatchPace,
    keep_deliveries: Days,
    /// Where spans go, if anywhere.
    trace_url: Option<url::Url>,
    pub hooks: Hooks,
    pub installation: Installation,
}

/// Opens everything that the profile stands on, and makes what the first start needs.
pub async fn open(config: &Config, role: Role) -> anyhow::Result<Opened> {
    on(config, profile::open(config, role).await?).await
}

/// The embedded profile in a directory that is open already.
pub async fn open_in(config: &Config, dir: DataDir) -> anyhow::Result<Opened> {
    on(config, profile::embedded::open_in(config, dir).await?).await
}

async fn on(config: &Config, opened: profile::Opened) -> anyhow::Result<Opened> {
    let profile::Opened { ports, installation, home } = opened;
    let executor = Executor::new(ports.log.clone(), ports.ids.clone());
    let egress = apps::egress(config, ports.ids.clone());
    let apps = apps::all(&egress, &executor, &ports);
    portal::ensure(&executor).await?;
    let Ports { log, bus, reads, vault, clock, ids } = ports;
    let rebuild = Rebuild { log, reads: reads.clone(), vault: vault.clone() };
    let views = ViewKeeper::new(rebuild, projector::projections::all, clock.clone());
    let parts = Parts { executor, reads, vault, bus, apps, clock, ids };
    let hooks = Hooks::new(hook_parts(&parts));
    let (trace_url, keep_deliveries) = (config.trace_url.clone(), Days::new(config.keep_deliveries_days));
    Ok(Opened { home, parts, views, watch: config.watch, keep_deliveries, trace_url, hooks, installation })
}

impl Opened {
    /// Views, runs, deliveries and links go on from here.
    pub fn start(&self) -> Running {
        let links = LinkReferences::new(self.parts.executor.clone(), self.parts.reads.clone());
        let mut others: Vec<Box<dyn Follower>> = vec![Box::new(links)];
        if let Some(collector) = self.trace_url.clone() {
            let Parts { executor, ids, .. } = self.parts.clone();
            others.push(Box::new(TellTraces::new(executor.store, collector, ids)));
        }
        let running = self.home.start(Followers {
            parts: self.parts.clone(),
            others,
            everywhere: vec![self.hooks.follower()],
            pace: self.watch,
        });
        // In each process: what one has erased, the next finds erased.
        running.erase_deliveries(&self.parts, self.keep_deliveries);
        running
    }

    /// Only the views are folded; no run goes on. For commands that look and change, but do not import.
    pub fn start_views(&self) -> Following {
        let Parts { reads, vault, .. } = self.parts.clone();
        self.follow(Box::new(Projector::new("views", projector::projections::all(), reads, vault)))
    }

    /// Keeps the endpoints known, in a process that runs nothing.
    pub fn start_hooks(&self) -> Following {
        self.follow(self.hooks.follower())
    }

    fn follow(&self, mut follower: Box<dyn Follower>) -> Following {
        let bus: Arc<dyn Bus> = self.parts.bus.clone();
        Following(tokio::spawn(async move { follow::run(&*bus, &mut *follower).await }))
    }
}

/// What follows the log in a process that folds and runs.
pub struct Followers {
    parts: Parts,
    /// One process at a time.
    others: Vec<Box<dyn Follower>>,
    /// In each process.
    everywhere: Vec<Box<dyn Follower>>,
    pace: WatchPace,
}

impl Followers {
    /// In the only process there is.
    pub fn alone(mut self) -> Running {
        self.others.append(&mut self.everywhere);
        projector::start_at(&self.parts, self.others, self.pace)
    }

    /// Beside other processes that do the same.
    #[cfg(feature = "cluster")]
    pub fn sharing(self, sharing: projector::Sharing) -> Running {
        projector::start_sharing(&self.parts, self.others, self.everywhere, self.pace, sharing)
    }
}

fn hook_parts(parts: &Parts) -> ingest::Parts {
    let Parts { executor, reads, vault, clock, ids, .. } = parts.clone();
    ingest::Parts { executor, reads, vault, clock, ids }
}

/// A follower on its own; ends when dropped, which loses nothing.
pub struct Following(JoinHandle<()>);

impl Drop for Following {
    fn drop(&mut self) {
        self.0.abort();
    }
}
