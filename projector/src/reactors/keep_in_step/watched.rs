//! What scenarios watch: the resources that a scenario fetches which begins when records change.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{ConnectionId, ScenarioId};
use domain::run::{RunMode, RunStarted, Trigger};
use domain::scenario::graph::{Graph, NodeKind, TriggerOn};
use domain::views::{SCENARIOS, ScenarioView, WATCHES, WatchView};
use engine::ports::{Cause, Query};

use crate::parts::Parts;

/// Scenarios looked at. More than that are no longer drawn by hand.
const SCENARIOS_MAX: usize = 1_000;

/// One resource that is watched.
pub struct Watched {
    pub connection: ConnectionId,
    pub resource: String,
}

impl Watched {
    pub fn key(&self) -> String {
        super::key(&self.connection, &self.resource)
    }
}

/// A scenario that begins by itself, with what it fetches.
pub struct Automatic {
    pub scenario: ScenarioId,
    pub view: ScenarioView,
    pub graph: Graph,
    /// The source is looked at for its sake; else it begins only when the source tells.
    pub watches: bool,
}

/// Every published scenario that is on and begins when records change.
pub async fn automatic(parts: &Parts) -> Result<Vec<Automatic>, Cause> {
    let query = Query { limit: SCENARIOS_MAX, ..Query::default() };
    let mut found = vec![];
    for row in parts.reads.list(&SCENARIOS, &query).await?.rows {
        let view: ScenarioView = serde_json::from_slice(&row.doc)?;
        if view.off || view.version == 0 {
            continue;
        }
        // A graph that cannot be read cannot run either; its own run says so.
        let Ok(graph) = Graph::parse(&view.version_graph) else { continue };
        let triggers: Vec<TriggerOn> = graph
            .nodes
            .iter()
            .filter_map(|node| match node.kind {
                NodeKind::Trigger { on, .. } => Some(on),
                _ => None,
            })
            .collect();
        let watches = triggers.contains(&TriggerOn::RecordChanged);
        if !watches && !triggers.contains(&TriggerOn::Webhook) {
            continue;
        }
        let Ok(scenario) = ScenarioId::parse(&view.id) else { continue };
        found.push(Automatic { scenario, view, graph, watches });
    }
    Ok(found)
}

/// The resources that are watched.
pub async fn watched(parts: &Parts) -> Result<Vec<Watched>, Cause> {
    let mut by_key: BTreeMap<String, Watched> = BTreeMap::new();
    for automatic in automatic(parts).await?.into_iter().filter(|automatic| automatic.watches) {
        for (_, connection, resource) in automatic.fetches() {
            by_key
                .entry(super::key(connection, resource))
                .or_insert_with(|| Watched { connection: connection.clone(), resource: resource.to_owned() });
        }
    }
    Ok(by_key.into_values().collect())
}

/// Watches whose sweep a person asked for, or whose missing records a person decided about.
pub async fn requested(parts: &Parts) -> Result<BTreeSet<String>, Cause> {
    let mut requested = BTreeSet::new();
    for row in parts.reads.list(&WATCHES, &Query { limit: SCENARIOS_MAX, ..Query::default() }).await?.rows {
        let view: WatchView = serde_json::from_slice(&row.doc)?;
        if view.sweep_requested {
            requested.insert(row.key);
        }
    }
    Ok(requested)
}

impl Automatic {
    /// Node, connection and resource of each fetch.
    pub fn fetches(&self) -> impl Iterator<Item = (&str, &ConnectionId, &str)> {
        self.graph.nodes.iter().filter_map(|node| match &node.kind {
            NodeKind::Fetch(fetch) => {
                Some((node.id.as_str(), fetch.connection.as_ref()?, fetch.resource.as_deref()?))
            }
            _ => None,
        })
    }

    /// How its next run begins.
    pub fn started(&self, until: u64) -> RunStarted {
        RunStarted {
            scenario: self.scenario.clone(),
            version: self.view.version,
            graph: self.view.version_graph.clone(),
            mode: RunMode::Apply,
            trigger: Trigger::RecordChanged,
            limit: None,
            recall: Some(domain::run::Recall::Changes { until }),
        }
    }
}
