//! Starts runs for what changed. A scenario that begins when records change takes the recorded changes in order, one run
//! after the other, each from where the one before ended; so two changes of one record never overtake each other.
//!
//! How far a scenario has come is in its last such run (`Recall::Changes`). A scenario that was never run begins with
//! the first record ever recorded: that is its first import, without asking the source.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use async_trait::async_trait;
use domain::decider::Decider;
use domain::ids::RunId;
use domain::record::RecordKey;
use domain::run::{CHOSEN_TOGETHER_MAX, ChosenItem, ItemsChosen, Recall, RunCommand, Runs};
use domain::views::{RUNS, RunPhaseView, RunView, SCENARIOS};
use engine::follow::Follower;
use engine::ports::read_store::Order;
use engine::ports::{AppendError, Cause, Expected, Filter, Query, Slice, StreamAppend};
use engine::{Meta, NewEvent, Position, Recorded, StreamName, hash};

use super::keep_in_step::watched::{Automatic, automatic};
use crate::parts::Parts;

/// Changes taken together into one run.
const CHANGES_MAX: usize = 5_000;
/// Events read at once.
const READ_MAX: usize = 1_000;
/// Runs looked through for the last of a scenario's that changes started.
const RUNS_LOOKED_AT: usize = 200;
const VIEW_PATIENCE: Duration = Duration::from_secs(30);
/// Waited for what belongs together: a saved post is often several changes.
const GATHER: Duration = Duration::from_millis(20);

pub struct StartChangeRuns {
    parts: Parts,
    /// By scenario: how far its changes are taken care of.
    reached: HashMap<String, Position>,
    /// Scenarios of runs, so that a run's own recordings do not start another.
    scenario_of: HashMap<String, String>,
}

/// Changes of one scenario, ready to be run.
struct Changes {
    until: Position,
    /// By fetch node, by record: the newest revision.
    items: BTreeMap<String, BTreeMap<String, u64>>,
    count: usize,
    /// The change that was recorded last.
    newest: Option<Recorded>,
}

impl StartChangeRuns {
    pub fn new(parts: Parts) -> Self {
        Self { parts, reached: HashMap::new(), scenario_of: HashMap::new() }
    }

    async fn look(&mut self) -> Result<(), Cause> {
        for automatic in automatic(&self.parts).await? {
            self.start(&automatic).await?;
        }
        Ok(())
    }

