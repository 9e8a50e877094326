//! Endpoints, the deliveries that came in there, what they led to, and what was kept out.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ViewSpec, integer, text};
use crate::delivery::{QuarantineKept, Verdict};
use crate::endpoint::EndpointState;
use crate::inbox::{InboxState, ReadRecord};

/// Key: connection id.
pub const ENDPOINTS: ViewSpec = ViewSpec { name: "endpoints", version: 1, columns: &[] };

/// Key: the id of the delivery's stream. `position` orders a connection's deliveries.
pub const DELIVERIES: ViewSpec = ViewSpec {
    name: "deliveries",
    version: 2,
    columns: &[text("connection").then("position"), integer("position").only_orders()],
};

/// Key: connection id.
pub const INBOXES: ViewSpec = ViewSpec { name: "inboxes", version: 1, columns: &[] };

/// Key: the id of the delivery's stream.
pub const DELIVERY_RECORDS: ViewSpec = ViewSpec { name: "delivery_records", version: 1, columns: &[] };

/// Key: [`quarantine_key`]. The newest [`QUARANTINE_MAX`] of each connection.
pub const QUARANTINE: ViewSpec = ViewSpec {
    name: "quarantine",
    version: 1,
    columns: &[text("connection"), text("reason"), integer("position")],
};

/// Entries of one connection that the quarantine shows; the oldest make room.
pub const QUARANTINE_MAX: u64 = 1_000;

/// Places are used again and again, so that the view has an end.
pub fn quarantine_key(connection: &str, place: u64) -> String {
    format!("{connection}/{:04}", place % QUARANTINE_MAX)
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EndpointView {
    pub state: EndpointState,
    #[serde(default)]
    pub opened_at: Option<DateTime<Utc>>,
    /// Deliveries that were let in.
    #[serde(default)]
    pub received: u64,
    #[serde(default)]
    pub last_received_at: Option<DateTime<Utc>>,
    /// When each secret last fitted, by number.
    #[serde(default)]
    pub secrets_used_at: BTreeMap<u64, DateTime<Utc>>,
    /// Deliveries that were refused, by reason.
    #[serde(default)]
    pub refused: BTreeMap<String, u64>,
    #[serde(default)]
    pub last_refused_at: Option<DateTime<Utc>>,
}

/// Short field names: there is a row for each delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryView {
    #[serde(rename = "t")]
    pub at: DateTime<Utc>,
    #[serde(rename = "p")]
    pub position: u64,
    #[serde(rename = "m")]
    pub mode: String,
    #[serde(rename = "v")]
    pub verdict: Verdict,
    #[serde(rename = "d")]
    pub digest: String,
    #[serde(rename = "b")]
    pub bytes: u64,
    #[serde(default, rename = "h", skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InboxView {
    pub state: InboxState,
    #[serde(default)]
    pub last_read_at: Option<DateTime<Utc>>,
}

/// What one delivery led to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryRecordsView {
    /// Position of the `inbox.read`.
    pub position: u64,
    pub at: DateTime<Utc>,
    #[serde(default)]
    pub records: Vec<ReadRecord>,
    #[serde(default)]
    pub note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuarantineView {
    pub place: u64,
    pub at: DateTime<Utc>,
    pub position: u64,
    pub kept: QuarantineKept,
    /// Whether its bytes were kept.
    pub has_body: bool,
}
