//! An effect: one write to a destination that would write again what it is sent again. What was about to be done is
//! said before it is done, what came of it afterwards, so that nothing is ever repeated blindly. Stream `effect-{id}`,
//! one for each record at each destination.

use serde::{Deserialize, Serialize};

use crate::decider::Decider;
use crate::events;
use crate::ids::{ConnectionId, RunId};
use crate::problem::Rejection;
use crate::record::RecordKey;
use crate::run::Outcome;

/// Longest reason for a decision, in characters.
pub const REASON_CHARS_MAX: usize = 2_000;
/// Longest id that a person may enter, in characters.
const PORTAL_CHARS_MAX: usize = 250;

/// What a destination has of a record, as far as is known for certain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub effect: String,
    /// Revision of the record.
    pub revision: u64,
    /// The destination's id of the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<String>,
}

/// It is about to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectIntended {
    /// The idempotency key of the write.
    pub effect: String,
    pub to: ConnectionId,
    pub record: RecordKey,
    /// Revision of the record that is written.
    pub revision: u64,
    pub run: RunId,
    /// What the destination has until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
}

/// Who said what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// The answer to the write itself, or a failure that proves that nothing was written.
    Answered,
    /// The destination, when it was asked later.
    Asked,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectSettled {
    pub effect: String,
    pub run: RunId,
    pub told: Told,
    /// Absent when nothing was written, and the write may be sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// What the destination has now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
}

/// Nobody can tell what came of it: it waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectInDoubt {
    pub effect: String,
    pub revision: u64,
    /// The run that sent it.
    pub run: RunId,
    pub why: String,
    /// What the destination has had for certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
}

/// What a person found at the destination, or wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// It is there. Nothing is sent.
    Arrived,
    /// It is not there. It is sent once more.
    SendAgain,
    /// Whatever came of it, it is left as it is. Later changes of the record are written as ever.
    GiveUp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectDecided {
    pub effect: String,
    pub decision: Decision,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What the destination has for certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
}

events! {
    /// Facts about the writes of one record to one destination.
    EffectEvent {
        "effect.intended" => Intended(EffectIntended),
        "effect.settled" => Settled(EffectSettled),
        "effect.in-doubt" => InDoubt(EffectInDoubt),
        "effect.decided" => Decided(EffectDecided),
    }
}

impl EffectEvent {
    /// What the destination has for certain.
    pub fn held(&self) -> Option<&Held> {
        match self {
            Self::Intended(intended) => intended.held.as_ref(),
            Self::Settled(settled) => settled.held.as_ref(),
            Self::InDoubt(doubt) => doubt.held.as_ref(),
            Self::Decided(decided) => decided.held.as_ref(),
        }
    }
}

/// What came of a write.
#[derive(Clone, Debug)]
pub struct Settlement {
    pub effect: String,
    pub told: Told,
    pub outcome: Option<Outcome>,
    pub portal: Option<String>,
}

#[derive(Clone, Debug)]
pub enum EffectCommand {
    /// What the destination has until then is looked up, not told.
    Intend(EffectIntended),
    Settle(Settlement),
    Doubt {
        effect: String,
        why: String,
    },
    Decide {
        decision: Decision,
        portal: Option<String>,
        reason: String,
    },
}

/// The last event says everything.
pub type Standing = Option<EffectEvent>;

pub struct Effects;

impl Decider for Effects {
    const CATEGORY: &'static str = "effect";
    type State = Standing;
    type Command = EffectCommand;
    type Event = EffectEvent;

