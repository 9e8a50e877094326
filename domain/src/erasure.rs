//! Erasing a person: what was asked for, and that it was done. Nothing here names the person: subjects are ids of a
//! source, identities are keyed hashes.

use serde::{Deserialize, Serialize};

use crate::decider::Decider;
use crate::events;
use crate::problem::Rejection;

/// A person is to be erased. From here on it is carried out, also after a crash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureRequested {
    /// Whose keys are destroyed: `cn_….users.7`.
    pub subjects: Vec<String>,
    /// Keyed hashes of the person's e-mail addresses, by which a return is recognised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<String>,
    /// Positions of events sealed for the person, which lose their body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub positions: Vec<u64>,
    /// Positions of events of others that speak of the person and lose their body too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<u64>,
    pub reason: String,
}

impl ErasureRequested {
    /// Every position that it names.
    pub fn known(&self) -> Vec<u64> {
        self.positions.iter().chain(&self.mentions).copied().collect()
    }
}

/// No value of the person is left in the log, the views and the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureCompleted {
    /// Positions of the events whose body was taken away.
    pub positions: Vec<u64>,
}

/// The person may come back with the next import. What was erased stays erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureLifted {
    pub reason: String,
}

events! {
    /// Facts about one erasure; stream `erasure-{id}`.
    ErasureEvent {
        "erasure.requested" => Requested(ErasureRequested),
        "erasure.completed" => Completed(ErasureCompleted),
        "erasure.lifted" => Lifted(ErasureLifted),
    }
}

#[derive(Clone, Debug)]
pub enum ErasureCommand {
    Request(ErasureRequested),
    Complete(ErasureCompleted),
    Lift { reason: String },
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErasureState {
    pub requested: Option<ErasureRequested>,
    pub completed: bool,
    pub lifted: bool,
}

pub struct Erasures;

impl Decider for Erasures {
    const CATEGORY: &'static str = "erasure";
    type State = ErasureState;
    type Command = ErasureCommand;
    type Event = ErasureEvent;

    fn decide(state: &ErasureState, command: ErasureCommand) -> Result<Vec<ErasureEvent>, Rejection> {
        match command {
            ErasureCommand::Request(_) if state.requested.is_some() => {
                Err(Rejection::new("ALREADY_EXISTS", "this erasure id is in use", "use a new id"))
            }
            ErasureCommand::Request(requested) => Ok(vec![ErasureEvent::Requested(requested)]),
            _ if state.requested.is_none() => Err(Rejection::new(
                "NOT_FOUND",
                "there is no such erasure",
                "list the erasures and use an id from there",
            )),
            ErasureCommand::Complete(_) if state.completed => Ok(vec![]),
            ErasureCommand::Complete(completed) => Ok(vec![ErasureEvent::Completed(completed)]),
            ErasureCommand::Lift { .. } if !state.completed => Err(Rejection::new(
                "NOT_COMPLETED",
                "the erasure is still being carried out",
                "wait until it is completed, then lift it",
            )),
            ErasureCommand::Lift { .. } if state.lifted => Ok(vec![]),
            ErasureCommand::Lift { reason } => Ok(vec![ErasureEvent::Lifted(ErasureLifted { reason })]),
        }
    }

    fn evolve(state: &mut ErasureState, event: &ErasureEvent) {
        match event {
            ErasureEvent::Requested(requested) => state.requested = Some(requested.clone()),
            ErasureEvent::Completed(_) => state.completed = true,
            ErasureEvent::Lifted(_) => state.lifted = true,
        }
    }
}
