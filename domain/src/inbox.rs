//! An inbox: how far a connection's deliveries were read, what they led to, and which changes of the sender's numbered
//! outbox never came. Stream `inbox-{connection}`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::decider::Decider;
use crate::events;
use crate::ids::ReceiptId;
use crate::problem::Rejection;

/// Ranges of missing changes that are told apart; beyond that they grow together.
pub const GAPS_MAX: usize = 100;

/// What came of looking at one record again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// It differs from its last revision, or is new.
    Changed,
    Unchanged,
    /// It is gone: the sender signed so, and the source does not show it.
    Gone,
    /// The source does not show it. Gone, or hidden from us: a sweep tells.
    NotShown,
    /// The source could not give it; the note says why.
    Failed,
}

/// A record that deliveries named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRecord {
    pub resource: String,
    pub id: String,
    pub finding: Finding,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A delivery that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadDelivery {
    pub receipt: ReceiptId,
    /// Which of the records it named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<usize>,
    /// Why nothing could be made of it, or of a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Everything up to a position was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxRead {
    pub read_to: u64,
    pub deliveries: Vec<ReadDelivery>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<ReadRecord>,
    /// By outbox: the highest number that came.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outboxes: BTreeMap<String, u64>,
}

/// Numbers of an outbox, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRange {
    pub outbox: String,
    pub first: u64,
    pub last: u64,
}

/// Changes of an outbox that were pulled from it, because they had not come by themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxPulled {
    #[serde(flatten)]
    pub range: OutboxRange,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<ReadRecord>,
    /// The outbox kept them no longer; everything that is watched was asked to be read instead.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lost: bool,
}

/// The keys of all days up to this one (UTC) are destroyed: nobody can read the bytes of their deliveries any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BytesErased {
    pub until: NaiveDate,
}

events! {
    /// Facts about the reading of one connection's deliveries.
    InboxEvent {
        "inbox.read" => Read(InboxRead),
        "inbox.gap-found" => GapFound(OutboxRange),
        "inbox.gap-filled" => GapFilled(OutboxRange),
        "inbox.pulled" => Pulled(OutboxPulled),
        "inbox.bytes-erased" => BytesErased(BytesErased),
    }
}

#[derive(Clone, Debug)]
pub enum InboxCommand {
    Read {
        read_to: u64,
        deliveries: Vec<ReadDelivery>,
        records: Vec<ReadRecord>,
        /// Ranges that came, in their order.
        outbox: Vec<OutboxRange>,
    },
    /// Missing changes were fetched in another way, or a sweep made up for them.
    Fill(OutboxRange),
    /// Changes were pulled, and what they name was looked at.
    Pull(OutboxPulled),
    /// The keys of days are destroyed.
    EraseBytes(BytesErased),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxState {
    pub read_to: u64,
    #[serde(default)]
    pub outboxes: BTreeMap<String, u64>,
    /// What is missing, in order.
    #[serde(default)]
    pub gaps: Vec<OutboxRange>,
    /// The bytes of deliveries up to this day are erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_until: Option<NaiveDate>,
}

pub struct Inboxes;

impl Decider for Inboxes {
    const CATEGORY: &'static str = "inbox";
    type State = InboxState;
    type Command = InboxCommand;
    type Event = InboxEvent;

    fn decide(state: &InboxState, command: InboxCommand) -> Result<Vec<InboxEvent>, Rejection> {
        match command {
            // Somebody else read them meanwhile.
            InboxCommand::Read { read_to, .. } if read_to <= state.read_to => Ok(vec![]),
            InboxCommand::Read { read_to, deliveries, records, outbox } => {
                let (mut events, outboxes) = compare(state, &outbox);
                events.push(InboxEvent::Read(InboxRead { read_to, deliveries, records, outboxes }));
                Ok(events)
            }
            InboxCommand::Fill(range) => {
                let is_missing = state.gaps.iter().any(|gap| overlaps(gap, &range));
                Ok(if is_missing { vec![InboxEvent::GapFilled(range)] } else { vec![] })
            }
            InboxCommand::EraseBytes(erased) if state.erased_until >= Some(erased.until) => Ok(vec![]),
            InboxCommand::EraseBytes(erased) => Ok(vec![InboxEvent::BytesErased(erased)]),
            InboxCommand::Pull(pulled) if pulled.range.first > pulled.range.last => Ok(vec![]),
            InboxCommand::Pull(pulled) => Ok(vec![InboxEvent::Pulled(pulled)]),
        }
    }

