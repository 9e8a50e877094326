//! Records of sources, and which of them are in step with which destination. Millions of rows: short field names.

use serde::{Deserialize, Serialize};

use super::ViewSpec;

/// Key: `RecordKey::path`.
pub const RECORDS: ViewSpec = ViewSpec { name: "records", version: 1, columns: &[] };

/// Key: [`link_key`].
pub const LINKS: ViewSpec = ViewSpec { name: "links", version: 1, columns: &[] };

/// The newest revision of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordView {
    #[serde(rename = "r")]
    pub revision: u64,
    /// Digest of the bytes as they came.
    #[serde(rename = "w")]
    pub raw: String,
    /// Digest without volatile parts.
    #[serde(rename = "d")]
    pub digest: String,
    #[serde(default, rename = "v", skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Position of its event.
    #[serde(rename = "p")]
    pub position: u64,
    #[serde(default, rename = "g", skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// The source went back to this version from a newer one.
    #[serde(default, rename = "b", skip_serializing_if = "std::ops::Not::not")]
    pub set_back: bool,
}

/// What a destination last got of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkView {
    /// The destination's id.
    #[serde(rename = "p")]
    pub portal: String,
    /// The record's revision.
    #[serde(rename = "r")]
    pub revision: u64,
    #[serde(rename = "m")]
    pub mapping: String,
    #[serde(rename = "n")]
    pub mapping_revision: u64,
    /// The run that wrote it last, and the chunk.
    #[serde(rename = "u")]
    pub run: String,
    #[serde(rename = "c")]
    pub chunk: u64,
}

/// A record at a destination.
pub fn link_key(destination: &str, record_path: &str) -> String {
    format!("{destination}/{record_path}")
}
