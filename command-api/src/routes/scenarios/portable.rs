//! A scenario as a file: its draft, with everything it needs that is not this installation's own. No secret is in it,
//! because no scenario holds any.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What the file says it is.
pub const FORMAT: &str = "portal-integrations/scenario";
pub const FORMAT_VERSION: u64 = 1;

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PortableScenario {
    /// `portal-integrations/scenario`.
    pub format: String,
    /// 1.
    pub format_version: u64,
    pub name: String,
    #[schema(value_type = Object)]
    pub graph: Value,
    /// What the connections in the graph are, by the id they have there.
    #[serde(default)]
    pub connections: BTreeMap<String, PortableConnection>,
    /// The mappings in the graph, by the id they have there.
    #[serde(default)]
    pub mappings: BTreeMap<String, PortableMapping>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PortableConnection {
    pub app: String,
    pub name: String,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PortableMapping {
    pub name: String,
    pub app: String,
    pub resource: String,
    pub entity: String,
    #[schema(value_type = Object)]
    pub definition: Value,
}

/// Every node of a graph, as it is written.
pub fn nodes(graph: &mut Value) -> impl Iterator<Item = &mut serde_json::Map<String, Value>> {
    let nodes = graph.get_mut("nodes").and_then(Value::as_array_mut);
    nodes.into_iter().flatten().filter_map(Value::as_object_mut)
}
