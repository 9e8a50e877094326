//! What can happen to a connection.

use serde::{Deserialize, Serialize};

use crate::events;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectionAdded {
    pub app: String,
    pub name: String,
    /// Where the person said it is, normalised: `https://example.org/blog/`.
    pub address: String,
    /// Scheme, host and port that credentials are bound to.
    pub origin: String,
}

/// A credential went into the vault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CredentialsStored {
    /// One of the app's declared auth methods.
    pub method: String,
    /// Whom we act as, where the method names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Tells two secrets apart without telling what they are.
    pub fingerprint: String,
    /// The source's own handle of the credential, for disconnecting (WordPress: application password uuid).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectionRenamed {
    pub name: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    #[default]
    Unknown,
    Healthy,
    /// Usable, but something is hidden or slow.
    Degraded,
    Failing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageResult {
    Passed,
    /// Works, with a limit that the person should know.
    Warned,
    Failed,
    /// Not reached, because an earlier stage failed, or not applicable.
    Skipped,
}

/// One stage of the connection test, in plain words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// Stable: `address`, `tls`, `root`, `authorization-arrives`, …
    pub id: String,
    pub title: String,
    pub result: StageResult,
    /// What was found.
    pub finding: String,
    /// What to do, where something is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    pub millis: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectionTested {
    pub health: Health,
    pub stages: Vec<Stage>,
}

/// Who a remote system says it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub url: String,
    pub home: String,
    pub name: String,
}

impl Identity {
    /// The name may change; the addresses are the identity.
    pub fn same_site(&self, other: &Self) -> bool {
        self.url == other.url && self.home == other.home
    }
}

/// What discovery found: the identity, and what the app keeps for itself (API root, post types, capabilities).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectionDescribed {
    pub identity: Identity,
    pub details: serde_json::Value,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdentityChanged {
    pub from: Identity,
    pub to: Identity,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdentityConfirmed {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectionPaused {
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectionResumed {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectionDeleted {}

events! {
    /// Facts about one connection; stream `connection-{id}`.
    ConnectionEvent {
        "connection.added" => Added(ConnectionAdded),
        "connection.credentials-stored" => CredentialsStored(CredentialsStored),
        "connection.renamed" => Renamed(ConnectionRenamed),
        "connection.tested" => Tested(ConnectionTested),
        "connection.described" => Described(ConnectionDescribed),
        "connection.identity-changed" => IdentityChanged(IdentityChanged),
        "connection.identity-confirmed" => IdentityConfirmed(IdentityConfirmed),
        "connection.paused" => Paused(ConnectionPaused),
        "connection.resumed" => Resumed(ConnectionResumed),
        "connection.deleted" => Deleted(ConnectionDeleted),
    }
}
