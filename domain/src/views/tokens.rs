//! Access tokens by their hash, so that a request is checked with one look-up.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ViewSpec, text};
use crate::access::Role;

/// Key: token id. `hash` finds the token of a request.
pub const TOKENS: ViewSpec = ViewSpec { name: "tokens", version: 1, columns: &[text("hash")] };

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenView {
    pub id: String,
    pub name: String,
    pub role: Role,
    pub hash: String,
    pub issued_at: DateTime<Utc>,
    #[serde(default)]
    pub revoked_at: Option<DateTime<Utc>>,
}
