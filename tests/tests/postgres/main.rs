//! Views, secrets and leases in a real PostgreSQL.

#![expect(
    clippy::unwrap_used,
    reason = "test code; clippy knows only the functions that are marked as tests"
)]

mod contracts;
mod stage;
