//! The door for deliveries, through its real router, on the memory adapters.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod addresses;
mod door;
mod modes;
mod quarantine;
mod replays;
mod signatures;
mod transport;