    fn decide(standing: &Standing, command: EffectCommand) -> Result<Vec<EffectEvent>, Rejection> {
        use EffectCommand as C;
        use EffectEvent as E;
        let held = standing.as_ref().and_then(EffectEvent::held).cloned();
        let open = |effect: &str| match standing {
            Some(E::Intended(open)) if open.effect == effect => Ok(open.clone()),
            _ => Err(not_open()),
        };
        Ok(vec![match command {
            C::Intend(_) if matches!(standing, Some(E::Intended(_) | E::InDoubt(_))) => {
                return Err(Rejection::new(
                    "IN_DOUBT",
                    "an earlier write of this record has not come to an end",
                    "find out what came of it first",
                ));
            }
            C::Intend(intended) => E::Intended(EffectIntended { held, ..intended }),
            C::Settle(Settlement { effect, told, outcome, portal }) => {
                let EffectIntended { revision, run, .. } = open(&effect)?;
                let written =
                    matches!(outcome, Some(Outcome::Created | Outcome::Updated | Outcome::Unchanged));
                let now = written.then(|| Held { effect: effect.clone(), revision, portal });
                E::Settled(EffectSettled { effect, run, told, outcome, held: now.or(held) })
            }
            C::Doubt { effect, why } => {
                let EffectIntended { revision, run, .. } = open(&effect)?;
                E::InDoubt(EffectInDoubt { effect, revision, run, why, held })
            }
            C::Decide { decision, portal, reason } => return decide(standing, decision, portal, &reason),
        }])
    }

    fn evolve(standing: &mut Standing, event: &EffectEvent) {
        *standing = Some(event.clone());
    }
}

fn not_open() -> Rejection {
    Rejection::new("NOT_OPEN", "this write was not about to be sent", "look at what became of it")
}

