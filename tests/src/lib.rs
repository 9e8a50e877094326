//! What holds for the whole, and what every adapter of a port has to do alike.

#![expect(clippy::unwrap_used, reason = "this is test code, only not below `tests`")]

pub mod contracts;
pub mod receiver;
