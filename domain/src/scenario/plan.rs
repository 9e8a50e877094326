//! A graph as the run walks it: for each fetch, in a sensible order, a tree of what happens to its records.

use std::collections::BTreeSet;

use super::check::{self, Problem, Shape};
use super::graph::{Branch, Graph, MappingRef, NodeId, NodeKind, Only, Write};
use super::on_failure::OnFailure;
use crate::ids::ConnectionId;

/// What a run does.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Users before media before terms before posts and pages before comments before everything else, so that most
    /// references find their target at once; the rest is deferred.
    pub fetches: Vec<PlannedFetch>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PlannedFetch {
    pub node: NodeId,
    pub connection: ConnectionId,
    pub resource: String,
    pub statuses: Vec<String>,
    pub only: Only,
    pub per_page: Option<u64>,
    /// Records of this resource refer to one another: fetch in the order of ids, so that parents tend to come first.
    pub parents_first: bool,
    pub steps: Vec<Step>,
}

/// What happens to one record; siblings each get it. `failure` is what happens to one that fails at the step: it goes
/// on as the source sent it.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Filter {
        node: NodeId,
        condition: String,
        matches: Vec<Step>,
        otherwise: Vec<Step>,
        failure: Vec<Step>,
    },
    Map {
        node: NodeId,
        mapping: MappingRef,
        next: Vec<Step>,
        failure: Vec<Step>,
    },
    Write {
        node: NodeId,
        connection: ConnectionId,
        entity: String,
        write: Write,
        on_failure: Option<OnFailure>,
        failure: Vec<Step>,
    },
}

impl Plan {
    /// Plans a graph whose structure is sound; otherwise says what is not. Connections and mappings are the caller's to
    /// look up.
    pub fn from(graph: &Graph) -> Result<Self, Vec<Problem>> {
        let shape = check::structure(graph)?;
        let mut fetches = Vec::new();
        let mut problems = Vec::new();
        for &n in &shape.order {
            let NodeKind::Fetch(fetch) = &graph.nodes[n].kind else { continue };
            let node = &graph.nodes[n].id;
            let (Some(connection), Some(resource)) = (&fetch.connection, &fetch.resource) else {
                problems.push(incomplete(node, "a connection and a resource"));
                continue;
            };
            fetches.push(PlannedFetch {
                node: node.clone(),
                connection: connection.clone(),
                resource: resource.clone(),
                statuses: fetch.statuses.clone(),
                only: fetch.only.clone().unwrap_or_default(),
                per_page: fetch.per_page,
                parents_first: !matches!(rank(resource), 0 | 1),
                steps: steps(graph, &shape, n, Branch::Matches, &mut problems),
            });
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        fetches.sort_by_key(|fetch| rank(&fetch.resource));
        Ok(Self { fetches })
    }

    /// Every mapping that a run needs.
    pub fn mappings(&self) -> BTreeSet<(&str, Option<u64>)> {
        fn collect<'p>(steps: &'p [Step], found: &mut BTreeSet<(&'p str, Option<u64>)>) {
            for step in steps {
                match step {
                    Step::Filter { matches, otherwise, failure, .. } => {
                        collect(matches, found);
                        collect(otherwise, found);
                        collect(failure, found);
                    }
                    Step::Map { mapping, next, failure, .. } => {
                        found.insert((mapping.id.as_str(), mapping.revision));
                        collect(next, found);
                        collect(failure, found);
                    }
                    Step::Write { failure, .. } => collect(failure, found),
                }
            }
        }
        let mut found = BTreeSet::new();
        self.fetches.iter().for_each(|fetch| collect(&fetch.steps, &mut found));
        found
    }
}

/// The steps after a node on one branch. The tree is small: `check::PATHS_MAX` bounds its ends and `NODES_MAX` its depth.
fn steps(
    graph: &Graph,
    shape: &Shape,
    from: usize,
    branch: Branch,
    problems: &mut Vec<Problem>,
) -> Vec<Step> {
    let next = shape.out[from].iter().filter(|(_, on)| *on == branch);
    next.filter_map(|(n, _)| step(graph, shape, *n, problems)).collect()
}

fn step(graph: &Graph, shape: &Shape, n: usize, problems: &mut Vec<Problem>) -> Option<Step> {
    let node = graph.nodes[n].id.clone();
    let mut on = |branch| steps(graph, shape, n, branch, problems);
    match &graph.nodes[n].kind {
        NodeKind::Filter { condition } => Some(Step::Filter {
            node,
            condition: condition.clone(),
            matches: on(Branch::Matches),
            otherwise: on(Branch::Otherwise),
            failure: on(Branch::Failure),
        }),
        NodeKind::Map { mapping: Some(mapping) } => Some(Step::Map {
            node,
            mapping: mapping.clone(),
            next: on(Branch::Matches),
            failure: on(Branch::Failure),
        }),
        NodeKind::Write(write @ Write { connection: Some(connection), entity: Some(entity), .. }) => {
            Some(Step::Write {
                node,
                connection: connection.clone(),
                entity: entity.clone(),
                write: write.clone(),
                on_failure: graph.nodes[n].on_failure,
                failure: on(Branch::Failure),
            })
        }
        NodeKind::Map { mapping: None } => {
            problems.push(incomplete(&node, "a mapping"));
            None
        }
        NodeKind::Write(_) => {
            problems.push(incomplete(&node, "a connection and an entity"));
            None
        }
        NodeKind::Trigger { .. } | NodeKind::Fetch(_) | NodeKind::Unknown(_) => {
            problems.push(Problem::of(
                &node,
                "UNKNOWN_NODE",
                "this release cannot run the step here",
                "upgrade the server, or replace the step",
            ));
            None
        }
    }
}

fn incomplete(node: &NodeId, what: &str) -> Problem {
    Problem::of(node, "INCOMPLETE", format!("the step still needs {what}"), "complete the step's settings")
}

/// WordPress's names; custom resources come last.
fn rank(resource: &str) -> u8 {
    match resource {
        "users" => 0,
        "media" => 1,
        "categories" | "tags" | "terms" => 2,
        "posts" | "pages" => 3,
        "comments" => 4,
        _ => 5,
    }
}
