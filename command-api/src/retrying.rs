//! Starting runs over items that failed: what is chosen is written beside the start, so that the run works on exactly
//! what was counted, whatever happens meanwhile.

use std::collections::BTreeMap;

use domain::decider::Decider as _;
use domain::ids::{RunId, ScenarioId};
use domain::run::{
    CHOSEN_MAX, CHOSEN_TOGETHER_MAX, ChosenItem, ItemsChosen, Recall, RunCommand, RunEvent, RunMode,
    RunStarted, Runs, Trigger,
};
use domain::scenario::graph::{Graph, NodeKind};
use engine::ports::StreamAppend;
use engine::{Meta, StreamName, history};
use serde_json::Value;

use crate::context::Api;
use crate::problem::Problem;
use crate::routes::not_published;

/// One item that failed, at the revision that failed.
#[derive(Clone, Debug)]
pub struct Failed {
    pub connection: String,
    pub resource: String,
    pub record: String,
    pub revision: u64,
    /// The fetch node it came from.
    pub node: String,
    /// The destination it was to go to, where that is needed.
    pub to: Option<String>,
    /// It failed because nobody could tell whether it arrived.
    pub is_doubted: bool,
}

/// Items that failed, of one run or of several.
#[derive(Debug, Default)]
pub struct Selection {
    pub items: Vec<Failed>,
    /// Their ids within the run, in the same order; of one run only.
    pub ids: Vec<String>,
    /// Items that match but could not be read when they came, so that there is nothing to work on.
    pub not_recorded: u64,
    /// Items that match but have come to a better end since.
    pub settled_since: u64,
}

impl Selection {
    /// Takes an item in, up to the bound.
    pub fn add(&mut self, item: Failed) -> Result<(), Problem> {
        if self.items.len() == CHOSEN_MAX {
            return Err(Problem::invalid(
                "TOO_MANY_ITEMS",
                format!("more than {CHOSEN_MAX} items match"),
                "narrow the filter, and retry the others afterwards",
            )
            .at("filter"));
        }
        self.items.push(item);
        Ok(())
    }
}

/// The rules that a retry follows.
pub struct Rules {
    pub scenario: ScenarioId,
    pub version: u64,
    pub graph: Value,
}

impl Api {
    /// How a run was started.
    pub async fn run_started(&self, run: &RunId) -> Result<RunStarted, Problem> {
        let stream = StreamName::new(Runs::CATEGORY, run);
        let first = self.context.executor.store.read_stream(&stream, 0, 1).await?.pop();
        match first.map(|event| history::decode(&event)).transpose()? {
            Some(RunEvent::Started(started)) => Ok(started),
            _ => Err(Problem::not_found("run")),
        }
    }

    /// How many items a retry works on.
    pub async fn chosen(&self, run: &RunId) -> Result<u64, Problem> {
        let stream = StreamName::new(Runs::CATEGORY, run);
        let most = 1 + CHOSEN_MAX / CHOSEN_TOGETHER_MAX;
        let events = self.context.executor.store.read_stream(&stream, 0, most * 2).await?;
        let mut count = 0;
        for event in events.iter().filter(|event| &*event.event_type == "run.items-chosen") {
            if let RunEvent::ItemsChosen(chosen) = history::decode(event)? {
                count += chosen.items.len() as u64;
            }
        }
        Ok(count)
    }

    /// The newest published version of a scenario, if it may run.
    pub async fn newest_rules(&self, scenario: &ScenarioId) -> Result<Rules, Problem> {
        let view = self.scenario(scenario).await?;
        if view.version == 0 {
            return Err(not_published(&view.name));
        }
        if view.off {
            return Err(Problem::conflict(
                "SCENARIO_OFF",
                format!("the scenario {} is turned off", view.name),
                "turn it on first",
            ));
        }
        Ok(Rules { scenario: scenario.clone(), version: view.version, graph: view.version_graph })
    }

    /// The first events of a retry, if its rules can be followed now.
    pub async fn retry(
        &self,
        run: &RunId,
        of: Option<RunId>,
        rules: Rules,
        items: &[Failed],
        meta: &Meta,
    ) -> Result<StreamAppend, Problem> {
        let graph = crate::routes::graph(&rules.graph)?;
        if let Some(problem) = self.look_up(&graph).await?.not_writable(&graph) {
            return Err(problem);
        }
        let started = RunStarted {
            scenario: rules.scenario,
            version: rules.version,
            graph: rules.graph,
            mode: RunMode::Apply,
            trigger: Trigger::Manual,
            limit: None,
            recall: Some(Recall::Retry { of }),
        };
        let mut commands = vec![RunCommand::Start(started)];
        for (node, chosen) in by_node(&graph, items)? {
            commands.extend(chosen.chunks(CHOSEN_TOGETHER_MAX).map(|chosen| {
                RunCommand::Choose(ItemsChosen { node: node.clone(), items: chosen.to_vec() })
            }));
        }
        self.begin::<Runs>(run.as_str(), commands, meta)
    }
}

/// Which fetch node of the graph each item goes on from: the one it came from, or another that reads the same things.
fn by_node(graph: &Graph, items: &[Failed]) -> Result<BTreeMap<String, Vec<ChosenItem>>, Problem> {
    let mut nodes: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for node in &graph.nodes {
        let NodeKind::Fetch(fetch) = &node.kind else { continue };
        if let (Some(connection), Some(resource)) = (&fetch.connection, &fetch.resource) {
            nodes.entry((connection.as_str(), resource)).or_default().push(node.id.as_str());
        }
    }
    let mut chosen: BTreeMap<String, Vec<ChosenItem>> = BTreeMap::new();
    for item in items {
        let place = (item.connection.as_str(), item.resource.as_str());
        let candidates = nodes.get(&place).map_or(&[][..], Vec::as_slice);
        let same = candidates.iter().find(|node| **node == item.node);
        let Some(node) = same.or(candidates.first()) else { return Err(no_such_fetch(&item.resource)) };
        let chosen_item = ChosenItem { record: item.record.clone(), revision: item.revision };
        chosen.entry((*node).to_owned()).or_default().push(chosen_item);
    }
    Ok(chosen)
}

fn no_such_fetch(resource: &str) -> Problem {
    Problem::invalid(
        "NOT_IN_THIS_VERSION",
        format!("this version of the scenario does not fetch {resource} from where they failed"),
        "retry with the version that they failed with (version: pinned), or put the fetch back",
    )
    .at("version")
}
