//! Distribution by JetStream, against a real server. `tests/run` installs it; by hand:
//! `export NATS_SERVER_BIN=$(tests/servers/nats)`.

#![expect(
    clippy::unwrap_used,
    reason = "test code; clippy knows only the functions that are marked as tests"
)]

mod contract;
mod refusals;
mod relays;
mod stage;
mod tls;
mod wipes;
