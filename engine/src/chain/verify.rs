//! Verifies a log event by event, in constant memory. It trusts nothing that is stored: every digest is computed anew.

use std::collections::VecDeque;

use serde::Serialize;

use super::fault::{Fault, FaultKind};
use super::{Content, Hash, genesis, hex, origin, short, step};
use crate::checkpoint::Checkpoint;
use crate::envelope::{EventId, Position, Recorded};
use crate::seal;

/// How far an event is looked for around its place when it stands at the wrong one.
const DISTANCE_MAX: u64 = 1_000;

/// What is stored beside an event about its integrity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A short digest ([`short`]).
    Short(i64),
    /// A checksum of a release before the chain, already compared.
    Fits(bool),
}

/// What a sound log is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    pub events: Position,
    /// Names the log; absent while it is empty.
    pub origin: Option<String>,
    /// The chain after the last event, hexadecimal.
    pub chain: String,
    /// Checkpoints that were compared, and the position of the last one.
    pub checkpoints: u64,
    pub signed_to: Position,
    /// Events whose body was taken away.
    #[serde(skip)]
    pub removed: Vec<Position>,
}

pub struct Verifier {
    /// The last event taken in.
    at: Position,
    chain: Hash,
    /// Up to here a stored value of the chain was compared.
    linked_to: Position,
    signed_to: Position,
    origin: Option<String>,
    last_id: Option<EventId>,
    pins: VecDeque<Checkpoint>,
    compared: u64,
    removed: Vec<Position>,
}

impl Verifier {
    /// `pins` are checkpoints whose signatures have been verified.
    pub fn new(mut pins: Vec<Checkpoint>) -> Self {
        pins.sort_by_key(|pin| pin.position);
        Self {
            at: 0,
            chain: genesis(),
            linked_to: 0,
            signed_to: 0,
            origin: None,
            last_id: None,
            pins: pins.into(),
            compared: 0,
            removed: vec![],
        }
    }

    pub fn at(&self) -> Position {
        self.at
    }

    /// Takes in the next event, as it lies there.
    pub fn event(&mut self, event: &Recorded, mark: Mark) -> Result<(), Fault> {
        let expected = self.at + 1;
        if event.position != expected {
            return Err(self.misplaced(event, expected));
        }
        let leaf = Content::from(event).leaf();
        let fits = match mark {
            Mark::Short(stored) => stored == short(&leaf),
            Mark::Fits(fits) => fits,
        };
        if !fits {
            return Err(self.unfit(event, mark));
        }
        self.chain = step(&self.chain, &leaf);
        self.at = expected;
        self.last_id = Some(event.id);
        if expected == 1 {
            self.begin(&leaf)?;
        }
        if event.body.as_deref().is_some_and(seal::is_removed) {
            self.removed.push(expected);
        }
        self.pinned()
    }

    /// Compares a stored value of the chain, after the event at its position.
    pub fn link(&mut self, position: Position, hash: &Hash) -> Result<(), Fault> {
        if position != self.at {
            let first = self.at.min(position) + 1;
            let detail = format!("the chain has a value for position {position}, where no event is");
            return Err(Fault::at(FaultKind::Missing, first, detail).until(position));
        }
        if *hash != self.chain {
            let first = self.linked_to + 1;
            let detail = format!(
                "events {first} to {position} are not those that were written: each fits its checksum, but together \
                 they do not fit the chain"
            );
            return Err(Fault::at(FaultKind::Rewritten, first, detail).until(position));
        }
        self.linked_to = position;
        Ok(())
    }

    /// Nothing comes any more.
    pub fn end(self) -> Result<Verified, Fault> {
        if self.linked_to < self.at {
            let first = self.linked_to + 1;
            let detail =
                format!("events from {first} on are not in the chain: they were added past the writer");
            return Err(Fault::at(FaultKind::Inserted, first, detail).until(self.at));
        }
        if let Some(pin) = self.pins.front() {
            let detail = format!(
                "the log ends at {}, and the checkpoint of {} knows it up to {}: it was cut or rolled back",
                self.at, pin.at, pin.position
            );
            return Err(Fault::at(FaultKind::RolledBack, self.at + 1, detail).until(pin.position));
        }
        Ok(Verified {
            events: self.at,
            origin: self.origin,
            chain: hex(&self.chain),
            checkpoints: self.compared,
            signed_to: self.signed_to,
            removed: self.removed,
        })
    }

