//! What holds for the whole, and what every adapter of a port has to do alike: suites that tests run, and a Portal at the
//! other end of HTTP that can be told to misbehave.

#![expect(clippy::unwrap_used, reason = "this is test code, only not below `tests`")]

pub mod contracts;
pub mod nats_server;
pub mod postgres_server;
pub mod receiver;
