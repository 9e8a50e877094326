//! The embedded profile: everything in one data directory, which one process uses at a time.

use std::path::Path;
use std::sync::Arc;

use adapter_memory::LogBus;
use adapter_sqlite::{DataDir, SqliteEventStore, SqliteReadStore, SqliteVault, SystemClock, SystemIds};
use async_trait::async_trait;
use engine::ports::{Clock, EventStore, Ids};
use projector::Running;

use super::{Home, Opened, Ports};
use crate::checkpoints::{self, Notary};
use crate::compose::{self, Followers};
use crate::config::Config;
use crate::health::{Cause, free_bytes};
use crate::installation;
use crate::ledger::{self, KeepLedger};

/// The data directory, and what only this profile can do: sign the log's chain, keep the ledger of erasures, look at
/// the disk.
pub struct Directory {
    dir: DataDir,
    log: Arc<SqliteEventStore>,
    ports: Ports,
}

/// Opens everything under the data directory, and makes what the first start needs.
pub async fn open(config: &Config) -> anyhow::Result<Opened> {
    open_in(config, DataDir::open(&config.data)?).await
}

/// The same in a directory that is open already.
pub async fn open_in(config: &Config, dir: DataDir) -> anyhow::Result<Opened> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids: Arc<dyn Ids> = Arc::new(SystemIds);
    let ring = compose::key_ring(config, &dir, &*ids)?;
    let vault = Arc::new(SqliteVault::open(&dir, ring, ids.clone()).await?);
    let log = Arc::new(SqliteEventStore::open(&dir, clock.clone()).await?);
    checkpoints::check(dir.path(), log.head().await?.as_ref())?;
    let reads = Arc::new(SqliteReadStore::open(&dir).await?);
    let installation = installation::ensure(dir.path(), &*ids)?;
    let bus = Arc::new(LogBus::new(log.clone()));
    let ports = Ports { log: log.clone(), bus, reads, vault, clock, ids };
    let home = Arc::new(Directory { dir, log, ports: ports.clone() });
    Ok(Opened { ports, installation, home })
}

impl Directory {
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Who keeps the ledger of erasures.
    pub fn ledger(&self) -> KeepLedger {
        KeepLedger { file: self.path().join(ledger::FILE) }
    }

    /// Who signs this installation's checkpoints.
    pub fn notary(&self) -> Notary {
        Notary {
            log: self.log.clone(),
            vault: self.ports.vault.clone(),
            clock: self.ports.clock.clone(),
            ids: self.ports.ids.clone(),
            directory: self.path().to_owned(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// The log, for whoever keeps files beside it.
    pub fn log(&self) -> &dyn EventStore {
        &*self.log
    }

    /// Why there is too little room, if so.
    fn disk(&self, reserve: u64) -> Option<Cause> {
        match free_bytes(self.path()) {
            Ok(free) if free >= reserve => None,
            Ok(free) => Some(Cause {
                code: "DISK_NEARLY_FULL",
                detail: format!("{} MiB are free where the data directory is", free >> 20),
                remedy: "free some disk space, or lower disk_reserve",
            }),
            Err(error) => Some(Cause {
                code: "DISK_UNREADABLE",
                detail: format!("the data directory cannot be looked at: {error}"),
                remedy: "check that the disk is mounted and the directory is there",
            }),
        }
    }
}

#[async_trait]
impl Home for Directory {
    fn directory(&self) -> Option<&Directory> {
        Some(self)
    }

    fn places(&self) -> Vec<String> {
        vec![format!("data directory {}", self.path().display())]
    }

    fn start(&self, followers: Followers) -> Running {
        followers.alone()
    }

    async fn failure(&self) -> String {
        let mut fatal = self.log.fatal();
        let why = match fatal.wait_for(Option::is_some).await {
            Ok(why) => why.clone(),
            Err(_) => None,
        };
        let why = why.unwrap_or_else(|| "the log's writer is gone".to_owned());
        format!("{why}; nothing that was acknowledged is lost. Check the disk, then start again")
    }

    async fn causes(&self, config: &Config) -> Vec<Cause> {
        self.disk(config.disk_reserve).into_iter().collect()
    }
}
