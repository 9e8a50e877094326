//! Mechanism without business nouns: the ports to the world, and the loops that append, execute, follow and project.
//!
//! This crate knows nothing of WordPress, connections or runs; it knows events, streams, views and secrets. Only this
//! crate appends to the log.

pub mod as_of;
pub mod bodies;
mod bridge;
pub mod chain;
pub mod checkpoint;
pub mod codec;
pub mod envelope;
pub mod execute;
pub mod follow;
pub mod hash;
pub mod history;
pub mod hold;
pub mod identity;
pub mod keys;
pub mod portable;
pub mod ports;
pub mod project;
pub mod rebuild;
pub mod retry;
pub mod seal;
pub mod trace;
pub mod wait;

pub use envelope::{Actor, EventId, Meta, NewEvent, Position, Recorded, StreamName};
