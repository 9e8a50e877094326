//! The cluster profile: servers that any number of processes share.

use std::sync::Arc;
use std::time::Duration;

use adapter_kurrent::KurrentEventStore;
use adapter_memory::LogBus;
use adapter_nats::{Nats, NatsBus, Relay};
use adapter_postgres::{Postgres, PostgresLeases, PostgresReadStore, PostgresVault};
use adapter_sqlite::{KeyRing, SystemClock, SystemIds};
use anyhow::Context;
use async_trait::async_trait;
use engine::ports::{Bus, Clock, EventStore, Ids, Leases, ReadStore, Secret, SecretSlot, Vault};
use projector::{Running, Sharing};
use tokio_util::sync::CancellationToken;

use super::embedded::Directory;
use super::{Home, Opened, Ports, Relaying};
use crate::compose::{self, Followers};
use crate::config::Config;
use crate::config::cluster::Settings;
use crate::exit;
use crate::health::Cause;
use crate::installation::Installation;
use crate::role::Role;

/// The connections of this process.
pub struct Servers {
    log: Arc<dyn EventStore>,
    nats: Option<Nats>,
    postgres: Postgres,
    leases: Arc<dyn Leases>,
    /// This process among the others.
    holder: String,
    lease_time: Duration,
    places: Vec<String>,
}

pub async fn open(config: &Config, settings: &Settings, role: Role) -> anyhow::Result<Opened> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids: Arc<dyn Ids> = Arc::new(SystemIds);
    let ring = compose::given_key_ring(config)?;
    let log: Arc<dyn EventStore> =
        Arc::new(KurrentEventStore::connect(settings.log.clone(), clock.clone()).await.map_err(unusable)?);
    let postgres = Postgres::connect(settings.database.clone()).await.map_err(unusable)?;
    let reads: Arc<dyn ReadStore> = Arc::new(PostgresReadStore::open(&postgres).await.map_err(unusable)?);
    let vault: Arc<dyn Vault> =
        Arc::new(PostgresVault::open(&postgres, ring, ids.clone()).await.map_err(unusable)?);
    let leases: Arc<dyn Leases> = Arc::new(PostgresLeases::open(&postgres).await.map_err(unusable)?);
    let holder = holder(settings, role, &*ids);
    let nats = if role.uses_the_bus() {
        Some(Nats::connect(settings.bus.settings()?).await.map_err(unusable)?)
    } else {
        None
    };
    let bus: Arc<dyn Bus> = match &nats {
        Some(nats) => Arc::new(NatsBus::new(nats, log.clone(), role.name())),
        // Edges hear of endpoints from the log itself: webhooks are taken in while the bus is down.
        None => Arc::new(LogBus::new(log.clone())),
    };
    let installation = installation(&*vault, &*leases, &*ids, &holder).await?;
    let places = places(settings, nats.is_some(), &holder);
    let lease_time = settings.lease_time;
    let servers = Servers { log: log.clone(), nats, postgres, leases, holder, lease_time, places };
    Ok(Opened { ports: Ports { log, bus, reads, vault, clock, ids }, installation, home: Arc::new(servers) })
}

/// The vault alone: for what is done to keys.
pub async fn vault(settings: &Settings, ring: KeyRing) -> anyhow::Result<Arc<dyn Vault>> {
    let postgres = Postgres::connect(settings.database.clone()).await.map_err(unusable)?;
    Ok(Arc::new(PostgresVault::open(&postgres, ring, Arc::new(SystemIds)).await.map_err(unusable)?))
}

fn unusable(error: impl std::error::Error) -> anyhow::Error {
    exit::ending(exit::CONFIG, error.to_string())
}

/// Unlike every other, also after a start on the same machine.
fn holder(settings: &Settings, role: Role, ids: &dyn Ids) -> String {
    let name = settings.name.clone().unwrap_or_else(|| {
        let uname = rustix::system::uname();
        uname.nodename().to_string_lossy().into_owned()
    });
    format!("{name}-{}-{}", role.name(), ids.short())
}

fn places(settings: &Settings, has_bus: bool, holder: &str) -> Vec<String> {
    let mut places = vec![
        format!("log      KurrentDB at {}", without_user(settings.log.url.expose())),
        format!("database PostgreSQL at {}", without_user(settings.database.url.expose())),
    ];
    if has_bus {
        places.push(format!("bus      NATS at {}", without_user(settings.bus.address().expose())));
    }
    places.push(format!("this process is {holder}"));
    places
}

