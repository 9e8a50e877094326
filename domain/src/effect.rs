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
    /// The destination's id of the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<String>,
}

/// Nobody can tell what came of it: it waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectInDoubt {
    pub effect: String,
    /// The run that sent it.
    pub run: RunId,
    pub why: String,
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
    /// The destination's id of the record, where the person knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
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

#[derive(Clone, Debug)]
pub enum EffectCommand {
    Intend(EffectIntended),
    Settle(EffectSettled),
    Doubt(EffectInDoubt),
    Decide { decision: Decision, portal: Option<String>, reason: String },
}

/// The last event says everything: each one names its effect.
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
        let is_open = |effect: &str| matches!(standing, Some(E::Intended(open)) if open.effect == effect);
        Ok(vec![match command {
            C::Intend(_) if matches!(standing, Some(E::Intended(_) | E::InDoubt(_))) => {
                return Err(Rejection::new(
                    "IN_DOUBT",
                    "an earlier write of this record has not come to an end",
                    "find out what came of it first",
                ));
            }
            C::Intend(intended) => E::Intended(intended),
            C::Settle(settled) if is_open(&settled.effect) => E::Settled(settled),
            C::Doubt(doubt) if is_open(&doubt.effect) => E::InDoubt(doubt),
            C::Settle(_) | C::Doubt(_) => {
                return Err(Rejection::new(
                    "NOT_OPEN",
                    "this write was not about to be sent",
                    "look at what became of it",
                ));
            }
            C::Decide { decision, portal, reason } => return decide(standing, decision, portal, &reason),
        }])
    }

    fn evolve(standing: &mut Standing, event: &EffectEvent) {
        *standing = Some(event.clone());
    }
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
        Some(EffectEvent::InDoubt(doubt)) => Ok(vec![EffectEvent::Decided(EffectDecided {
            effect: doubt.effect.clone(),
            decision,
            portal,
            reason: reason.to_owned(),
        })]),
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
            revision: 0,
            run: RunId::new("1"),
        })
    }

    fn doubt(effect: &str) -> EffectInDoubt {
        EffectInDoubt { effect: effect.into(), run: RunId::new("1"), why: "no answer".into() }
    }

    fn decision(decision: Decision) -> EffectCommand {
        EffectCommand::Decide { decision, portal: None, reason: " looked ".into() }
    }

    fn refused(given: &[EffectEvent], command: EffectCommand) -> String {
        Effects::decide(&fold::<Effects>(given), command).unwrap_err().code.into_owned()
    }

    #[test]
    fn nothing_is_sent_before_the_last_write_has_come_to_an_end() {
        let EffectEvent::Intended(again) = intended("k") else { unreachable!() };
        let again = || EffectCommand::Intend(again.clone());
        assert_eq!(refused(&[intended("k")], again()), "IN_DOUBT");
        let doubted = [intended("k"), EffectEvent::InDoubt(doubt("k"))];
        assert_eq!(refused(&doubted, again()), "IN_DOUBT");
        let decided = Effects::decide(&fold::<Effects>(&doubted), decision(Decision::SendAgain)).unwrap();
        assert!(Effects::decide(&fold::<Effects>(&decided), again()).is_ok());
    }

    #[test]
    fn only_what_was_intended_is_settled_or_doubted() {
        assert_eq!(refused(&[], EffectCommand::Doubt(doubt("k"))), "NOT_OPEN");
        assert_eq!(refused(&[intended("k")], EffectCommand::Doubt(doubt("other"))), "NOT_OPEN");
        let told = EffectSettled {
            effect: "k".into(),
            run: RunId::new("1"),
            told: Told::Answered,
            outcome: Some(Outcome::Created),
            portal: None,
        };
        let doubted = [intended("k"), EffectEvent::InDoubt(doubt("k"))];
        assert_eq!(
            refused(&doubted, EffectCommand::Settle(told)),
            "NOT_OPEN",
            "an answer that comes too late"
        );
    }

    #[test]
    fn a_person_decides_once() {
        let doubted = [intended("k"), EffectEvent::InDoubt(doubt("k"))];
        let state = fold::<Effects>(&doubted);
        let decided = Effects::decide(&state, decision(Decision::Arrived)).unwrap();
        assert!(matches!(&decided[..], [EffectEvent::Decided(d)] if d.effect == "k" && d.reason == "looked"));
        let state = fold::<Effects>(&decided);
        assert_eq!(Effects::decide(&state, decision(Decision::Arrived)), Ok(vec![]));
        assert_eq!(refused(&decided, decision(Decision::GiveUp)), "NOT_IN_DOUBT");
        assert_eq!(refused(&[intended("k")], decision(Decision::GiveUp)), "NOT_IN_DOUBT");
        let bad = EffectCommand::Decide {
            decision: Decision::Arrived,
            portal: Some("a\nb".into()),
            reason: String::new(),
        };
        assert_eq!(refused(&doubted, bad), "INVALID_PORTAL_ID");
    }
}
