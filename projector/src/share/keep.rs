//! Keeps this process's leases: takes its fair share of the partitions, renews, gives up what is too much, and notices
//! what was lost.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use engine::hash;
use engine::ports::{Lease, LeaseError};
use futures::future::join_all;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::{Held, PARTITIONS, Share, Sharing, Turn, part_name};

const PART: &str = "part-";
const WORKER: &str = "worker-";
/// Renewals in the time of a lease: two may fail before it is lost.
const RENEWALS: u32 = 3;
/// How long a lease that is given up waits for its work to come to rest, as a part of its time.
const REST_PART: u32 = 3;

pub(crate) struct Keeper {
    sharing: Sharing,
    held: Arc<Held>,
    /// Leases of which one process holds all it can get, whoever it is.
    whole: Vec<&'static str>,
}

impl Keeper {
    pub fn new(sharing: Sharing, whole: Vec<&'static str>) -> Self {
        let held = Held { turns: std::sync::Mutex::default(), changes: watch::Sender::new(0) };
        Self { sharing, held: Arc::new(held), whole }
    }

    pub fn share(&self) -> Share {
        Share(Some(self.held.clone()))
    }

    /// Keeps the leases until it is stopped. Lets go of them if the process leaves in order; after a crash they run out.
    pub async fn run(self, stop: CancellationToken, leave: CancellationToken) {
        let pause = self.sharing.time / RENEWALS;
        let work = async {
            loop {
                if let Err(error) = self.round().await {
                    tracing::warn!(holder = self.sharing.holder, error = %engine::follow::chain(&error), "leases could not be kept; what runs out is not worked on");
                    metrics::counter!("portal_lease_failures_total").increment(1);
                }
                tokio::time::sleep(pause).await;
            }
        };
        tokio::select! {
            () = work => {}
            () = stop.cancelled() => {}
        }
        let names: Vec<String> = self.held.lock().keys().cloned().collect();
        for name in &names {
            self.lose(name);
        }
        if leave.is_cancelled() {
            join_all(names.iter().map(|name| self.release(name))).await;
            self.release(&self.heartbeat()).await;
        }
    }

    fn heartbeat(&self) -> String {
        format!("{WORKER}{}", self.sharing.holder)
    }

    /// One look at everything: renew, count who is alive, take or give up.
    async fn round(&self) -> Result<(), LeaseError> {
        self.drop_what_ran_out();
        let renewed = self.renew().await;
        self.hold(&self.heartbeat()).await?;
        let alive = self.held_by_all(WORKER).await?.len().max(1) as u64;
        let fair = usize::try_from(PARTITIONS.div_ceil(alive)).unwrap_or(usize::MAX);
        let mine = self.mine();
        if mine.len() > fair {
            join_all(mine.iter().skip(fair).map(|name| self.give_up(name))).await;
        } else if mine.len() < fair {
            self.take(&mine, fair - mine.len()).await?;
        }
        for name in &self.whole {
            if !self.held.lock().contains_key(*name) {
                self.gain(name).await?;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "there are sixteen")]
        metrics::gauge!("portal_partitions_held").set(self.mine().len() as f64);
        renewed
    }

    /// The partitions held, by name.
    fn mine(&self) -> BTreeSet<String> {
        self.held.lock().keys().filter(|name| name.starts_with(PART)).cloned().collect()
    }

    async fn renew(&self) -> Result<(), LeaseError> {
        let names: Vec<String> = self.held.lock().keys().cloned().collect();
        let renewed = join_all(names.iter().map(|name| self.gain(name))).await;
        renewed.into_iter().collect()
    }

    /// Takes free partitions, beginning at another place than others do.
    async fn take(&self, mine: &BTreeSet<String>, wanted: usize) -> Result<(), LeaseError> {
        let taken: BTreeSet<String> =
            self.held_by_all(PART).await?.into_iter().map(|lease| lease.name).collect();
        let begin = hash::number(&[&self.sharing.holder]) % PARTITIONS;
        let names = (0..PARTITIONS).map(|offset| part_name((begin + offset) % PARTITIONS));
        let free: Vec<String> = names.filter(|name| !mine.contains(name) && !taken.contains(name)).collect();
        let gained = join_all(free.iter().take(wanted).map(|name| self.gain(name))).await;
        gained.into_iter().collect()
    }

    /// Takes a lease or keeps it. While it is unknown whether it is held, it is held for as long as was known.
    async fn gain(&self, name: &str) -> Result<(), LeaseError> {
        let until = Instant::now() + self.sharing.time;
        let Some(lease) = self.hold(name).await? else {
            self.lose(name);
            return Ok(());
        };
        let mut turns = self.held.lock();
        if let Some(Turn(Some(term))) = turns.get(name) {
            // Another holder meanwhile, or a time without any: what was begun then must not go on.
            if term.token == lease.token && Instant::now() < term.until() {
                term.prolong(until);
                return Ok(());
            }
            term.lost.cancel();
        }
        turns.insert(name.to_owned(), Turn::new(until, lease.token));
        drop(turns);
        tracing::info!(lease = name, holder = self.sharing.holder, token = lease.token, "lease taken");
        if lease.token > 1 {
            metrics::counter!("portal_lease_takeovers_total").increment(1);
        }
        self.share().look_again();
        Ok(())
    }

    /// Ends the work under a lease, waits a little until it rests, and lets others have it.
    async fn give_up(&self, name: &str) {
        let Some(Turn(Some(term))) = self.lose(name) else { return };
        term.at_work.close();
        if timeout(self.sharing.time / REST_PART, term.at_work.wait()).await.is_ok() {
            self.release(name).await;
        }
    }

    /// What is no longer held stops at once.
    fn lose(&self, name: &str) -> Option<Turn> {
        let turn = self.held.lock().remove(name)?;
        if let Some(term) = &turn.0 {
            term.lost.cancel();
        }
        tracing::info!(lease = name, holder = self.sharing.holder, "lease given up or lost");
        self.share().look_again();
        Some(turn)
    }

    fn drop_what_ran_out(&self) {
        let turns = self.held.lock().clone();
        for (name, _) in turns.iter().filter(|(_, turn)| !turn.is_on()) {
            self.lose(name);
        }
    }

    /// Bounded, so that leases which do not answer cannot keep the others from being renewed.
    async fn hold(&self, name: &str) -> Result<Option<Lease>, LeaseError> {
        let Sharing { leases, holder, time } = &self.sharing;
        within(self.patience(), leases.hold(name, holder, *time)).await
    }

    async fn held_by_all(&self, prefix: &str) -> Result<Vec<Lease>, LeaseError> {
        within(self.patience(), self.sharing.leases.held(prefix)).await
    }

    async fn release(&self, name: &str) {
        let released = self.sharing.leases.release(name, &self.sharing.holder);
        if let Err(error) = within(self.patience(), released).await {
            tracing::warn!(lease = name, error = %engine::follow::chain(&error), "a lease could not be let go; it runs out");
        }
    }

    fn patience(&self) -> Duration {
        self.sharing.time / RENEWALS
    }
}

async fn within<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, LeaseError>>,
) -> Result<T, LeaseError> {
    match timeout(patience, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(LeaseError::Unavailable("no answer in time".into())),
    }
}
