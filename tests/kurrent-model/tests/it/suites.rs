//! The suites of `acceptance`, without building everything else that crate is about.

#[path = "../../../src/contracts/event_store.rs"]
pub mod event_store;
#[path = "../../../src/contracts/samples.rs"]
pub mod samples;
