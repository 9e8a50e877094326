//! What is wrong with one node's settings.

use super::{Catalogue, IDS_MAX, PER_PAGE_MAX, Problem};
use crate::condition::Condition;
use crate::ids::ConnectionId;
use crate::mapping::is_rfc3339;
use crate::scenario::graph::{Fetch, MappingRef, Node, NodeId, NodeKind, TriggerOn, Write};
use crate::scenario::on_failure::{OnFailure, TIMES_MAX, WAIT_MAX};
use crate::scenario::schedule::Schedule;

pub(super) fn check(node: &Node, catalogue: &impl Catalogue, problems: &mut Vec<Problem>) {
    let id = &node.id;
    check_on_failure(node, problems);
    match &node.kind {
        NodeKind::Trigger { on: TriggerOn::Schedule, cron, zone } => {
            if let Err(why) = Schedule::parse(cron.as_deref().unwrap_or_default(), zone.as_deref()) {
                let field = if why.field.as_deref() == Some("zone") { "zone" } else { "cron" };
                problems.push(
                    Problem { code: why.code, ..Problem::of(id, "", why.detail, why.remedy) }.field(field),
                );
            }
        }
        NodeKind::Trigger { .. } => {}
        NodeKind::Fetch(fetch) => check_fetch(id, fetch, catalogue, problems),
        NodeKind::Filter { condition } => {
            if let Err(why) = Condition::parse(condition) {
                problems.push(
                    Problem { code: why.code, ..Problem::of(id, "", why.detail, why.remedy) }
                        .field("condition"),
                );
            }
        }
        NodeKind::Map { mapping } => check_mapping(id, mapping.as_ref(), catalogue, problems),
        NodeKind::Write(write) => check_write(id, write, catalogue, problems),
        NodeKind::Unknown(settings) => {
            let kind = settings.get("kind").and_then(serde_json::Value::as_str).unwrap_or("without a kind");
            let shown: String = kind.chars().take(50).collect();
            problems.push(Problem::of(
                id,
                "UNKNOWN_NODE",
                format!(
                    "this release cannot run the step ({shown}): its kind or one of its settings is unknown"
                ),
                "upgrade the server, or replace the step",
            ));
        }
    }
}

/// Only what a destination answers can be another time; a condition or a mapping says the same again.
fn check_on_failure(node: &Node, problems: &mut Vec<Problem>) {
    let Some(OnFailure::Retry { times, wait }) = node.on_failure else { return };
    let mut say = |code, message: String, remedy: &str, field: &str| {
        problems.push(Problem::of(&node.id, code, message, remedy).field(field));
    };
    match node.kind {
        NodeKind::Write(_) => {}
        // That it is unknown is reported on its own.
        NodeKind::Unknown(_) => return,
        NodeKind::Trigger { .. } | NodeKind::Fetch(_) | NodeKind::Filter { .. } | NodeKind::Map { .. } => {
            let message = "only a step that writes can be told to try again".to_owned();
            let remedy = "stop the record here, or set the tries at the step that writes";
            return say("RETRY_NOT_HERE", message, remedy, "on_failure");
        }
    }
    if !times.is_some_and(|times| (1..=TIMES_MAX).contains(&times)) {
        let message = format!("a step is tried again 1 to {TIMES_MAX} times");
        say("OUT_OF_RANGE", message, "say how many times, or stop the record", "on_failure.times");
    }
    if !wait.is_some_and(|wait| (1..=WAIT_MAX).contains(&wait)) {
        let message = format!("the wait before each try is 1 to {WAIT_MAX} seconds");
        say("OUT_OF_RANGE", message, "say how many seconds, or stop the record", "on_failure.wait");
    }
}

