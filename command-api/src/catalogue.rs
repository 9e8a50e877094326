//! What checking a graph needs to know of this installation: looked up first, so that the check itself is pure.

use std::collections::{BTreeSet, HashMap};

use app_sdk::Apps;
use domain::ids::{ConnectionId, MappingId};
use domain::scenario::check::{Catalogue, ConnectionFacts, MappingFacts, Problem as GraphProblem};
use domain::scenario::graph::{Graph, MappingRef, NodeKind};
use domain::views::{CONNECTIONS, ConnectionPhase, ConnectionView, MAPPINGS, MappingView};
use serde_json::Value;

use crate::context::Api;
use crate::definitions::compile;
use crate::problem::Problem;

/// Everything that a graph names.
#[derive(Default)]
pub struct Looked {
    connections: HashMap<String, ConnectionView>,
    resources: HashMap<String, Vec<String>>,
    entities: HashMap<String, Vec<String>>,
    mappings: HashMap<(String, Option<u64>), MappingFacts>,
    /// Newest revision of each mapping.
    newest: HashMap<String, u64>,
}

impl Api {
    /// Looks up what a graph names.
    pub async fn look_up(&self, graph: &Graph) -> Result<Looked, Problem> {
        let mut looked = Looked::default();
        for connection in
            self.find_all::<ConnectionView>(&CONNECTIONS, &connections(graph)).await?.into_iter().flatten()
        {
            let app = self.context.apps.get(&connection.app);
            let entities = match app.filter(|app| app.actions.is_some()) {
                Some(app) => app.entry.resources.iter().map(|resource| resource.id.clone()).collect(),
                None => vec![],
            };
            looked.resources.insert(connection.id.clone(), resources_of(&self.context.apps, &connection));
            looked.entities.insert(connection.id.clone(), entities);
            looked.connections.insert(connection.id.clone(), connection);
        }
        for wanted in mappings(graph) {
            self.look_up_mapping(&wanted, &mut looked).await?;
        }
        Ok(looked)
    }

    /// Everything that is wrong with a graph in this installation.
    pub async fn check(&self, graph: &Graph) -> Result<Vec<GraphProblem>, Problem> {
        Ok(domain::scenario::check::check(graph, &self.look_up(graph).await?))
    }

    async fn look_up_mapping(&self, wanted: &MappingRef, looked: &mut Looked) -> Result<(), Problem> {
        let Some(view) = self.find::<MappingView>(&MAPPINGS, wanted.id.as_str()).await? else {
            return Ok(());
        };
        looked.newest.insert(view.id.clone(), view.revision);
        let definition = match wanted.revision {
            Some(revision) if revision != view.revision => {
                let Some(definition) = self.definition(&wanted.id, revision).await? else { return Ok(()) };
                definition
            }
            _ => view.definition,
        };
        let facts = MappingFacts {
            name: view.name,
            app: view.app,
            resource: view.resource,
            entity: view.entity,
            problems: compile(&definition).err().unwrap_or_default(),
        };
        looked.mappings.insert((view.id, wanted.revision), facts);
        Ok(())
    }
}

impl Looked {
    /// The connections of a graph that no run may use now, with the reason.
    pub fn not_usable(&self, graph: &Graph) -> Option<Problem> {
        connections(graph).iter().find_map(|id| self.refused(id))
    }

    /// The same, but only of the connections that are written to: for runs that do not ask the source.
    pub fn not_writable(&self, graph: &Graph) -> Option<Problem> {
        graph.nodes.iter().find_map(|node| match &node.kind {
            NodeKind::Write(write) => self.refused(write.connection.as_ref()?.as_str()),
            _ => None,
        })
    }

    fn refused(&self, id: &str) -> Option<Problem> {
        match self.connections.get(id) {
            None => Some(Problem::conflict(
                "CONNECTION_GONE",
                format!("the connection {id} does not exist any more"),
                "choose another connection in the scenario and publish it",
            )),
            Some(view) => refusal(view),
        }
    }

