//! A connection, opened for use: where it is, and what to show at the door.

use domain::ids::ConnectionId;
use engine::ports::Secret;
use serde_json::Value;

/// What one of the app's auth methods needs. Never printable, because a secret is in it.
#[derive(Clone)]
pub struct Credentials {
    /// `app-password`, `bearer`, `none`, …
    pub method: String,
    pub account: Option<String>,
    pub secret: Option<Secret>,
}

/// Everything a capability needs for one connection.
#[derive(Clone)]
pub struct Session {
    pub connection: ConnectionId,
    /// As normalised when the connection was added.
    pub address: String,
    /// The only origin the credentials may be sent to.
    pub origin: String,
    /// What discovery kept; `Null` before the first one.
    pub details: Value,
    pub credentials: Option<Credentials>,
    /// What the companion on the other side signs its messages with; it also believes requests signed with it.
    pub pairing: Option<Secret>,
}