fn check_fetch(id: &NodeId, fetch: &Fetch, catalogue: &impl Catalogue, problems: &mut Vec<Problem>) {
    if let Some(connection) = check_connection(id, fetch.connection.as_ref(), catalogue, problems) {
        let resources = catalogue.resources(connection);
        match &fetch.resource {
            None => problems.push(
                Problem::of(
                    id,
                    "RESOURCE_MISSING",
                    "the step does not say what to fetch",
                    "choose a resource",
                )
                .field("resource"),
            ),
            Some(resource) if !resources.contains(resource) => problems.push(
                Problem::of(
                    id,
                    "UNKNOWN_RESOURCE",
                    "the connection has no such resource",
                    format!("choose one of: {}", shown(&resources)),
                )
                .field("resource"),
            ),
            Some(_) => {}
        }
    }
    if fetch.per_page.is_some_and(|n| !(1..=PER_PAGE_MAX).contains(&n)) {
        let message = format!("a page holds 1 to {PER_PAGE_MAX} records");
        problems.push(
            Problem::of(id, "OUT_OF_RANGE", message, "leave it empty for the usual size").field("per_page"),
        );
    }
    let Some(only) = &fetch.only else { return };
    if only.since.as_deref().is_some_and(|since| !is_rfc3339(since)) {
        problems.push(
            Problem::of(
                id,
                "NOT_A_DATE",
                "since is not a date with a zone",
                "write it like 2024-05-31T12:00:00Z",
            )
            .field("only.since"),
        );
    }
    if only.ids.len() > IDS_MAX || only.ids.iter().any(|id| id.is_empty() || id.len() > 256) {
        let message = format!("the list of ids holds more than {IDS_MAX}, or one that is empty or very long");
        problems
            .push(Problem::of(id, "OUT_OF_RANGE", message, "name fewer ids, or fetch all").field("only.ids"));
    }
}

fn check_mapping(
    id: &NodeId,
    mapping: Option<&MappingRef>,
    catalogue: &impl Catalogue,
    problems: &mut Vec<Problem>,
) {
    let problem =
        |code, message: String, remedy: &str| Problem::of(id, code, message, remedy).field("mapping");
    let Some(mapping) = mapping else {
        problems.push(problem("MAPPING_MISSING", "no mapping is chosen".into(), "choose or make a mapping"));
        return;
    };
    let Some(facts) = catalogue.mapping(&mapping.id, mapping.revision) else {
        let message = "the mapping, or this revision of it, does not exist".into();
        problems.push(problem("UNKNOWN_MAPPING", message, "choose another mapping"));
        return;
    };
    if let Some(first) = facts.problems.first() {
        let count = facts.problems.len();
        let message = format!("the mapping {} has {count} problems, the first: {first}", facts.name);
        problems.push(problem("MAPPING_HAS_PROBLEMS", message, "open the mapping and correct it"));
    }
}

fn check_write(id: &NodeId, write: &Write, catalogue: &impl Catalogue, problems: &mut Vec<Problem>) {
    let Some(connection) = check_connection(id, write.connection.as_ref(), catalogue, problems) else {
        return;
    };
    let entities = catalogue.entities(connection);
    let problem = match &write.entity {
        _ if entities.is_empty() => Problem::of(
            id,
            "NOT_A_DESTINATION",
            "nothing can be written to this connection",
            "choose a Portal connection",
        )
        .field("connection"),
        None => Problem::of(id, "ENTITY_MISSING", "the step does not say what to write", "choose an entity")
            .field("entity"),
        Some(entity) if !entities.contains(entity) => {
            let remedy = format!("choose one of: {}", shown(&entities));
            Problem::of(id, "UNKNOWN_ENTITY", "the destination has no such entity", remedy).field("entity")
        }
        Some(_) => return,
    };
    problems.push(problem);
}

/// The connection when it exists, whether it works at present or not.
fn check_connection<'c>(
    id: &NodeId,
    connection: Option<&'c ConnectionId>,
    catalogue: &impl Catalogue,
    problems: &mut Vec<Problem>,
) -> Option<&'c ConnectionId> {
    let Some(connection) = connection else {
        problems.push(
            Problem::of(id, "CONNECTION_MISSING", "no connection is chosen", "choose a connection")
                .field("connection"),
        );
        return None;
    };
    let Some(facts) = catalogue.connection(connection) else {
        problems.push(
            Problem::of(
                id,
                "UNKNOWN_CONNECTION",
                "the connection does not exist",
                "choose another connection",
            )
            .field("connection"),
        );
        return None;
    };
    if let Some(why) = &facts.not_ready {
        problems.push(
            Problem::of(
                id,
                "CONNECTION_NOT_READY",
                format!("the connection {} does not work at present: {why}", facts.name),
                "open the connection and follow its advice before you run the scenario",
            )
            .field("connection")
            .warning(),
        );
    }
    Some(connection)
}

fn shown(names: &[String]) -> String {
    let mut shown = names.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > 20 {
        shown.push_str(", …");
    }
    shown
}
