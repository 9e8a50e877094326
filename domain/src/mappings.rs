//! Saved mappings: each save is a revision that never changes, so a run always knows which rules it used.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::decider::Decider;
use crate::events;
use crate::problem::Rejection;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MappingCreated {
    pub name: String,
    /// The app and resource whose records it reads: `wordpress`, `users`.
    pub app: String,
    pub resource: String,
    /// The Portal entity it fills.
    pub entity: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MappingRevised {
    pub revision: u64,
    pub definition: Value,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MappingDeleted {}

events! {
    /// Facts about one mapping; stream `mapping-{id}`.
    MappingEvent {
        "mapping.created" => Created(MappingCreated),
        "mapping.revised" => Revised(MappingRevised),
        "mapping.deleted" => Deleted(MappingDeleted),
    }
}

#[derive(Clone, Debug)]
pub enum MappingCommand {
    Create(MappingCreated),
    /// The definition has been compiled, so it is known to be valid. `expected` is the revision that was edited.
    Revise {
        expected: Option<u64>,
        definition: Value,
    },
    Delete,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct MappingState {
    pub exists: bool,
    pub deleted: bool,
    pub revision: u64,
    pub definition: Value,
}

pub struct Mappings;

impl Decider for Mappings {
    const CATEGORY: &'static str = "mapping";
    type State = MappingState;
    type Command = MappingCommand;
    type Event = MappingEvent;

    fn decide(state: &MappingState, command: MappingCommand) -> Result<Vec<MappingEvent>, Rejection> {
        match command {
            MappingCommand::Create(created) if !state.exists => Ok(vec![MappingEvent::Created(created)]),
            MappingCommand::Create(_) => {
                Err(Rejection::new("ALREADY_EXISTS", "this mapping id is in use", "use a new id"))
            }
            MappingCommand::Delete if state.deleted => Ok(vec![]),
            _ if !state.exists || state.deleted => Err(Rejection::new(
                "NOT_FOUND",
                "there is no such mapping",
                "list the mappings and use an id from there",
            )),
            MappingCommand::Revise { expected, .. } if expected.is_some_and(|e| e != state.revision) => {
                Err(Rejection::new(
                    "STALE_REVISION",
                    format!("the mapping was changed meanwhile; it is now at revision {}", state.revision),
                    "load the mapping again, repeat your change and save",
                )
                .at("revision"))
            }
            MappingCommand::Revise { definition, .. } if definition == state.definition => Ok(vec![]),
            MappingCommand::Revise { definition, .. } => {
                Ok(vec![MappingEvent::Revised(MappingRevised { revision: state.revision + 1, definition })])
            }
            MappingCommand::Delete => Ok(vec![MappingEvent::Deleted(MappingDeleted {})]),
        }
    }

    fn evolve(state: &mut MappingState, event: &MappingEvent) {
        match event {
            MappingEvent::Created(_) => state.exists = true,
            MappingEvent::Revised(revised) => {
                state.revision = revised.revision;
                state.definition = revised.definition.clone();
            }
            MappingEvent::Deleted(_) => state.deleted = true,
        }
    }
}