    fn evolve(state: &mut InboxState, event: &InboxEvent) {
        match event {
            InboxEvent::Read(read) => {
                state.read_to = read.read_to;
                for (outbox, last) in &read.outboxes {
                    state.outboxes.insert(outbox.clone(), *last);
                }
            }
            InboxEvent::GapFound(gap) => {
                state.gaps.push(gap.clone());
                if state.gaps.len() > GAPS_MAX {
                    join_closest(&mut state.gaps);
                }
            }
            InboxEvent::GapFilled(range) => fill(state, range),
            InboxEvent::BytesErased(erased) => state.erased_until = Some(erased.until),
            InboxEvent::Pulled(pulled) => {
                fill(state, &pulled.range);
                let highest = state.outboxes.entry(pulled.range.outbox.clone()).or_default();
                *highest = pulled.range.last.max(*highest);
            }
        }
    }
}

fn fill(state: &mut InboxState, range: &OutboxRange) {
    state.gaps = state.gaps.iter().flat_map(|gap| without(gap, range)).collect();
}

/// Gaps that the ranges which came open or fill, and the highest numbers after them. The first range of an outbox sets
/// where it begins: what was before the pairing is the first import's.
fn compare(state: &InboxState, came: &[OutboxRange]) -> (Vec<InboxEvent>, BTreeMap<String, u64>) {
    let mut events = vec![];
    let mut highest: BTreeMap<String, u64> = BTreeMap::new();
    let mut gaps = state.gaps.clone();
    for range in came.iter().filter(|range| range.first <= range.last) {
        let known = highest.get(&range.outbox).or_else(|| state.outboxes.get(&range.outbox)).copied();
        if gaps.iter().any(|gap| overlaps(gap, range)) {
            gaps = gaps.iter().flat_map(|gap| without(gap, range)).collect();
            events.push(InboxEvent::GapFilled(range.clone()));
        }
        if let Some(known) = known
            && range.first > known.saturating_add(1)
        {
            let gap = OutboxRange { outbox: range.outbox.clone(), first: known + 1, last: range.first - 1 };
            gaps.push(gap.clone());
            events.push(InboxEvent::GapFound(gap));
        }
        highest.insert(range.outbox.clone(), known.unwrap_or(0).max(range.last));
    }
    (events, highest)
}

fn overlaps(gap: &OutboxRange, range: &OutboxRange) -> bool {
    gap.outbox == range.outbox && gap.first <= range.last && range.first <= gap.last
}

fn without(gap: &OutboxRange, range: &OutboxRange) -> Vec<OutboxRange> {
    if !overlaps(gap, range) {
        return vec![gap.clone()];
    }
    let before = OutboxRange { last: range.first.saturating_sub(1), ..gap.clone() };
    let after = OutboxRange { first: range.last.saturating_add(1), ..gap.clone() };
    let left =
        |part: &OutboxRange| part.first <= part.last && part.first >= gap.first && part.last <= gap.last;
    [before, after].into_iter().filter(left).collect()
}

/// Forgets that something between two gaps came, which only means that it is fetched again.
fn join_closest(gaps: &mut Vec<OutboxRange>) {
    let distance = |pair: &[OutboxRange]| match pair {
        [one, other] if one.outbox == other.outbox => other.first.abs_diff(one.last),
        _ => u64::MAX,
    };
    let closest = gaps.windows(2).enumerate().min_by_key(|(_, pair)| distance(pair)).map(|(at, _)| at);
    if let Some(at) = closest
        && gaps[at].outbox == gaps[at + 1].outbox
    {
        let later = gaps.remove(at + 1);
        gaps[at].first = gaps[at].first.min(later.first);
        gaps[at].last = gaps[at].last.max(later.last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decider::fold;

    fn range(first: u64, last: u64) -> OutboxRange {
        OutboxRange { outbox: "site".into(), first, last }
    }

    fn read(given: &mut Vec<InboxEvent>, came: &[(u64, u64)]) -> Vec<(u64, u64)> {
        let state = fold::<Inboxes>(&*given);
        let outbox = came.iter().map(|(first, last)| range(*first, *last)).collect();
        let read_to = state.read_to + 1;
        let command = InboxCommand::Read { read_to, deliveries: vec![], records: vec![], outbox };
        given.extend(Inboxes::decide(&state, command).unwrap());
        fold::<Inboxes>(&*given).gaps.iter().map(|gap| (gap.first, gap.last)).collect()
    }

    #[test]
    fn numbers_that_never_came_are_a_gap_until_they_come() {
        let mut given = vec![];
        assert!(read(&mut given, &[(40, 42)]).is_empty(), "the first range is where it begins");
        assert!(read(&mut given, &[(43, 43), (44, 50)]).is_empty());
        assert_eq!(read(&mut given, &[(56, 60)]), [(51, 55)]);
        assert_eq!(read(&mut given, &[(53, 53)]), [(51, 52), (54, 55)], "late ones fill their part");
        assert_eq!(read(&mut given, &[(70, 70), (51, 55)]), [(61, 69)]);
        assert!(read(&mut given, &[(61, 70)]).is_empty());
        assert_eq!(fold::<Inboxes>(&given).outboxes["site"], 70);
    }

    #[test]
    fn what_was_pulled_fills_its_gap_and_is_not_missed_later() {
        let mut given = vec![];
        read(&mut given, &[(1, 2)]);
        assert_eq!(read(&mut given, &[(7, 8)]), [(3, 6)]);
        let mut pull = |first, last| {
            let state = fold::<Inboxes>(&given);
            let pulled = OutboxPulled { range: range(first, last), records: vec![], lost: false };
            given.extend(Inboxes::decide(&state, InboxCommand::Pull(pulled)).unwrap());
        };
        pull(3, 6);
        pull(9, 12);
        pull(14, 13);
        assert!(fold::<Inboxes>(&given).gaps.is_empty());
        assert!(read(&mut given, &[(11, 13)]).is_empty(), "late deliveries of what was pulled are no gap");
        assert_eq!(fold::<Inboxes>(&given).outboxes["site"], 13);
    }

    #[test]
    fn bad_input_033_what_was_read_is_not_read_again() {
        let mut given = vec![];
        read(&mut given, &[(1, 1)]);
        let state = fold::<Inboxes>(&given);
        let again =
            InboxCommand::Read { read_to: 1, deliveries: vec![], records: vec![], outbox: vec![range(9, 9)] };
        assert_eq!(Inboxes::decide(&state, again), Ok(vec![]));
        assert_eq!(Inboxes::decide(&state, InboxCommand::Fill(range(1, 9))), Ok(vec![]));
    }

    #[test]
    fn numbers_that_make_no_sense_open_no_gap() {
        let mut given = vec![];
        read(&mut given, &[(10, 10)]);
        assert!(read(&mut given, &[(9, 3)]).is_empty());
        assert!(read(&mut given, &[(1, 2)]).is_empty());
        assert_eq!(fold::<Inboxes>(&given).outboxes["site"], 10, "a repeat does not set it back");
        assert_eq!(read(&mut given, &[(u64::MAX, u64::MAX)]), [(11, u64::MAX - 1)]);
        assert_eq!(read(&mut given, &[(u64::MAX, u64::MAX)]), [(11, u64::MAX - 1)]);
    }

    #[test]
    fn there_are_never_more_gaps_than_the_bound() {
        let mut given = vec![];
        for step in 0..500 {
            assert!(read(&mut given, &[(step * 10 + 1, step * 10 + 1)]).len() <= GAPS_MAX);
        }
        let gaps = fold::<Inboxes>(&given).gaps;
        assert_eq!((gaps[0].first, gaps.last().unwrap().last), (2, 4990), "joined, not lost");
    }
}
