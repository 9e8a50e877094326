//! One story: what happens, and what has to be true at its end.

mod checks;
mod sender;

use std::sync::Arc;
use std::time::Duration;

use domain::decider::Decider as _;
use domain::effect::{Decision, EffectCommand, EffectEvent, Effects};
use domain::ids::ScenarioId;
use domain::run::{RunCommand, RunMode, RunStarted, Runs, Trigger};
use domain::views::{RUNS, RunView};
use engine::ports::{EventStore, Expected, Filter, Query, StreamAppend};
use engine::{Meta, NewEvent, StreamName, history};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::Bug;
use super::world::World;
use sender::Sender;

/// Everything has come to rest long before.
const PATIENCE: Duration = Duration::from_hours(6);
/// Runs after which everything has to be in step.
const LAST_RUNS: u64 = 4;

pub struct Story {
    pub world: World,
    users: u64,
    /// Rings when the process dies.
    dies: Arc<Notify>,
}

impl Story {
    pub async fn new(seed: u64, bug: Bug) -> Self {
        let users = 4 + seed % 13;
        Self { world: World::new(seed, users, bug).await, users, dies: Arc::default() }
    }

    pub async fn live(&mut self) -> Result<(), String> {
        let chance = self.world.chance.clone();
        self.begin_run("rn_first").await;
        chance.be_calm(false);
        let sender = Arc::new(Sender::new(&self.world, self.dies.clone()));
        let mut sending = JoinSet::new();
        for number in 1..=chance.below(12) {
            let (sender, site, chance) = (sender.clone(), self.world.site.clone(), chance.clone());
            let user = 1 + chance.below(self.users);
            sending.spawn(async move {
                chance.dawdle(20_000).await;
                site.edit(user);
                sender.tell(number, user).await;
            });
        }
        for _ in 0..chance.below(6) {
            chance.dawdle(9_000).await;
            self.world.crash();
            self.dies.notify_waiters();
            chance.dawdle(2_000).await;
            self.world.start();
        }
        while sending.join_next().await.is_some() {}
        chance.be_calm(true);
        self.until("the first run ends", &["rn_first"]).await?;
        for last in 1..=LAST_RUNS {
            // What is on its way outside arrives, if it ever does.
            tokio::time::sleep(Duration::from_mins(5)).await;
            self.decide().await?;
            let run = format!("rn_last{last}");
            self.begin_run(&run).await;
            self.until("a last run ends", &[&run]).await?;
        }
        sender.all_are_there(&self.world).await?;
        self.check().await
    }

    async fn begin_run(&self, run: &str) {
        let started = RunStarted {
            scenario: ScenarioId::new("by-hand"),
            version: 1,
            graph: self.world.graph("manual"),
            mode: RunMode::Apply,
            trigger: Trigger::Manual,
            limit: None,
            recall: None,
        };
        self.world.command::<Runs>(run, RunCommand::Start(started)).await;
    }

    /// Waits until these runs, and all others that are known, have ended.
    async fn until(&self, what: &str, runs: &[&str]) -> Result<(), String> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let reads = &self.world.parts.reads;
        let mut known: Vec<RunView>;
        loop {
            let query = Query { limit: 1_000, ..Query::default() };
            let rows = reads.list(&RUNS, &query).await.unwrap().rows;
            known = rows.iter().map(|row| serde_json::from_slice(&row.doc).unwrap()).collect();
            let all_there = runs.iter().all(|run| known.iter().any(|view| view.id == *run));
            if all_there && known.iter().all(|view| view.phase.is_over()) {
                return Ok(());
            }
            if tokio::time::Instant::now() > deadline {
                let open: Vec<&RunView> = known.iter().filter(|view| !view.phase.is_over()).collect();
                return Err(format!("{what}: {open:?}"));
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// What a person would do about writes of which nobody can tell whether they arrived: look, and say so.
    async fn decide(&self) -> Result<(), String> {
        let filter = Filter::categories([Effects::CATEGORY]);
        let events = self.world.memory.read_all(0, &filter, usize::MAX).await.unwrap().events;
        let mut streams: Vec<StreamName> = events.iter().map(|event| event.stream.clone()).collect();
        streams.sort();
        streams.dedup();
        for stream in streams {
            let all = self.world.memory.read_stream(&stream, 0, usize::MAX).await.unwrap();
            let to = all.iter().rev().find_map(|event| match history::decode(event).unwrap() {
                EffectEvent::Intended(intended) => Some(intended.to),
                _ => None,
            });
            let (Some(last), Some(to)) = (all.last(), to) else { continue };
            let standing: EffectEvent = history::decode(last).unwrap();
            let EffectEvent::InDoubt(doubt) = &standing else { continue };
            if to.as_str() != "cn_plain" {
                return Err(format!("{to} need not be asked about by a person"));
            }
            let arrived = self.world.portals[to.as_str()].has_applied(&doubt.effect);
            let decision = if arrived { Decision::Arrived } else { Decision::SendAgain };
            let command = EffectCommand::Decide { decision, portal: None, reason: String::new() };
            let decided = Effects::decide(&Some(standing), command).unwrap();
            let ids = &self.world.parts.ids;
            let events = decided.iter().map(|e| NewEvent::of(e, ids.event_id(), Meta::by("test"))).collect();
            let append = StreamAppend { stream, expected: Expected::Exact(last.revision), events };
            self.world.log.append(vec![append]).await.unwrap();
        }
        Ok(())
    }
}
