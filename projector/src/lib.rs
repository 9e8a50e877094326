//! The log speaks: projections fold it into views, reactors act on the world and write down what came of it.
//!
//! This crate knows no HTTP server and no adapter; it meets the remote systems only through `app-sdk`.

mod parts;
pub mod projections;
pub mod reactors;
mod share;
mod start;

pub use parts::{API_PURPOSE, NotUsable, Parts};
pub use reactors::keep_in_step::WatchPace;
pub use share::{LEASE_TIME, PARTITIONS, Sharing, part_of};
pub use start::{Running, start, start_at, start_sharing};
