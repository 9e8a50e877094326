//! The log in KurrentDB: the same contract as every other log, what goes wrong, and what is refused. Against the model,
//! and against a real server where `KURRENTDB_URL` names one (see `adapters/kurrent/README.md`).

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests panic, and are told where a server is"
)]

mod contracts;
mod differential;
mod faults;
mod refusals;
mod server;
mod suites;
