//! Scenarios to start from, as data in `schemas/scenarios/`: a graph in which `{connection}` stands for the source's
//! connection and `{mapping:…}` for a mapping that is made along with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::ids::{ConnectionId, MappingId};
use domain::mapping::{READY_MADE, ReadyMade};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// The connection of the Portal inside this installation, which templates write to.
pub const PORTAL_CONNECTION: &str = "cn_portal";

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScenarioTemplate)]
pub struct Template {
    /// `import-users`.
    pub id: String,
    pub name: String,
    /// One sentence on what it does.
    pub summary: String,
    /// The app that it reads from.
    pub app: String,
    /// The resources of that app whose ready-made mapping it uses.
    pub resources: Vec<String>,
    #[schema(value_type = Object)]
    pub graph: Value,
}

/// The templates of this installation.
#[derive(Clone, Debug, Default)]
pub struct Templates(Arc<Vec<Template>>);

impl Templates {
    pub fn new(templates: Vec<Template>) -> Self {
        Self(Arc::new(templates))
    }

    /// Those that come with the product.
    pub fn built_in() -> Self {
        let texts = [
            include_str!("../../schemas/scenarios/import-users.json"),
            include_str!("../../schemas/scenarios/import-posts.json"),
            include_str!("../../schemas/scenarios/import-site.json"),
            include_str!("../../schemas/scenarios/keep-site-in-step.json"),
        ];
        let read = |text| serde_json::from_str(text).expect("the committed templates are read by a test");
        Self::new(texts.into_iter().map(read).collect())
    }

    pub fn all(&self) -> &[Template] {
        &self.0
    }

    pub fn get(&self, id: &str) -> Option<&Template> {
        self.0.iter().find(|template| template.id == id)
    }
}

impl Template {
    /// The ready-made mappings that it needs.
    pub fn mappings(&self) -> impl Iterator<Item = &'static ReadyMade> {
        READY_MADE.iter().filter(|ready| {
            ready.app == self.app && self.resources.iter().any(|resource| resource == ready.resource)
        })
    }

    /// The graph for one connection, with the mappings made for it, by resource.
    pub fn graph(&self, connection: &ConnectionId, mappings: &BTreeMap<&str, MappingId>) -> Value {
        fill(&self.graph, connection, mappings)
    }
}

fn fill(value: &Value, connection: &ConnectionId, mappings: &BTreeMap<&str, MappingId>) -> Value {
    match value {
        Value::String(text) if text == "{connection}" => json!(connection),
        Value::String(text) => {
            let named = text.strip_prefix("{mapping:").and_then(|rest| rest.strip_suffix('}'));
            match named.and_then(|resource| mappings.get(resource)) {
                Some(id) => json!({ "id": id }),
                None => value.clone(),
            }
        }
        Value::Array(items) => items.iter().map(|item| fill(item, connection, mappings)).collect(),
        Value::Object(entries) => {
            let filled = |(key, value): (&String, &Value)| (key.clone(), fill(value, connection, mappings));
            Value::Object(entries.iter().map(filled).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::scenario::graph::Graph;
    use domain::scenario::plan::Plan;

    #[test]
    fn every_template_becomes_a_graph_that_can_be_planned() {
        for template in Templates::built_in().all() {
            let ids: BTreeMap<&str, MappingId> =
                template.mappings().map(|ready| (ready.resource, MappingId::new(ready.resource))).collect();
            assert_eq!(ids.len(), template.resources.len(), "{}", template.id);
            let graph = template.graph(&ConnectionId::new("wp"), &ids);
            assert!(!graph.to_string().contains("{mapping:"), "{}", template.id);
            let plan = Plan::from(&Graph::parse(&graph).unwrap()).unwrap();
            assert_eq!(plan.fetches.len(), template.resources.len());
        }
    }
}
