//! The log in KurrentDB: the same contract as every other log, what goes wrong, and what is refused. Against the model,
//! and against a real server where `KURRENTDB_URL` names one (see `adapters/kurrent/README.md`).

mod contracts;
mod differential;
mod faults;
mod refusals;
mod server;
mod suites;
