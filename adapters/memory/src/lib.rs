//! The ports in memory: for tests, and the bus of the embedded profile, which needs nothing but the log's bell.
//!
//! The stores here are also the models that the contract suites compare every other adapter with, so they are plain.

mod clock;
mod event_store;
mod ids;
mod leases;
mod log_bus;
mod read_store;
mod vault;

pub use clock::ManualClock;
pub use event_store::MemoryEventStore;
pub use ids::SeededIds;
pub use leases::MemoryLeases;
pub use log_bus::LogBus;
pub use read_store::MemoryReadStore;
pub use vault::MemoryVault;