/// An address as it may be logged: its hosts.
fn without_user(url: &str) -> String {
    let hosts = |part: &str| {
        let rest = part.split_once("://").map_or(part, |(_, rest)| rest);
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_owned()
    };
    // A password may hold a comma; then what stands before the last `@` goes with it.
    let url = match (url.split_once("://"), url.rsplit_once('@')) {
        (Some(_), Some((_, behind))) if url.matches("://").count() == 1 => behind,
        _ => url,
    };
    url.split(',').map(hosts).collect::<Vec<_>>().join(", ")
}

/// Processes that start at the same time wait for the one that makes it.
const TURN: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The id of this installation lies in the vault, where every process finds it.
async fn installation(
    vault: &dyn Vault,
    leases: &dyn Leases,
    ids: &dyn Ids,
    holder: &str,
) -> anyhow::Result<Installation> {
    const LEASE: &str = "installation";
    let deadline = tokio::time::Instant::now() + TURN * 3;
    loop {
        if let Some(found) = known_installation(vault).await? {
            return Ok(found);
        }
        if leases.hold(LEASE, holder, TURN).await?.is_some() {
            // Somebody may have made it between the look and the lease.
            let made = match known_installation(vault).await? {
                Some(found) => found,
                None => keep_installation(vault, Installation { app_id: ids.event_id() }).await?,
            };
            leases.release(LEASE, holder).await?;
            return Ok(made);
        }
        anyhow::ensure!(
            tokio::time::Instant::now() < deadline,
            "no process makes this installation's id; try again"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn installation_slot() -> SecretSlot {
    SecretSlot { owner: "installation".to_owned(), purpose: "identity".to_owned(), origin: String::new() }
}

async fn known_installation(vault: &dyn Vault) -> anyhow::Result<Option<Installation>> {
    let Some(text) = vault.open(&installation_slot()).await? else { return Ok(None) };
    Ok(Some(serde_json::from_str(text.expose()).context("this installation's id in the vault is damaged")?))
}

/// Writes down who this installation is.
pub async fn keep_installation(vault: &dyn Vault, is: Installation) -> anyhow::Result<Installation> {
    vault.store(&installation_slot(), &Secret::new(serde_json::to_string(&is)?)).await?;
    Ok(is)
}

#[async_trait]
impl Home for Servers {
    fn directory(&self) -> Option<&Directory> {
        None
    }

    fn places(&self) -> Vec<String> {
        self.places.clone()
    }

    fn start(&self, followers: Followers) -> Running {
        let leases = self.leases.clone();
        followers.sharing(Sharing { leases, holder: self.holder.clone(), time: self.lease_time })
    }

    fn relay(&self) -> Option<Relaying> {
        let nats = self.nats.as_ref()?;
        let relay = Relay::new(nats, self.log.clone(), self.leases.clone(), self.holder.clone());
        let stop = CancellationToken::new();
        let task = tokio::spawn(relay.with_lease_time(self.lease_time).run(stop.clone()));
        Some(Relaying { stop, task })
    }

    /// Servers come back; until then this process says that it is not ready.
    async fn failure(&self) -> String {
        std::future::pending().await
    }

    async fn causes(&self, _: &Config) -> Vec<Cause> {
        let mut causes = vec![];
        if let Err(error) = self.postgres.answers().await {
            causes.push(Cause {
                code: "DATABASE_UNREACHABLE",
                detail: engine::follow::chain(&error),
                remedy: "look whether PostgreSQL runs and can be reached from here",
            });
        }
        causes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_167_no_password_is_in_what_is_logged() {
        for (url, shown) in [
            ("kurrentdb://admin:hunter2@a:2113,b:2113?tls=true", "a:2113, b:2113"),
            ("postgres://portal:hun,ter2@db:5432/portal", "db:5432"),
            ("nats://u:hunter2@a:4222,nats://u:hunter2@b:4222", "a:4222, b:4222"),
            ("nats://a:4222", "a:4222"),
        ] {
            assert_eq!(without_user(url), shown);
        }
    }
}
