//! One suite per port. A suite takes a maker of fresh, empty adapters and panics where one does not do as the port
//! says; `tests/it` runs each on every adapter.

pub mod bus;
pub mod event_store;
pub mod leases;
pub mod read_store;
pub mod samples;
pub mod vault;