    /// Starts the scenario's next run, if something changed and none is under way.
    async fn start(&mut self, automatic: &Automatic) -> Result<(), Cause> {
        let Some(after) = self.idle_at(automatic).await? else { return Ok(()) };
        let changes = self.changes(automatic, after).await?;
        if changes.count == 0 {
            self.reached.insert(automatic.view.id.clone(), changes.until);
            return Ok(());
        }
        // The name follows from where it begins: whoever else has the same thought starts the same run.
        let run = RunId::new(&hash::id(&[automatic.view.id.as_str(), "changes", &after.to_string()]));
        let mut commands = vec![RunCommand::Start(automatic.started(changes.until))];
        for (node, items) in changes.items {
            let items: Vec<ChosenItem> =
                items.into_iter().map(|(record, revision)| ChosenItem { record, revision }).collect();
            commands.extend(
                items.chunks(CHOSEN_TOGETHER_MAX).map(|items| {
                    RunCommand::Choose(ItemsChosen { node: node.clone(), items: items.to_vec() })
                }),
            );
        }
        match self.append(&run, commands, changes.newest.as_ref()).await {
            Ok(position) => {
                // Only a run that the view shows keeps the next one from beginning beside it.
                engine::wait::shown(&*self.parts.reads, &RUNS, position, VIEW_PATIENCE).await?;
            }
            Err(AppendError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        self.reached.insert(automatic.view.id.clone(), changes.until);
        Ok(())
    }

    async fn append(
        &self,
        run: &RunId,
        commands: Vec<RunCommand>,
        cause: Option<&Recorded>,
    ) -> Result<Position, AppendError> {
        let mut state = <Runs as Decider>::State::default();
        let mut events = vec![];
        let meta = Meta::by("changes").of(run.to_string());
        let meta = cause.into_iter().fold(meta, Meta::because_of);
        for command in commands {
            let decided =
                Runs::decide(&state, command).map_err(|rejection| AppendError::Refused(rejection.detail))?;
            for event in decided {
                Runs::evolve(&mut state, &event);
                events.push(NewEvent::of(&event, self.parts.ids.event_id(), meta.clone()));
            }
        }
        let stream = StreamName::new(Runs::CATEGORY, run);
        let append = StreamAppend { stream, expected: Expected::NoStream, events };
        Ok(self.parts.executor.append(vec![append]).await?.position)
    }

    /// Where the scenario's changes go on, or `None` while a run of them is under way.
    async fn idle_at(&mut self, automatic: &Automatic) -> Result<Option<Position>, Cause> {
        let query = Query {
            equals: vec![("scenario", automatic.view.id.as_str().into())],
            order_by: Some("started"),
            order: Order::Descending,
            limit: RUNS_LOOKED_AT,
            ..Query::default()
        };
        let mut last = None;
        for row in self.parts.reads.list(&RUNS, &query).await?.rows {
            let run: RunView = serde_json::from_slice(&row.doc)?;
            if let Some(Recall::Changes { until }) = run.recall {
                if matches!(
                    run.phase,
                    RunPhaseView::Running | RunPhaseView::Paused | RunPhaseView::Cancelling
                ) {
                    return Ok(None);
                }
                last = Some(until);
                break;
            }
        }
        let known = self.reached.get(&automatic.view.id).copied();
        Ok(Some(known.max(last).unwrap_or(0)))
    }

    /// The changes after a position that the scenario fetches, the newest of each record.
    async fn changes(&mut self, automatic: &Automatic, after: Position) -> Result<Changes, Cause> {
        let nodes: HashMap<String, String> = automatic
            .fetches()
            .map(|(node, connection, resource)| (format!("{connection}.{resource}"), node.to_owned()))
            .collect();
        let mut changes = Changes { until: after, items: BTreeMap::new(), count: 0, newest: None };
        let filter = Filter::categories(["record"]);
        loop {
            let slice = self.parts.executor.store.read_all(changes.until, &filter, READ_MAX).await?;
            let done = slice.read_to == changes.until || slice.events.is_empty();
            for event in &slice.events {
                let Some(key) = RecordKey::parse(event.stream.id()) else { continue };
                let Some(node) = nodes.get(&format!("{}.{}", key.connection, key.resource)) else { continue };
                if self.is_its_own(event, automatic).await? {
                    continue;
                }
                let items = changes.items.entry(node.clone()).or_default();
                changes.count += usize::from(items.insert(key.id, event.revision).is_none());
                changes.newest = Some(event.clone());
            }
            changes.until = slice.read_to;
            if done || changes.count >= CHANGES_MAX {
                return Ok(changes);
            }
        }
    }

    /// A change that a run of this very scenario recorded went through the scenario already.
    async fn is_its_own(&mut self, event: &Recorded, automatic: &Automatic) -> Result<bool, Cause> {
        let Some(run) = event.meta.actor.0.strip_prefix("run:") else { return Ok(false) };
        if !self.scenario_of.contains_key(run) {
            let found = self.parts.reads.get(&RUNS, &[run.to_owned()]).await?.pop().flatten();
            let view: Option<RunView> = found.map(|doc| serde_json::from_slice(&doc)).transpose()?;
            let Some(view) = view else { return Ok(false) };
            if self.scenario_of.len() >= READ_MAX {
                self.scenario_of.clear();
            }
            self.scenario_of.insert(run.to_owned(), view.scenario);
        }
        Ok(self.scenario_of.get(run).is_some_and(|scenario| *scenario == automatic.view.id))
    }
}

#[async_trait]
impl Follower for StartChangeRuns {
    fn name(&self) -> &'static str {
        "start-change-runs"
    }

    fn filter(&self) -> Filter {
        Filter::categories(["record", "run", "scenario"])
    }

    /// Nothing is skipped by beginning at the end: each scenario goes on from its own last run.
    async fn checkpoint(&mut self) -> Result<Position, Cause> {
        let end = *self.parts.executor.store.end().borrow();
        for view in [&SCENARIOS, &RUNS] {
            engine::wait::shown(&*self.parts.reads, view, end, VIEW_PATIENCE).await?;
        }
        self.look().await?;
        Ok(end)
    }

    async fn take(&mut self, slice: Slice) -> Result<(), Cause> {
        let news = |event: &&Recorded| {
            let kind = &*event.event_type;
            event.stream.category() == "record"
                || matches!(kind, "run.completed" | "scenario.published" | "scenario.turned-on")
        };
        let Some(position) = slice.events.iter().filter(news).map(|event| event.position).last() else {
            return Ok(());
        };
        tokio::time::sleep(GATHER).await;
        for view in [&SCENARIOS, &RUNS] {
            engine::wait::shown(&*self.parts.reads, view, position, VIEW_PATIENCE).await?;
        }
        self.look().await
    }
}
