//! One test binary: each module is a family of tests.

#![expect(
    clippy::unwrap_used,
    reason = "test code; clippy knows only the functions that are marked as tests"
)]

mod contracts;
mod crashes;
mod data_dir_faults;
mod differential;
mod log_faults;
mod power_cuts;
mod receipts;
mod tampering;
mod upgrades;
mod vault_faults;
mod view_steps;
