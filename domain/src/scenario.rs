//! A scenario: a graph of nodes, edited as a draft and run as published versions that never change.

pub mod check;
pub mod graph;
pub mod on_failure;
pub mod plan;
pub mod schedule;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::decider::Decider;
use crate::events;
use crate::problem::Rejection;

/// The graph as it was written. Kept as a document, so that a node kind of another release never makes the event
/// unreadable; `scenario::graph` gives it meaning.
pub type GraphDocument = Value;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioCreated {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioRenamed {
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftSaved {
    /// Counts the saves; the next save must name it.
    pub draft: u64,
    pub graph: GraphDocument,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioPublished {
    pub version: u64,
    /// With every mapping pinned to a revision.
    pub graph: GraphDocument,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioTurnedOn {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioTurnedOff {
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioDeleted {}

events! {
    /// Facts about one scenario; stream `scenario-{id}`.
    ScenarioEvent {
        "scenario.created" => Created(ScenarioCreated),
        "scenario.renamed" => Renamed(ScenarioRenamed),
        "scenario.draft-saved" => DraftSaved(DraftSaved),
        "scenario.published" => Published(ScenarioPublished),
        "scenario.turned-on" => TurnedOn(ScenarioTurnedOn),
        "scenario.turned-off" => TurnedOff(ScenarioTurnedOff),
        "scenario.deleted" => Deleted(ScenarioDeleted),
    }
}

#[derive(Clone, Debug)]
pub enum ScenarioCommand {
    Create {
        name: String,
        template: Option<String>,
    },
    Rename {
        name: String,
    },
    /// `expected` is the draft number the person edited; a stale one is refused, so two tabs cannot overwrite.
    SaveDraft {
        expected: Option<u64>,
        graph: GraphDocument,
    },
    /// The graph is the checked draft with its mappings pinned; `draft` is the one that was checked.
    Publish {
        draft: u64,
        graph: GraphDocument,
        note: String,
    },
    TurnOn,
    TurnOff {
        reason: String,
    },
    Delete,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScenarioState {
    pub exists: bool,
    pub deleted: bool,
    pub name: String,
    pub off: bool,
    pub draft: u64,
    pub draft_graph: GraphDocument,
    pub version: u64,
    pub version_graph: GraphDocument,
}

pub struct Scenarios;

impl Decider for Scenarios {
    const CATEGORY: &'static str = "scenario";
    type State = ScenarioState;
    type Command = ScenarioCommand;
    type Event = ScenarioEvent;

    fn decide(state: &ScenarioState, command: ScenarioCommand) -> Result<Vec<ScenarioEvent>, Rejection> {
        use ScenarioCommand as C;
        use ScenarioEvent as E;
        match &command {
            C::Create { .. } if state.exists => {
                return Err(Rejection::new("ALREADY_EXISTS", "this scenario id is in use", "use a new id"));
            }
            C::Create { .. } => {}
            C::Delete if state.deleted => return Ok(vec![]),
            _ if !state.exists || state.deleted => return Err(not_found()),
            _ => {}
        }
        Ok(match command {
            C::Create { name, template } => vec![E::Created(ScenarioCreated { name, template })],
            C::Rename { name } if name == state.name => vec![],
            C::Rename { name } => vec![E::Renamed(ScenarioRenamed { name })],
            C::SaveDraft { expected, graph } => save_draft(state, expected, graph)?,
            C::Publish { draft, graph, note } => publish(state, draft, graph, note)?,
            C::TurnOn if state.off => vec![E::TurnedOn(ScenarioTurnedOn {})],
            C::TurnOff { reason } if !state.off => vec![E::TurnedOff(ScenarioTurnedOff { reason })],
            C::TurnOn | C::TurnOff { .. } => vec![],
            C::Delete => vec![E::Deleted(ScenarioDeleted {})],
        })
    }

    fn evolve(state: &mut ScenarioState, event: &ScenarioEvent) {
        use ScenarioEvent as E;
        match event {
            E::Created(created) => {
                state.exists = true;
                state.name.clone_from(&created.name);
            }
            E::Renamed(renamed) => state.name.clone_from(&renamed.name),
            E::DraftSaved(saved) => {
                state.draft = saved.draft;
                state.draft_graph = saved.graph.clone();
            }
            E::Published(published) => {
                state.version = published.version;
                state.version_graph = published.graph.clone();
            }
            E::TurnedOn(_) => state.off = false,
            E::TurnedOff(_) => state.off = true,
            E::Deleted(_) => state.deleted = true,
        }
    }
}

fn save_draft(
    state: &ScenarioState,
    expected: Option<u64>,
    graph: GraphDocument,
) -> Result<Vec<ScenarioEvent>, Rejection> {
    if expected.is_some_and(|expected| expected != state.draft) {
        return Err(stale_draft(state.draft));
    }
    if graph == state.draft_graph {
        return Ok(vec![]);
    }
    Ok(vec![ScenarioEvent::DraftSaved(DraftSaved { draft: state.draft + 1, graph })])
}

fn publish(
    state: &ScenarioState,
    draft: u64,
    graph: GraphDocument,
    note: String,
) -> Result<Vec<ScenarioEvent>, Rejection> {
    if draft != state.draft || draft == 0 {
        return Err(stale_draft(state.draft));
    }
    if graph == state.version_graph {
        return Ok(vec![]);
    }
    Ok(vec![ScenarioEvent::Published(ScenarioPublished { version: state.version + 1, graph, note })])
}

fn stale_draft(current: u64) -> Rejection {
    Rejection::new(
        "STALE_DRAFT",
        format!("the draft was changed meanwhile; it is now number {current}"),
        "load the draft again, repeat your change and save",
    )
    .at("draft")
}

fn not_found() -> Rejection {
    Rejection::new("NOT_FOUND", "there is no such scenario", "list the scenarios and use an id from there")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decider::fold;
    use serde_json::json;

    fn created() -> ScenarioEvent {
        ScenarioEvent::Created(ScenarioCreated { name: "Import users".into(), template: None })
    }

    #[test]
    fn two_tabs_cannot_overwrite_each_other() {
        let saved = ScenarioEvent::DraftSaved(DraftSaved { draft: 1, graph: json!({"a": 1}) });
        let state = fold::<Scenarios>(&[created(), saved]);
        let stale = ScenarioCommand::SaveDraft { expected: Some(0), graph: json!({"b": 1}) };
        assert_eq!(Scenarios::decide(&state, stale).unwrap_err().code, "STALE_DRAFT");
        let same = ScenarioCommand::SaveDraft { expected: Some(1), graph: json!({"a": 1}) };
        assert_eq!(Scenarios::decide(&state, same), Ok(vec![]));
    }

    #[test]
    fn versions_count_up_and_an_equal_graph_is_not_a_new_version() {
        let saved = ScenarioEvent::DraftSaved(DraftSaved { draft: 1, graph: json!({"a": 1}) });
        let mut state = fold::<Scenarios>(&[created(), saved]);
        let publish = || ScenarioCommand::Publish { draft: 1, graph: json!({"a": 1}), note: String::new() };
        let events = Scenarios::decide(&state, publish()).unwrap();
        assert!(matches!(&events[..], [ScenarioEvent::Published(p)] if p.version == 1));
        Scenarios::evolve(&mut state, &events[0]);
        assert_eq!(Scenarios::decide(&state, publish()), Ok(vec![]));
    }
}
