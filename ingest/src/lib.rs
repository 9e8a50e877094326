//! The world speaks: webhooks come in here. A delivery is verified on its raw bytes, written down, synced, and only
//! then answered with a receipt. Nothing is parsed before it is authentic, and nothing outside is called: what a
//! delivery means is found out later, by whoever reads the log.

mod answer;
mod handshake;
mod headers;
mod hooks;
mod quarantine;
mod receive;
mod record;
mod registry;
mod room;
mod sealing;
mod verify;

pub use hooks::{Hooks, Parts};

/// Largest body of a delivery, in bytes.
pub const BODY_BYTES_MAX: usize = 1 << 20;
