//! Views, secrets and leases in a real PostgreSQL.

#![expect(
    clippy::unwrap_used,
    reason = "test code; clippy knows only the functions that are marked as tests"
)]

mod contracts;
mod differential;
mod encryption;
mod erasure;
mod folding;
mod refusals;
mod stage;
mod vault_faults;
#[path = "../it/view_steps.rs"]
mod view_steps;
