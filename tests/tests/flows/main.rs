//! Whole flows through real followers, on the memory adapters, against a scripted source. Fast: no network.

mod import;
mod stage;
