//! The API through its router, on stores in memory, with an app of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod access;
mod fake_app;
mod house;

mod audit;
mod bodies;
mod connection_detail;
mod connections;
mod consent;
mod finding;
mod lists;
mod mappings;
mod once;
mod openapi;
mod overview;
mod portable;
mod runs;
mod scenarios;
mod session;
mod stream;
mod views;
mod watched;