    /// Says more exactly what a fault is, from what stands behind its place.
    pub fn explain(fault: Fault, following: &[(Recorded, Mark)]) -> Fault {
        let at = fault.position;
        let came_from =
            following.iter().find(|(event, _)| event.position == at + 1).and_then(|(e, mark)| home(e, *mark));
        let kind = match fault.kind {
            FaultKind::Missing if following.iter().any(|(event, _)| event.position == at) => {
                FaultKind::Reordered
            }
            FaultKind::Reordered if came_from == Some(at + 2) => FaultKind::Missing,
            FaultKind::Changed | FaultKind::Reordered if came_from == Some(at) => match fault.kind {
                FaultKind::Changed => FaultKind::Inserted,
                other => other,
            },
            other => other,
        };
        Fault { kind, ..fault }
    }

    fn begin(&mut self, leaf: &Hash) -> Result<(), Fault> {
        let own = origin(leaf);
        if let Some(pin) = self.pins.iter().find(|pin| pin.origin != own) {
            let detail =
                format!("the checkpoint of {} is of log {}, and this is log {own}", pin.at, pin.origin);
            return Err(Fault::at(FaultKind::ForeignLog, 1, detail));
        }
        self.origin = Some(own);
        Ok(())
    }

    fn pinned(&mut self) -> Result<(), Fault> {
        while let Some(pin) = self.pins.pop_front_if(|pin| pin.position <= self.at) {
            if pin.chain != hex(&self.chain) {
                let first = self.signed_to + 1;
                let detail = format!(
                    "events {first} to {} are not those that the checkpoint of {} signs: the log was rewritten",
                    pin.position, pin.at
                );
                return Err(Fault::at(FaultKind::Rewritten, first, detail).until(pin.position));
            }
            self.signed_to = pin.position;
            self.compared += 1;
        }
        Ok(())
    }

    fn misplaced(&self, event: &Recorded, expected: Position) -> Fault {
        let found = event.position;
        if found > expected {
            let detail = format!("event {expected} is missing: after {} comes {found}", self.at);
            return Fault::at(FaultKind::Missing, expected, detail).until(found - 1);
        }
        let kind = if self.last_id == Some(event.id) { FaultKind::Duplicated } else { FaultKind::Reordered };
        Fault::at(kind, found, format!("event {found} comes again or too late, where {expected} should be"))
    }

    /// An event that does not fit what is stored beside it: is it another one, or was it changed?
    fn unfit(&self, event: &Recorded, mark: Mark) -> Fault {
        let at = event.position;
        if self.last_id == Some(event.id) {
            let detail = format!("event {} stands a second time, at {at}", self.at);
            return Fault::at(FaultKind::Duplicated, at, detail);
        }
        if let Some(home) = home(event, mark) {
            let detail = format!(
                "at {at} stands the event that was written at {home}: one was dropped, added or moved"
            );
            return Fault::at(FaultKind::Reordered, at, detail);
        }
        let detail = format!("event {at} does not say what was written: its digest does not fit");
        Fault::at(FaultKind::Changed, at, detail)
    }
}

/// The place near its own where an event would fit its digest: where it was written.
fn home(event: &Recorded, mark: Mark) -> Option<Position> {
    let Mark::Short(stored) = mark else { return None };
    let around = event.position.saturating_sub(DISTANCE_MAX).max(1)..=event.position + DISTANCE_MAX;
    around.into_iter().find(|&position| {
        let leaf = Content { position, ..Content::from(event) }.leaf();
        position != event.position && short(&leaf) == stored
    })
}
