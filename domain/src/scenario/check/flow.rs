//! What is wrong with how nodes follow one another: each step is looked at once, with what can reach it.

use std::collections::BTreeSet;

use super::{Catalogue, Problem, Shape};
use crate::condition::Condition;
use crate::scenario::graph::{Branch, Graph, Node, NodeKind};

/// What may come into a node.
#[derive(Clone, Debug, Default)]
struct Arriving {
    /// Fetch nodes whose records come here.
    fetches: BTreeSet<usize>,
    /// Map nodes whose fields come here.
    maps: BTreeSet<usize>,
    /// A record may come without having been mapped.
    unmapped: bool,
    /// A trigger leads here directly.
    started: bool,
}

pub(super) fn check(graph: &Graph, shape: &Shape, catalogue: &impl Catalogue, problems: &mut Vec<Problem>) {
    check_order(graph, shape, problems);
    for (n, arriving) in arriving(graph, shape).iter().enumerate() {
        check_meaning(&graph.nodes[n], arriving, graph, catalogue, problems);
    }
}

/// The order of kinds: trigger, fetch, filters and maps, write; what follows a failure begins again before the map.
pub(super) fn check_order(graph: &Graph, shape: &Shape, problems: &mut Vec<Problem>) {
    let arriving = arriving(graph, shape);
    let writes = leads_to_write(graph, shape);
    for (n, node) in graph.nodes.iter().enumerate() {
        check_place(node, &arriving[n], writes[n], !shape.into[n].is_empty(), problems);
        let leads_on = shape.out[n].iter().any(|(_, branch)| *branch != Branch::Failure);
        if matches!(node.kind, NodeKind::Write(_)) && leads_on {
            problems.push(Problem::of(
                &node.id,
                "AFTER_WRITE",
                "nothing but a failure branch can follow a step that writes",
                "let the steps after it follow a step before it, or its failure",
            ));
        }
    }
}

fn check_place(node: &Node, arriving: &Arriving, writes: bool, entered: bool, problems: &mut Vec<Problem>) {
    let mut say =
        |code, message: &str, remedy: &str| problems.push(Problem::of(&node.id, code, message, remedy));
    let records = !arriving.fetches.is_empty();
    match &node.kind {
        NodeKind::Trigger { .. } if entered => {
            say("BEFORE_TRIGGER", "a step leads into the trigger", "remove this connection between steps");
        }
        NodeKind::Fetch(_) if records => {
            say("FETCH_AFTER_FETCH", "a fetch follows another fetch", "let it follow the trigger");
        }
        NodeKind::Fetch(_) if !writes => {
            say(
                "NOTHING_WRITTEN",
                "what this step fetches is never written",
                "add a map and a write after it",
            );
        }
        NodeKind::Filter { .. } | NodeKind::Map { .. } | NodeKind::Write(_) if arriving.started => {
            say(
                "NO_FETCH",
                "no records come to this step: it follows the trigger",
                "put a fetch between them",
            );
        }
        NodeKind::Filter { .. } | NodeKind::Map { .. } if records && !writes => {
            say("NOTHING_WRITTEN", "what reaches this step is never written", "add a write after it");
        }
        NodeKind::Map { .. } if !arriving.maps.is_empty() => say(
            "MAP_AFTER_MAP",
            "a mapping follows another mapping; each reads the record of the source",
            "put both into one mapping",
        ),
        NodeKind::Write(_) if arriving.unmapped => {
            say("NOT_MAPPED", "records reach this step without a mapping", "put a map before it");
        }
        NodeKind::Filter { condition } if arriving.unmapped && uses_item(condition) => say(
            "ITEM_BEFORE_MAP",
            "the condition looks at item, and records come here that are not mapped yet",
            "use record, or put the filter after the map",
        ),
        _ => {}
    }
}

fn uses_item(condition: &str) -> bool {
    Condition::parse(condition).is_ok_and(|condition| condition.uses_item())
}

