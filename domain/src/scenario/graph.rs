//! The graph of a scenario: nodes and edges, as they are drawn.
//!
//! Reading is forgiving on purpose: a half-drawn node has no connection yet, and a node of another release is kept as
//! it is. `scenario::check` says what is missing; nothing here can make an old event unreadable.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::check::{EDGES_MAX, NODES_MAX, Problem};
use super::on_failure::OnFailure;
use crate::ids::{ConnectionId, MappingId};

/// Longest id of a node, in bytes.
pub const NODE_ID_BYTES_MAX: usize = 64;

/// A step's name within its graph.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(pub String);

impl NodeId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for NodeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Graph {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

/// In JSON the settings stand beside id and name: `{"id":"n1","name":"Users","kind":"fetch","resource":"users"}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Node {
    pub id: NodeId,
    pub name: String,
    /// Where the builder drew it; means nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Value>,
    /// Absent: it stops.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<OnFailure>,
    #[serde(flatten)]
    pub kind: NodeKind,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    pub from: NodeId,
    pub to: NodeId,
    /// Absent: the way of a step that does not part its records; of a filter, `matches`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<Branch>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Branch {
    /// Of a filter, and what the one way of any other step is taken for.
    Matches,
    /// Of a filter.
    Otherwise,
    /// Of a filter, a map or a write: records that failed there, as the source sent them.
    Failure,
}

/// What a node does. Settings that are not chosen yet are `None`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum NodeKind {
    Trigger {
        on: TriggerOn,
        /// Only of a schedule: when it is due, as five fields of cron.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cron: Option<String>,
        /// Only of a schedule: the time zone that its hours are told in; UTC where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<String>,
    },
    Fetch(Fetch),
    Filter {
        #[serde(default)]
        condition: String,
    },
    Map {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mapping: Option<MappingRef>,
    },
    Write(Write),
    /// A kind, or a setting, that this release does not know. Kept as it was written.
    #[serde(skip_deserializing, untagged)]
    Unknown(Map<String, Value>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TriggerOn {
    Manual,
    Webhook,
    RecordChanged,
    Schedule,
}

/// Reads the records of one resource, page by page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// As the source names them; empty: the source's usual ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Only>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_page: Option<u64>,
}

/// A part of a resource.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Only {
    /// RFC 3339; records changed since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Ids in the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingRef {
    pub id: MappingId,
    /// Absent in drafts: the newest. Publishing pins it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
}

/// Writes mapped records to a destination.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Write {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// Fields that may find an existing record which no import made: `email`, `slug`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub match_by: Vec<String>,
    #[serde(default)]
    pub on_missing_reference: OnMissingReference,
    #[serde(default)]
    pub mode: WriteMode,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnMissingReference {
    /// Write now, link when the other record arrives.
    #[default]
    Defer,
    Fail,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteMode {
    #[default]
    Upsert,
    CreateOnly,
    UpdateOnly,
}

impl Graph {
    /// Reads a document. Refuses only what is no graph at all or too large to look at; everything else is kept for
    /// `check` to judge. An absent or null document is the empty graph.
    pub fn parse(document: &Value) -> Result<Self, Vec<Problem>> {
        let entries = match document {
            Value::Null => return Ok(Self::default()),
            Value::Object(entries) => entries,
            _ => return Err(vec![no_graph("it is not an object with nodes and edges")]),
        };
        if let Some(key) = entries.keys().find(|key| !matches!(key.as_str(), "nodes" | "edges")) {
            let shown: String = key.chars().take(50).collect();
            return Err(vec![no_graph(&format!("it holds \"{shown}\", which a graph does not have"))]);
        }
        let nodes = list(entries, "nodes")?;
        let edges = list(entries, "edges")?;
        super::check::sizes(nodes.len(), edges.len())?;
        let mut problems = Vec::new();
        let mut graph = Self::default();
        for (n, node) in nodes.iter().enumerate() {
            match Node::deserialize(node) {
                Ok(node) => graph.nodes.push(node),
                Err(error) => problems.push(no_graph(&format!("node {} cannot be read: {error}", n + 1))),
            }
        }
        for (n, edge) in edges.iter().enumerate() {
            match Edge::deserialize(edge) {
                Ok(edge) => graph.edges.push(edge),
                Err(error) => problems.push(no_graph(&format!("edge {} cannot be read: {error}", n + 1))),
            }
        }
        if problems.is_empty() { Ok(graph) } else { Err(problems) }
    }

    pub fn node(&self, id: &NodeId) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == *id)
    }
}

fn list<'d>(entries: &'d Map<String, Value>, key: &str) -> Result<&'d [Value], Vec<Problem>> {
    match entries.get(key) {
        None => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(vec![no_graph(&format!("its {key} are not a list"))]),
    }
}

fn no_graph(why: &str) -> Problem {
    let why: String = why.chars().take(300).collect();
    Problem::whole(
        "NOT_A_GRAPH",
        format!("this is not a scenario: {why}"),
        "draw it in the builder, or correct the file",
    )
}

