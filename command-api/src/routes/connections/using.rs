//! Which scenarios use a connection.

use domain::ids::ConnectionId;
use domain::views::{SCENARIOS, ScenarioView};
use engine::ports::Query;
use serde_json::Value;

use crate::context::Api;
use crate::endpoint::Problem;

impl Api {
    /// Scenarios whose draft or published version names a connection, by name; of the first thousand scenarios.
    pub async fn scenarios_using(&self, connection: &ConnectionId) -> Result<Vec<ScenarioView>, Problem> {
        let by_name = Query { order_by: Some("name"), ..Query::default() };
        let mut all: Vec<ScenarioView> = self.many(&SCENARIOS, by_name).await?;
        all.retain(|view| names(&view.draft_graph, connection) || names(&view.version_graph, connection));
        Ok(all)
    }
}

/// Whether a graph has a node at this connection.
pub fn names(graph: &Value, connection: &ConnectionId) -> bool {
    let nodes = graph.get("nodes").and_then(Value::as_array);
    nodes.into_iter().flatten().any(|node| node["connection"] == connection.as_str())
}
