//! A catalogue entry: what an app is, declared as data in `schemas/apps/`. The console draws its forms from it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppEntry {
    /// `wordpress`, `portal`.
    pub id: String,
    pub name: String,
    /// One sentence on what it is for.
    pub summary: String,
    /// Raised when the meaning of anything here changes; scenarios pin it.
    pub version: u32,
    /// What it is used as.
    pub roles: Vec<AppRole>,
    pub auth: Vec<AuthMethod>,
    pub resources: Vec<Resource>,
    pub actions: Vec<Action>,
    pub limits: Limits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AppRole {
    Source,
    Destination,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthMethod {
    pub id: String,
    pub name: String,
    pub summary: String,
    /// JSON Schema of what a person enters; properties with `"writeOnly": true` are secrets.
    pub input: Value,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// `users`, `posts`; for a destination the entity: `user`, `post`.
    pub id: String,
    pub name: String,
    /// `user`, `post`, … : the kind of record, which a mapping may be written for.
    pub kind: String,
    #[serde(default)]
    pub summary: String,
    /// What the remote account must be allowed to, and what is hidden without it.
    #[serde(default)]
    pub needs: Vec<Need>,
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    pub capability: String,
    /// What is missing without it, as a sentence.
    pub without: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// A dotted path in the record, or the destination's field name.
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub label: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unique: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u64>,
    /// `none`, `personal`, `sensitive`, `secret`.
    #[serde(default = "not_personal")]
    pub personal: String,
}

fn not_personal() -> String {
    "none".to_owned()
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    pub id: String,
    pub name: String,
    pub summary: String,
    /// JSON Schema of a node's settings.
    pub input: Value,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Records in one request.
    pub page_max: u64,
    /// Requests at once.
    pub concurrency: u64,
    /// Requests a minute, where the remote system states a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_minute: Option<u64>,
}
