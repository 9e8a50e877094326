//! A failure: all records of a scenario that fail for the same reason. How many there are follows from the runs; what
//! people think of it is decided here. Stream `failure-{id}`.

use serde::{Deserialize, Serialize};

use crate::decider::Decider;
use crate::events;
use crate::problem::Rejection;

/// Longest note, in characters.
pub const NOTE_CHARS_MAX: usize = 2_000;

/// What is to be thought of a failure. It becomes resolved by itself when the last of its records no longer fails, and
/// open again when one does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureState {
    #[default]
    Open,
    /// Somebody looks after it.
    Acknowledged,
    Resolved,
    /// Nobody wants to hear of it, also not when it comes back.
    Ignored,
}

impl FailureState {
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
            Self::Ignored => "ignored",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureMoved {
    pub from: FailureState,
    pub to: FailureState,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

events! {
    /// What people decided about one failure.
    FailureEvent {
        "failure.moved" => Moved(FailureMoved),
    }
}

#[derive(Clone, Debug)]
pub enum FailureCommand {
    /// `from` is the state that the person saw: the runs may have changed it since the last decision.
    Move { from: FailureState, to: FailureState, note: String },
}

/// The last decision, if there was one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastMove(Option<FailureMoved>);

pub struct Failures;

impl Decider for Failures {
    const CATEGORY: &'static str = "failure";
    type State = LastMove;
    type Command = FailureCommand;
    type Event = FailureEvent;

    fn decide(state: &LastMove, command: FailureCommand) -> Result<Vec<FailureEvent>, Rejection> {
        let FailureCommand::Move { from, to, note } = command;
        let note = note.trim().to_owned();
        if note.chars().count() > NOTE_CHARS_MAX {
            return Err(Rejection::new(
                "TOO_LONG",
                format!("a note has at most {NOTE_CHARS_MAX} characters"),
                "shorten it",
            )
            .at("note"));
        }
        let noted = state.0.as_ref().is_some_and(|last| last.to == to && last.note == note);
        if from == to && (note.is_empty() || noted) {
            return Ok(vec![]);
        }
        Ok(vec![FailureEvent::Moved(FailureMoved { from, to, note })])
    }

    fn evolve(state: &mut LastMove, event: &FailureEvent) {
        let FailureEvent::Moved(moved) = event;
        state.0 = Some(moved.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decider::fold;
    use FailureState as S;

    fn decide(given: &[FailureEvent], from: S, to: S, note: &str) -> Result<Vec<FailureEvent>, Rejection> {
        Failures::decide(&fold::<Failures>(given), FailureCommand::Move { from, to, note: note.into() })
    }

    fn moved(from: S, to: S, note: &str) -> FailureEvent {
        FailureEvent::Moved(FailureMoved { from, to, note: note.into() })
    }

    #[test]
    fn a_decision_is_written_once() {
        let first = decide(&[], S::Open, S::Ignored, " known ").unwrap();
        assert_eq!(first, [moved(S::Open, S::Ignored, "known")]);
        assert_eq!(decide(&first, S::Ignored, S::Ignored, "known"), Ok(vec![]));
        assert_eq!(decide(&first, S::Ignored, S::Ignored, ""), Ok(vec![]));
        assert_eq!(decide(&first, S::Ignored, S::Ignored, "more").unwrap().len(), 1);
    }

    #[test]
    fn what_came_back_can_be_resolved_again() {
        let before = [moved(S::Open, S::Resolved, "")];
        assert_eq!(decide(&before, S::Open, S::Resolved, ""), Ok(vec![moved(S::Open, S::Resolved, "")]));
        let long = "x".repeat(NOTE_CHARS_MAX + 1);
        assert_eq!(decide(&before, S::Open, S::Resolved, &long).unwrap_err().code, "TOO_LONG");
    }
}
