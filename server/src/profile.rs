//! Which technology stands behind each port. This is the only place that knows:
//!
//! | port | embedded | cluster |
//! |---|---|---|
//! | log | SQLite, in the data directory | KurrentDB |
//! | bus | in process | NATS JetStream |
//! | views, vault | SQLite, in the data directory | PostgreSQL |
//! | leases | none: the directory's lock | PostgreSQL |
//!
//! Everything else works with [`Ports`]. What only one profile has hangs on its [`Home`].

#[cfg(feature = "cluster")]
pub mod cluster;
pub mod embedded;

use std::sync::Arc;

use adapter_sqlite::{DataDir, KeyRing, SqliteVault, SystemIds};
use async_trait::async_trait;
use engine::ports::{Bus, Clock, EventStore, Ids, ReadStore, Vault};
use projector::Running;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::compose::Followers;
use crate::config::{Config, Profile};
use crate::health::Cause;
use crate::installation::Installation;
use crate::role::Role;
use embedded::Directory;

/// What every profile yields.
#[derive(Clone)]
pub struct Ports {
    pub log: Arc<dyn EventStore>,
    pub bus: Arc<dyn Bus>,
    pub reads: Arc<dyn ReadStore>,
    pub vault: Arc<dyn Vault>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
}

/// Ports that are open, and what they stand on.
pub struct Opened {
    pub ports: Ports,
    pub installation: Installation,
    pub home: Arc<dyn Home>,
}

/// What an installation stands on: a data directory, or servers that it shares with other processes.
#[async_trait]
pub trait Home: Send + Sync {
    /// The data directory, with what only it can do; absent in a cluster.
    fn directory(&self) -> Option<&Directory>;

    /// What this process is connected to, a line each, without secrets.
    fn places(&self) -> Vec<String>;

    /// Starts the followers in the way of the profile: alone, or sharing the work with other processes.
    fn start(&self, followers: Followers) -> Running;

    /// Begins to hand the log to the bus, where the profile has a bus that needs it.
    fn relay(&self) -> Option<Relaying> {
        None
    }

    /// Ends with a sentence when the log can take nothing more and the process must end.
    async fn failure(&self) -> String;

    /// What is not as it must be beneath the ports.
    async fn causes(&self, config: &Config) -> Vec<Cause>;
}

/// A relay at work. Dropped, its lease runs out by itself.
pub struct Relaying {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Relaying {
    /// Lets go of the lease, so that another relay goes on at once.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the relay ended with a defect");
        }
    }
}

/// The vault alone: for what is done to keys while nothing else is at work.
pub async fn vault(config: &Config, ring: KeyRing) -> anyhow::Result<Arc<dyn Vault>> {
    match &config.profile {
        Profile::Embedded => {
            let dir = DataDir::open(&config.data)?;
            Ok(Arc::new(SqliteVault::open(&dir, ring, Arc::new(SystemIds)).await?))
        }
        #[cfg(feature = "cluster")]
        Profile::Cluster(settings) => cluster::vault(settings, ring).await,
    }
}

/// Opens what the configuration asks for, for a process of this role.
pub async fn open(config: &Config, role: Role) -> anyhow::Result<Opened> {
    match &config.profile {
        Profile::Embedded => {
            role.refuse_alone()?;
            embedded::open(config).await
        }
        #[cfg(feature = "cluster")]
        Profile::Cluster(settings) => cluster::open(config, settings, role).await,
    }
}
