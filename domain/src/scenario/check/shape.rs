//! The graph as indexes: ids resolved, in an order in which every node comes after those before it.

use std::collections::{HashMap, HashSet};

use super::{FAN_OUT_MAX, PATHS_MAX, Problem};
use crate::scenario::graph::{Branch, Edge, Graph, NodeId, NodeKind};

/// Edges by index, and an order without cycles.
#[derive(Debug)]
pub(in crate::scenario) struct Shape {
    pub out: Vec<Vec<(usize, Branch)>>,
    pub into: Vec<Vec<usize>>,
    pub order: Vec<usize>,
}

impl Shape {
    /// `None` when ids or edges are too broken to follow, or the graph runs in circles.
    pub(super) fn read(graph: &Graph) -> (Option<Self>, Vec<Problem>) {
        let mut problems = Vec::new();
        let index = index(graph, &mut problems);
        let count = graph.nodes.len();
        let (mut out, mut into) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        let mut seen = HashSet::new();
        let mut sound = problems.is_empty();
        for edge in &graph.edges {
            let (Some(&from), Some(&to)) = (index.get(&edge.from), index.get(&edge.to)) else {
                problems.push(dangling(edge, &index));
                continue;
            };
            if from == to {
                sound = false;
                problems.push(Problem::of(
                    &edge.from,
                    "SELF_LOOP",
                    "the step leads to itself",
                    "remove this connection between steps",
                ));
                continue;
            }
            let branch = branch(graph, edge, from, &mut problems);
            if !seen.insert((from, to, branch)) {
                problems.push(Problem::of(
                    &edge.from,
                    "DUPLICATE_EDGE",
                    "two steps are connected twice",
                    "remove one",
                ));
                continue;
            }
            out[from].push((to, branch));
            into[to].push(from);
        }
        for (node, out) in graph.nodes.iter().zip(&out).filter(|(_, out)| out.len() > FAN_OUT_MAX) {
            let message = format!("{} steps follow where at most {FAN_OUT_MAX} may", out.len());
            problems.push(Problem::of(&node.id, "FAN_OUT", message, "divide it into several scenarios"));
        }
        let Some(order) = order(graph, &out, &into, &mut problems) else { return (None, problems) };
        let shape = Self { out, into, order };
        if !sound {
            return (None, problems);
        }
        shape.check_triggers(graph, &mut problems);
        shape.check_paths(graph, &mut problems);
        (Some(shape), problems)
    }

    fn check_triggers(&self, graph: &Graph, problems: &mut Vec<Problem>) {
        let is_trigger = |n: &usize| matches!(graph.nodes[*n].kind, NodeKind::Trigger { .. });
        let triggers: Vec<usize> = (0..graph.nodes.len()).filter(is_trigger).collect();
        match triggers.as_slice() {
            [] => {
                problems.push(Problem::whole("NO_TRIGGER", "nothing starts the scenario", "add a trigger"));
                return;
            }
            [_] => {}
            [_, more @ ..] => problems.extend(more.iter().map(|n| {
                let id = &graph.nodes[*n].id;
                Problem::of(id, "TWO_TRIGGERS", "the scenario has two triggers", "remove one of them")
            })),
        }
        let reached = self.reached(&triggers);
        for (n, node) in graph.nodes.iter().enumerate().filter(|(n, _)| !reached[*n]) {
            let remedy = if self.into[n].is_empty() {
                "connect it to a step before it"
            } else {
                "connect the steps before it"
            };
            problems.push(Problem::of(&node.id, "UNREACHABLE", "no record ever reaches this step", remedy));
        }
    }

    fn reached(&self, from: &[usize]) -> Vec<bool> {
        let mut reached = vec![false; self.out.len()];
        let mut open = from.to_vec();
        while let Some(n) = open.pop() {
            if !std::mem::replace(&mut reached[n], true) {
                open.extend(self.out[n].iter().map(|(to, _)| *to));
            }
        }
        reached
    }