fn decide(
    standing: &Standing,
    decision: Decision,
    portal: Option<String>,
    reason: &str,
) -> Result<Vec<EffectEvent>, Rejection> {
    let reason = reason.trim();
    if reason.chars().count() > REASON_CHARS_MAX {
        let detail = format!("a reason has at most {REASON_CHARS_MAX} characters");
        return Err(Rejection::new("TOO_LONG", detail, "shorten it").at("reason"));
    }
    let portal = portal.map(|portal| portal.trim().to_owned());
    let odd = |id: &String| {
        id.is_empty() || id.chars().count() > PORTAL_CHARS_MAX || id.chars().any(char::is_control)
    };
    if portal.as_ref().is_some_and(odd) {
        let detail = format!("an id has 1 to {PORTAL_CHARS_MAX} characters and no control characters");
        return Err(
            Rejection::new("INVALID_PORTAL_ID", detail, "copy it from the destination").at("portal_id")
        );
    }
    match standing {
        Some(EffectEvent::InDoubt(doubt)) => {
            let EffectInDoubt { effect, revision, held, .. } = doubt.clone();
            let arrived =
                (decision == Decision::Arrived).then(|| Held { effect: effect.clone(), revision, portal });
            let (held, reason) = (arrived.or(held), reason.to_owned());
            Ok(vec![EffectEvent::Decided(EffectDecided { effect, decision, reason, held })])
        }
        // Somebody has said the same before, and the run that follows it has not come to it.
        Some(EffectEvent::Decided(before)) if before.decision == decision => Ok(vec![]),
        _ => Err(Rejection::new(
            "NOT_IN_DOUBT",
            "nothing is to be decided about this record any more",
            "look at the newest run; somebody may have decided meanwhile",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decider::fold;

    fn intended(effect: &str) -> EffectEvent {
        let record =
            RecordKey { connection: ConnectionId::new("a"), resource: "users".into(), id: "7".into() };
        EffectEvent::Intended(EffectIntended {
            effect: effect.into(),
            to: ConnectionId::new("b"),
            record,
            revision: 3,
            run: RunId::new("1"),
            held: None,
        })
    }

    fn doubt(effect: &str) -> EffectCommand {
        EffectCommand::Doubt { effect: effect.into(), why: "no answer".into() }
    }

    fn settle(effect: &str, outcome: Option<Outcome>) -> EffectCommand {
        EffectCommand::Settle(Settlement {
            effect: effect.into(),
            told: Told::Answered,
            outcome,
            portal: None,
        })
    }

    /// What has happened after these commands.
    fn after(commands: impl IntoIterator<Item = EffectCommand>) -> Vec<EffectEvent> {
        let mut events = vec![];
        for command in commands {
            events.extend(Effects::decide(&fold::<Effects>(&events), command).unwrap());
        }
        events
    }

    fn intend(effect: &str) -> EffectCommand {
        let EffectEvent::Intended(intended) = intended(effect) else { unreachable!() };
        EffectCommand::Intend(intended)
    }

    fn decision(decision: Decision) -> EffectCommand {
        EffectCommand::Decide { decision, portal: None, reason: " looked ".into() }
    }

    fn refused(given: &[EffectEvent], command: EffectCommand) -> String {
        Effects::decide(&fold::<Effects>(given), command).unwrap_err().code.into_owned()
    }

    #[test]
    fn nothing_is_sent_before_the_last_write_has_come_to_an_end() {
        assert_eq!(refused(&after([intend("k")]), intend("k")), "IN_DOUBT");
        let doubted = after([intend("k"), doubt("k")]);
        assert_eq!(refused(&doubted, intend("other")), "IN_DOUBT");
        let decided = after([intend("k"), doubt("k"), decision(Decision::SendAgain)]);
        assert!(Effects::decide(&fold::<Effects>(&decided), intend("k")).is_ok());
    }

    #[test]
    fn only_what_was_intended_is_settled_or_doubted() {
        assert_eq!(refused(&[], doubt("k")), "NOT_OPEN");
        assert_eq!(refused(&after([intend("k")]), doubt("other")), "NOT_OPEN");
        let late = settle("k", Some(Outcome::Created));
        assert_eq!(
            refused(&after([intend("k"), doubt("k")]), late),
            "NOT_OPEN",
            "an answer that comes too late"
        );
    }

    #[test]
    fn what_the_destination_has_is_remembered_until_it_has_something_else() {
        let held = |events: &[EffectEvent]| events.last()?.held().map(|held| held.effect.clone());
        let first = [intend("k"), settle("k", Some(Outcome::Created))];
        assert_eq!(held(&after(first.clone())).as_deref(), Some("k"));
        let not_sent = first.clone().into_iter().chain([intend("l"), settle("l", None)]);
        assert_eq!(held(&after(not_sent)).as_deref(), Some("k"));
        let refused = first.clone().into_iter().chain([intend("l"), settle("l", Some(Outcome::Failed))]);
        assert_eq!(held(&after(refused)).as_deref(), Some("k"));
        for (decided, has) in [(Decision::Arrived, "l"), (Decision::SendAgain, "k"), (Decision::GiveUp, "k")]
        {
            let doubted = first.clone().into_iter().chain([intend("l"), doubt("l"), decision(decided)]);
            assert_eq!(held(&after(doubted)).as_deref(), Some(has), "{decided:?}");
        }
    }

    #[test]
    fn a_person_decides_once() {
        let doubted = after([intend("k"), doubt("k")]);
        let state = fold::<Effects>(&doubted);
        let decided = Effects::decide(&state, decision(Decision::Arrived)).unwrap();
        assert!(matches!(&decided[..], [EffectEvent::Decided(d)] if d.effect == "k" && d.reason == "looked"));
        let state = fold::<Effects>(&decided);
        assert_eq!(Effects::decide(&state, decision(Decision::Arrived)), Ok(vec![]));
        assert_eq!(refused(&decided, decision(Decision::GiveUp)), "NOT_IN_DOUBT");
        assert_eq!(refused(&after([intend("k")]), decision(Decision::GiveUp)), "NOT_IN_DOUBT");
        let bad = EffectCommand::Decide {
            decision: Decision::Arrived,
            portal: Some("a\nb".into()),
            reason: String::new(),
        };
        assert_eq!(refused(&doubted, bad), "INVALID_PORTAL_ID");
    }
}
