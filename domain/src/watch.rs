//! A watch: what keeps the records of one resource of one connection in step with their source, by asking what changed
//! and by reading everything now and then. Stream `watch-{connection}.{resource}`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::decider::Decider;
use crate::events;
use crate::ids::ConnectionId;
use crate::problem::Rejection;
use crate::run::Problem;

/// Ids in one event; more that are missing wait for the next sweep.
pub const HELD_MAX: usize = 10_000;
/// Records in one event that could not be read.
pub const UNREAD_MAX: usize = 100;
/// Missing records of a small resource that need nobody's approval.
const ABSENT_FREELY_MIN: u64 = 5;
/// Missing records of a large one that need it.
const ABSENT_FREELY_MAX: u64 = 50;
/// Per cent of the known records that may be missing without anybody's approval.
const ABSENT_PER_CENT: u64 = 2;

/// The id of a watch's stream, and the key of its view.
pub fn watch_key(connection: &ConnectionId, resource: &str) -> String {
    format!("{connection}.{resource}")
}

/// Whether so many missing records may be taken for gone without asking: a site that lost its database, or shows an
/// account less than before, must not empty the destination.
pub fn needs_approval(missing: u64, known: u64) -> bool {
    missing > (known * ABSENT_PER_CENT / 100).clamp(ABSENT_FREELY_MIN, ABSENT_FREELY_MAX)
}

/// The source was asked, and what came of it is recorded in the same append.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WatchMoved {
    /// Where to go on asking; only the app can read it.
    pub cursor: Value,
    /// Records that were new or other than before.
    pub changed: u64,
    /// Records that were asked for and could not be read; they are asked for again when everything is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
}

/// A record that its source shows in a way that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// Its id, or its place where the id cannot be read either.
    pub id: String,
    pub code: String,
    pub message: String,
}

/// Everything was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WatchSwept {
    pub begun: DateTime<Utc>,
    /// Every page was read and the totals agree.
    pub complete: bool,
    pub seen: u64,
    /// Records that nobody had told of: neither a delivery nor an answer to what changed.
    pub missed: u64,
    /// Records that the source showed older than they are known.
    #[serde(default)]
    pub stale: u64,
    /// Records that are proven to exist no more; their own events are in the same append.
    pub gone: u64,
    /// Records that the source counts but does not show.
    pub hidden: u64,
    /// Where to go on asking.
    pub cursor: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// Records that could not be read; not all of them where there are many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
}

/// More records are missing than may be believed without asking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GoneHeld {
    pub ids: Vec<String>,
    /// Records that were known.
    pub known: u64,
}

/// A person decided about missing records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GoneDecided {
    /// They are gone; else they are kept, and the next sweep may ask again.
    pub approved: bool,
    pub ids: Vec<String>,
}

/// A person asked for a sweep now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepRequested {}

events! {
    /// Facts about one watch.
    WatchEvent {
        "watch.moved" => Moved(WatchMoved),
        "watch.swept" => Swept(WatchSwept),
        "watch.gone-held" => GoneHeld(GoneHeld),
        "watch.gone-decided" => GoneDecided(GoneDecided),
        "watch.sweep-requested" => SweepRequested(SweepRequested),
    }
}

#[derive(Clone, Debug)]
pub enum WatchCommand {
    Move(WatchMoved),
    Sweep(WatchSwept),
    Hold(GoneHeld),
    /// Decides about what is held.
    Decide {
        approved: bool,
    },
    RequestSweep,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct WatchState {
    /// Absent before everything was read once.
    pub cursor: Option<Value>,
    /// When the last sweep began.
    pub swept: Option<DateTime<Utc>>,
    /// Missing records that wait for a person.
    pub held: Vec<String>,
    /// Records that a person said are gone, and that are not recorded as gone yet.
    pub approved: Vec<String>,
    pub sweep_requested: bool,
}

pub struct Watches;

impl Decider for Watches {
    const CATEGORY: &'static str = "watch";
    type State = WatchState;
    type Command = WatchCommand;
    type Event = WatchEvent;

    fn decide(state: &WatchState, command: WatchCommand) -> Result<Vec<WatchEvent>, Rejection> {
        Ok(match command {
            WatchCommand::Move(mut moved) => {
                moved.unread.truncate(UNREAD_MAX);
                vec![WatchEvent::Moved(moved)]
            }
            WatchCommand::Sweep(mut swept) => {
                swept.unread.truncate(UNREAD_MAX);
                vec![WatchEvent::Swept(swept)]
            }
            WatchCommand::Hold(mut held) => {
                held.ids.truncate(HELD_MAX);
                if held.ids == state.held { vec![] } else { vec![WatchEvent::GoneHeld(held)] }
            }
            WatchCommand::Decide { .. } if state.held.is_empty() => {
                return Err(Rejection::new(
                    "NOTHING_HELD",
                    "no missing records wait for a decision here",
                    "look at the connection's page: somebody may have decided already",
                ));
            }
            WatchCommand::Decide { approved } => {
                vec![WatchEvent::GoneDecided(GoneDecided { approved, ids: state.held.clone() })]
            }
            WatchCommand::RequestSweep if state.sweep_requested => vec![],
            WatchCommand::RequestSweep => vec![WatchEvent::SweepRequested(SweepRequested {})],
        })
    }

    fn evolve(state: &mut WatchState, event: &WatchEvent) {
        match event {
            WatchEvent::Moved(moved) => state.cursor = Some(moved.cursor.clone()),
            WatchEvent::Swept(swept) => {
                state.cursor = Some(swept.cursor.clone());
                state.swept = Some(swept.begun);
                state.sweep_requested = false;
                state.approved.clear();
            }
            WatchEvent::GoneHeld(held) => state.held.clone_from(&held.ids),
            WatchEvent::GoneDecided(decided) => {
                state.held.clear();
                if decided.approved {
                    state.approved.clone_from(&decided.ids);
                    // What they said is acted on by the next sweep, which proves each of them first.
                    state.sweep_requested = true;
                }
            }
            WatchEvent::SweepRequested(_) => state.sweep_requested = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decider::fold;

    fn held(ids: &[&str]) -> WatchEvent {
        WatchEvent::GoneHeld(GoneHeld { ids: ids.iter().map(|id| (*id).to_owned()).collect(), known: 100 })
    }

    #[test]
    fn a_few_missing_records_need_nobody_and_many_do() {
        for (missing, known, needs) in [
            (5, 5, false),
            (6, 6, true),
            (20, 1_000, false),
            (21, 1_000, true),
            (50, 1_000_000, false),
            (51, 1_000_000, true),
        ] {
            assert_eq!(needs_approval(missing, known), needs, "{missing} of {known}");
        }
    }

    #[test]
    fn what_is_held_is_decided_once() {
        let state = fold::<Watches>(&[held(&["1", "2"])]);
        let decided = Watches::decide(&state, WatchCommand::Decide { approved: true }).unwrap();
        let mut state = state;
        for event in &decided {
            Watches::evolve(&mut state, event);
        }
        assert_eq!(state.approved, ["1", "2"]);
        assert!(state.sweep_requested);
        let again = Watches::decide(&state, WatchCommand::Decide { approved: false }).unwrap_err();
        assert_eq!(again.code, "NOTHING_HELD");
    }

    #[test]
    fn the_same_missing_records_are_held_once() {
        let state = fold::<Watches>(&[held(&["1"])]);
        let same = WatchCommand::Hold(GoneHeld { ids: vec!["1".into()], known: 100 });
        assert!(Watches::decide(&state, same).unwrap().is_empty());
    }
}