    /// Counts ways without walking them.
    fn check_paths(&self, graph: &Graph, problems: &mut Vec<Problem>) {
        let mut ways = vec![0_u64; self.out.len()];
        for &n in self.order.iter().rev() {
            // A write is an end of its own, beside what follows its failure.
            let own = u64::from(matches!(graph.nodes[n].kind, NodeKind::Write(_)));
            let below = self.out[n].iter().fold(own, |sum, (to, _)| sum.saturating_add(ways[*to]));
            ways[n] = below.max(1);
        }
        let most = self.order.iter().find(|n| ways[**n] > PATHS_MAX);
        if let Some(&n) = most {
            problems.push(Problem::of(
                &graph.nodes[n].id,
                "TOO_MANY_PATHS",
                format!("a record could take more than {PATHS_MAX} ways from this step"),
                "let branches end in their own steps, or divide it into several scenarios",
            ));
        }
    }
}

fn index<'g>(graph: &'g Graph, problems: &mut Vec<Problem>) -> HashMap<&'g NodeId, usize> {
    let mut index = HashMap::new();
    for (n, node) in graph.nodes.iter().enumerate() {
        if node.id.as_str().trim().is_empty() {
            problems.push(Problem::of(&node.id, "NO_ID", "a step has no id", "give every step its own id"));
        }
        if index.insert(&node.id, n).is_some() {
            problems.push(Problem::of(
                &node.id,
                "DUPLICATE_ID",
                "two steps have the same id",
                "give every step its own id",
            ));
        }
    }
    index
}

fn dangling(edge: &Edge, index: &HashMap<&NodeId, usize>) -> Problem {
    let missing = if index.contains_key(&edge.from) { &edge.to } else { &edge.from };
    let shown: String = missing.as_str().chars().take(64).collect();
    let message = format!("a connection between steps names the step {shown}, which does not exist");
    let problem = Problem::whole("DANGLING_EDGE", message, "remove the connection, or add the step");
    let known = if index.contains_key(&edge.from) {
        Some(&edge.from)
    } else {
        index.get_key_value(&edge.to).map(|(id, _)| *id)
    };
    Problem { node: known.cloned(), ..problem }
}

fn branch(graph: &Graph, edge: &Edge, from: usize, problems: &mut Vec<Problem>) -> Branch {
    let kind = &graph.nodes[from].kind;
    match edge.branch {
        Some(Branch::Failure) if matches!(kind, NodeKind::Trigger { .. } | NodeKind::Fetch(_)) => {
            problems.push(Problem::of(
                &edge.from,
                "FAILURE_NOT_HERE",
                "no single record fails at this step, so it has no failure branch",
                "let the branch leave a condition, a mapping or a write",
            ));
        }
        Some(Branch::Matches | Branch::Otherwise)
            if !matches!(kind, NodeKind::Filter { .. } | NodeKind::Unknown(_)) =>
        {
            problems.push(Problem::of(
                &edge.from,
                "BRANCH_WITHOUT_FILTER",
                "only a filter has branches",
                "remove the branch from the connection",
            ));
        }
        _ => {}
    }
    edge.branch.unwrap_or(Branch::Matches)
}

/// Kahn's algorithm. Names the nodes that are left in circles.
fn order(
    graph: &Graph,
    out: &[Vec<(usize, Branch)>],
    into: &[Vec<usize>],
    problems: &mut Vec<Problem>,
) -> Option<Vec<usize>> {
    let mut waiting: Vec<usize> = into.iter().map(Vec::len).collect();
    let mut order: Vec<usize> = (0..out.len()).filter(|n| waiting[*n] == 0).collect();
    let mut next = 0;
    while let Some(&n) = order.get(next) {
        next += 1;
        for (to, _) in &out[n] {
            waiting[*to] -= 1;
            if waiting[*to] == 0 {
                order.push(*to);
            }
        }
    }
    if order.len() == out.len() {
        return Some(order);
    }
    // Of those left, a node without a successor that is left only hangs behind a circle.
    let mut left: HashSet<usize> = (0..out.len()).filter(|n| waiting[*n] > 0).collect();
    loop {
        let tails: Vec<usize> =
            left.iter().copied().filter(|n| !out[*n].iter().any(|(to, _)| left.contains(to))).collect();
        if tails.is_empty() {
            break;
        }
        left.retain(|n| !tails.contains(n));
    }
    let mut circle: Vec<usize> = left.into_iter().collect();
    circle.sort_unstable();
    let first = circle.first().map(|n| graph.nodes[*n].id.clone())?;
    let names: Vec<&str> = circle.iter().take(5).map(|n| graph.nodes[*n].id.as_str()).collect();
    problems.push(Problem::of(
        &first,
        "CYCLE",
        format!("the steps {} lead back to one another", names.join(", ")),
        "remove one of the connections between them",
    ));
    None
}
