//! Whole flows through real followers, on the memory adapters, against a scripted source. Fast: no network.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod api;
mod deliveries;
mod destination;
mod edits;
mod effects;
mod failure_branch;
mod failures;
mod import;
mod in_step;
mod rebuild;
mod reimport;
mod retry;
mod schedules;
mod site;
mod stage;
mod time_travel;
mod undo;
mod workers;