/// Users into posts, and mappings made for something else.
fn check_meaning(
    node: &Node,
    arriving: &Arriving,
    graph: &Graph,
    catalogue: &impl Catalogue,
    problems: &mut Vec<Problem>,
) {
    match &node.kind {
        NodeKind::Map { mapping: Some(mapping) } => {
            let Some(facts) = catalogue.mapping(&mapping.id, mapping.revision) else { return };
            for &fetch in &arriving.fetches {
                let NodeKind::Fetch(from) = &graph.nodes[fetch].kind else { continue };
                let (Some(connection), Some(resource)) = (&from.connection, &from.resource) else { continue };
                let app = catalogue.connection(connection).map(|facts| facts.app);
                // A resource that does not exist is reported at the fetch.
                let Some(app) = app.filter(|_| catalogue.resources(connection).contains(resource)) else {
                    continue;
                };
                if app != facts.app || *resource != facts.resource {
                    problems.push(
                        Problem::of(
                            &node.id,
                            "MAPPING_FOR_OTHER_RESOURCE",
                            format!(
                                "the mapping reads {} of {}, and {resource} of {app} come here",
                                facts.resource, facts.app
                            ),
                            "choose a mapping that was made for this resource",
                        )
                        .field("mapping"),
                    );
                }
            }
        }
        NodeKind::Write(write) => {
            for &map in &arriving.maps {
                let NodeKind::Map { mapping: Some(mapping) } = &graph.nodes[map].kind else { continue };
                let facts = catalogue.mapping(&mapping.id, mapping.revision);
                let (Some(facts), Some(entity)) = (facts, &write.entity) else { continue };
                if facts.entity != *entity {
                    problems.push(
                        Problem::of(
                            &node.id,
                            "ENTITY_MISMATCH",
                            format!(
                                "the mapping {} makes {} and the step writes {entity}",
                                facts.name, facts.entity
                            ),
                            "choose the same entity in both",
                        )
                        .field("entity"),
                    );
                }
            }
        }
        _ => {}
    }
}

fn arriving(graph: &Graph, shape: &Shape) -> Vec<Arriving> {
    let mut all: Vec<Arriving> = vec![Arriving::default(); graph.nodes.len()];
    for &n in &shape.order {
        let leaving = match graph.nodes[n].kind {
            NodeKind::Trigger { .. } => Arriving { started: true, ..Arriving::default() },
            NodeKind::Fetch(_) => {
                Arriving { fetches: BTreeSet::from([n]), unmapped: true, ..Arriving::default() }
            }
            NodeKind::Map { .. } => {
                Arriving { fetches: all[n].fetches.clone(), maps: BTreeSet::from([n]), ..Arriving::default() }
            }
            // It may fetch or map; that it is unknown is reported on its own.
            NodeKind::Unknown(_) => Arriving { unmapped: false, started: false, ..all[n].clone() },
            _ => all[n].clone(),
        };
        // Who fails goes on as the source sent it.
        let failed = Arriving { fetches: all[n].fetches.clone(), unmapped: true, ..Arriving::default() };
        for (to, branch) in &shape.out[n] {
            let leaving = if *branch == Branch::Failure { &failed } else { &leaving };
            let to = &mut all[*to];
            to.fetches.extend(&leaving.fetches);
            to.maps.extend(&leaving.maps);
            to.unmapped |= leaving.unmapped;
            to.started |= leaving.started;
        }
    }
    all
}

/// Whether what reaches a step and does not fail may be written.
fn leads_to_write(graph: &Graph, shape: &Shape) -> Vec<bool> {
    let mut writes = vec![false; graph.nodes.len()];
    for &n in shape.order.iter().rev() {
        // An unknown step may write; what it is is reported on its own.
        writes[n] = matches!(graph.nodes[n].kind, NodeKind::Write(_) | NodeKind::Unknown(_))
            || shape.out[n].iter().any(|(to, branch)| *branch != Branch::Failure && writes[*to]);
    }
    writes
}
