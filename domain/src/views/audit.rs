//! Who did what: one line for every fact that is not content.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ViewSpec, integer, text};

/// Key: [`audit_key`]. `at` is microseconds since 1970; `object` is the stream's name.
pub const AUDIT: ViewSpec = ViewSpec {
    name: "audit",
    version: 2,
    columns: &[integer("at"), text("actor").then("at"), text("action").then("at"), text("object").then("at")],
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditView {
    pub position: u64,
    pub at: DateTime<Utc>,
    pub actor: String,
    /// The event's type.
    pub event: String,
    pub stream: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
}

/// Keys sort as it happened.
pub fn audit_key(position: u64) -> String {
    format!("{position:016}")
}