impl<'de> Deserialize<'de> for Graph {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = Value::deserialize(deserializer)?;
        Self::parse(&document).map_err(|problems| {
            let first = problems.first().map_or_else(String::new, |problem| problem.message.clone());
            serde::de::Error::custom(first)
        })
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut entries = Map::deserialize(deserializer)?;
        let mut text = |key: &'static str, most: usize| match entries.remove(key) {
            Some(Value::String(text)) if text.len() <= most => Ok(text),
            Some(_) => {
                Err(serde::de::Error::custom(format!("its {key} is not a text of at most {most} bytes")))
            }
            None if key == "name" => Ok(String::new()),
            None => Err(serde::de::Error::missing_field(key)),
        };
        let id = NodeId(text("id", NODE_ID_BYTES_MAX)?);
        let name = text("name", 1000)?;
        let position = entries.remove("position");
        // One that cannot be read stays among the settings, and makes the node unknown.
        let on_failure = entries.get("on_failure").and_then(|found| OnFailure::deserialize(found).ok());
        if on_failure.is_some() {
            entries.remove("on_failure");
        }
        let settings = Value::Object(entries);
        let kind = NodeKind::deserialize(&settings).unwrap_or_else(|_| match settings {
            Value::Object(entries) => NodeKind::Unknown(entries),
            _ => NodeKind::Unknown(Map::new()),
        });
        Ok(Self { id, name, position, on_failure, kind })
    }
}

const _: () = assert!(NODES_MAX < EDGES_MAX, "a graph has more edges than nodes");

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_graph_reads_and_writes_back_the_same() {
        let document = json!({"nodes": [
            {"id": "t", "name": "Start", "kind": "trigger", "on": "manual", "position": {"x": 1, "y": 2}},
            {"id": "f", "name": "Users", "kind": "fetch", "connection": "cn_a", "resource": "users",
             "only": {"ids": ["7"]}, "per_page": 50},
            {"id": "c", "name": "", "kind": "filter", "condition": "record.id > 1"},
            {"id": "m", "name": "", "kind": "map", "mapping": {"id": "mp_a", "revision": 3}},
            {"id": "w", "name": "", "kind": "write", "connection": "cn_b", "entity": "user", "match_by": ["email"],
             "on_missing_reference": "fail", "mode": "create-only",
             "on_failure": {"do": "retry", "times": 3, "wait": 30}},
        ], "edges": [{"from": "t", "to": "f"}, {"from": "c", "to": "m", "branch": "matches"},
            {"from": "w", "to": "m", "branch": "failure"}]});
        let graph = Graph::parse(&document).unwrap();
        assert_eq!(serde_json::to_value(&graph).unwrap(), document);
        assert!(graph.nodes.iter().all(|node| !matches!(node.kind, NodeKind::Unknown(_))));
        assert_eq!(Graph::parse(&Value::Null), Ok(Graph::default()));
    }

    #[test]
    fn bad_input_131_a_node_of_another_release_is_kept_as_it_was_written() {
        for node in [
            json!({"id": "a", "name": "", "kind": "delay", "minutes": 5}),
            json!({"id": "a", "name": "", "kind": "fetch", "resource": "users", "version": 9}),
            json!({"id": "a", "name": "", "kind": 7}),
            json!({"id": "a", "name": "", "kind": "filter", "condition": "", "on_failure": {"do": "branch"}}),
            json!({"id": "a", "name": "", "kind": "filter", "condition": "", "on_failure": {"do": "stop", "n": 1}}),
            json!({"id": "a", "name": "", "kind": "delay", "on_failure": {"do": "stop"}}),
            json!({"id": "a", "name": ""}),
        ] {
            let document = json!({"nodes": [node], "edges": []});
            let graph = Graph::parse(&document).unwrap();
            assert!(matches!(graph.nodes[0].kind, NodeKind::Unknown(_)));
            assert_eq!(serde_json::to_value(&graph).unwrap(), document);
        }
    }

    #[test]
    fn bad_input_137_a_file_that_is_no_graph_is_refused_with_a_reason() {
        for bad in [
            json!([]),
            json!("x"),
            json!({"nodes": {}}),
            json!({"nodes": [], "edges": 1}),
            json!({"code": "rm -rf"}),
            json!({"nodes": [1]}),
            json!({"nodes": [{"name": "x"}]}),
            json!({"nodes": [{"id": 1}]}),
            json!({"nodes": [{"id": "x".repeat(65), "kind": "trigger"}]}),
            json!({"edges": [{"from": "a"}]}),
            json!({"edges": [{"from": "a", "to": "b", "branch": "left"}]}),
            json!({"edges": [{"from": "a", "to": "b", "run": "code"}]}),
        ] {
            let problems = Graph::parse(&bad).unwrap_err();
            assert_eq!(problems[0].code, "NOT_A_GRAPH", "{bad}");
        }
    }
}