    /// The graph with every mapping pinned to a revision.
    pub fn pinned(&self, mut graph: Value) -> Value {
        let nodes = graph.get_mut("nodes").and_then(Value::as_array_mut);
        for node in nodes.into_iter().flatten() {
            let Some(mapping) = node.get_mut("mapping").and_then(Value::as_object_mut) else { continue };
            let newest = mapping.get("id").and_then(Value::as_str).and_then(|id| self.newest.get(id));
            if let Some(newest) = newest
                && mapping.get("revision").is_none_or(Value::is_null)
            {
                mapping.insert("revision".to_owned(), (*newest).into());
            }
        }
        graph
    }
}

/// Why nothing may be done with a connection at present, if so.
pub fn refusal(view: &ConnectionView) -> Option<Problem> {
    match view.phase {
        ConnectionPhase::Live => None,
        ConnectionPhase::Paused => Some(Problem::conflict(
            "CONNECTION_PAUSED",
            format!("the connection {} is paused", view.name),
            "resume the connection first",
        )),
        ConnectionPhase::IdentityInDoubt => Some(Problem::conflict(
            "IDENTITY_CHANGED",
            format!("{} answers as another site than before", view.name),
            "look whether the site has moved or was copied, and confirm its new identity",
        )),
    }
}

impl Catalogue for Looked {
    fn connection(&self, id: &ConnectionId) -> Option<ConnectionFacts> {
        let view = self.connections.get(id.as_str())?;
        let not_ready = match view.phase {
            ConnectionPhase::Live => None,
            ConnectionPhase::Paused => Some("it is paused".to_owned()),
            ConnectionPhase::IdentityInDoubt => Some("it answers as another site than before".to_owned()),
        };
        Some(ConnectionFacts { name: view.name.clone(), app: view.app.clone(), not_ready })
    }

    fn resources(&self, connection: &ConnectionId) -> Vec<String> {
        self.resources.get(connection.as_str()).cloned().unwrap_or_default()
    }

    fn entities(&self, connection: &ConnectionId) -> Vec<String> {
        self.entities.get(connection.as_str()).cloned().unwrap_or_default()
    }

    fn mapping(&self, id: &MappingId, revision: Option<u64>) -> Option<MappingFacts> {
        self.mappings.get(&(id.to_string(), revision)).cloned()
    }
}

/// The kinds of records that can be read from a connection: the app's, then the site's own.
pub fn resources_of(apps: &Apps, view: &ConnectionView) -> Vec<String> {
    let Some(app) = apps.get(&view.app).filter(|app| app.source.is_some()) else { return vec![] };
    let mut resources: Vec<String> = app.entry.resources.iter().map(|resource| resource.id.clone()).collect();
    if !resources.is_empty() {
        for own in own_resources(&view.details) {
            if !resources.contains(&own) {
                resources.push(own);
            }
        }
    }
    resources
}

/// A connection's own custom resources, where discovery keeps a list of them.
fn own_resources(details: &Value) -> impl Iterator<Item = String> {
    let list = details.get("resources").and_then(Value::as_array);
    let id = |entry: &Value| entry.get("id").or(Some(entry)).and_then(Value::as_str).map(str::to_owned);
    list.into_iter().flatten().filter_map(id).collect::<Vec<_>>().into_iter()
}

/// Every connection that a graph names, once.
fn connections(graph: &Graph) -> Vec<String> {
    let named = graph.nodes.iter().filter_map(|node| match &node.kind {
        NodeKind::Fetch(fetch) => fetch.connection.as_ref(),
        NodeKind::Write(write) => write.connection.as_ref(),
        _ => None,
    });
    named.map(ToString::to_string).collect::<BTreeSet<_>>().into_iter().collect()
}

fn mappings(graph: &Graph) -> Vec<MappingRef> {
    let named = graph.nodes.iter().filter_map(|node| match &node.kind {
        NodeKind::Map { mapping } => mapping.clone(),
        _ => None,
    });
    named.collect()
}
