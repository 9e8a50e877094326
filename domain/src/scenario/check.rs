//! What is wrong with a graph: everything at once, in words, in time that grows with its size and not with its paths.

mod flow;
mod settings;
mod shape;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::graph::{Graph, NodeId};
use crate::ids::{ConnectionId, MappingId};
use crate::problem::Rejection;
use crate::run::Level;
pub(super) use shape::Shape;

pub const NODES_MAX: usize = 200;
pub const EDGES_MAX: usize = 1000;
/// Most edges out of one node.
pub const FAN_OUT_MAX: usize = 32;
/// Most ways from the trigger to writes; each record takes those that its filters leave open.
pub const PATHS_MAX: u64 = 256;
/// Largest page that a fetch may ask for.
pub const PER_PAGE_MAX: u64 = 100;
/// Most ids that a fetch may name.
pub const IDS_MAX: usize = 1000;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable, upper-case.
    pub code: Cow<'static, str>,
    /// An error keeps the scenario from being published; a warning does not.
    pub level: Level,
    /// The node at fault; absent when it is the whole graph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeId>,
    /// The setting at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    pub message: String,
    pub remedy: String,
}

impl Problem {
    pub(super) fn whole(code: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            code: Cow::Borrowed(code),
            level: Level::Error,
            node: None,
            field: None,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    pub(super) fn of(
        node: &NodeId,
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { node: Some(node.clone()), ..Self::whole(code, message, remedy) }
    }

    pub(super) fn field(self, field: &str) -> Self {
        Self { field: Some(field.to_owned()), ..self }
    }

    pub(super) fn warning(self) -> Self {
        Self { level: Level::Warning, ..self }
    }

    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }
}

/// What a check must know of the installation. Implemented over views, so that the check itself stays pure.
pub trait Catalogue {
    fn connection(&self, id: &ConnectionId) -> Option<ConnectionFacts>;
    /// What can be fetched from an app; a connection's own custom resources may be among them.
    fn resources(&self, connection: &ConnectionId) -> Vec<String>;
    /// What can be written to an app; empty for one that takes nothing.
    fn entities(&self, connection: &ConnectionId) -> Vec<String>;
    /// The newest revision unless one is named.
    fn mapping(&self, id: &MappingId, revision: Option<u64>) -> Option<MappingFacts>;
}

#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionFacts {
    pub name: String,
    pub app: String,
    /// Why it does not work at present: paused, waiting for authorisation, the site is another one.
    pub not_ready: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MappingFacts {
    pub name: String,
    pub app: String,
    pub resource: String,
    pub entity: String,
    /// What compiling it said.
    pub problems: Vec<Rejection>,
}

/// Everything that is wrong with a graph; empty when it can be published.
pub fn check(graph: &Graph, catalogue: &impl Catalogue) -> Vec<Problem> {
    if let Err(problems) = sizes(graph.nodes.len(), graph.edges.len()) {
        return problems;
    }
    let (shape, mut problems) = Shape::read(graph);
    for node in &graph.nodes {
        settings::check(node, catalogue, &mut problems);
    }
    if let Some(shape) = shape {
        flow::check(graph, &shape, catalogue, &mut problems);
    }
    problems
}

/// What is wrong without regard to connections and mappings. Enough to walk the graph.
pub(super) fn structure(graph: &Graph) -> Result<Shape, Vec<Problem>> {
    sizes(graph.nodes.len(), graph.edges.len())?;
    let (shape, mut problems) = Shape::read(graph);
    if let Some(shape) = &shape {
        flow::check_order(graph, shape, &mut problems);
    }
    problems.retain(Problem::is_error);
    match shape {
        Some(shape) if problems.is_empty() => Ok(shape),
        _ => Err(problems),
    }
}

/// Refuses a graph that is too large to look at.
pub(super) fn sizes(nodes: usize, edges: usize) -> Result<(), Vec<Problem>> {
    let too_many = |noun: &str, max: usize, code| {
        vec![Problem::whole(
            code,
            format!("the scenario has more than {max} {noun}"),
            "divide it into several scenarios",
        )]
    };
    if nodes > NODES_MAX {
        return Err(too_many("steps", NODES_MAX, "TOO_MANY_NODES"));
    }
    if edges > EDGES_MAX {
        return Err(too_many("connections between steps", EDGES_MAX, "TOO_MANY_EDGES"));
    }
    Ok(())
}
