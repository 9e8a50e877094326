//! What the business means: events, the decisions that produce them, and the pure functions between a record in a
//! source and a record in Portal.
//!
//! This crate knows no clock, no chance, no `async` and no I/O. Whatever depends on them comes in as a value, so the
//! same history always means the same thing.

pub mod access;
pub mod budget;
pub mod condition;
pub mod connection;
pub mod decider;
pub mod delivery;
pub mod diff;
pub mod effect;
pub mod endpoint;
pub mod erasure;
pub mod event;
pub mod failure;
pub mod html;
pub mod ids;
pub mod inbox;
pub mod mapping;
pub mod mappings;
pub mod portal;
pub mod problem;
pub mod record;
pub mod run;
pub mod scenario;
pub mod views;
pub mod watch;
