//! What is imported by what: a ready-made mapping and a small scenario for each resource, made once and found again.

use app_portal::EMBEDDED_CONNECTION;
use domain::mapping::{READY_MADE, ReadyMade};
use serde_json::{Value, json};

use crate::client::Api;
use crate::commands::scenarios;
use crate::exit;

/// In the order in which they refer to each other: posts have authors and categories, comments have posts.
pub const RESOURCES: [&str; 7] = ["users", "categories", "tags", "media", "posts", "pages", "comments"];
pub const USUAL: [&str; 2] = ["users", "posts"];

pub struct Request<'a> {
    pub resources: &'a [String],
    pub dry_run: bool,
    pub limit: Option<u64>,
}

pub fn in_order(wanted: &[String]) -> impl Iterator<Item = &'static str> + use<'_> {
    RESOURCES.into_iter().filter(|resource| wanted.iter().any(|wanted| wanted == resource))
}

/// The published scenario that imports this resource over this connection.
pub async fn scenario(api: &Api, connection: &Value, resource: &'static str) -> anyhow::Result<String> {
    let ready = READY_MADE
        .iter()
        .find(|ready| ready.resource == resource)
        .ok_or_else(|| exit::ending(exit::USAGE, format!("there is no mapping for {resource}")))?;
    let source = id_of(connection)?;
    let begins = format!("Import {resource} from ");
    let site = api.show("connections", &source).await?;
    let name = format!("{begins}{}", site["name"].as_str().unwrap_or(&source));
    let known = known(api, &begins, &source).await?;
    let scenario = if let Some(scenario) = known {
        scenario
    } else {
        let mapping = mapping(api, ready).await?;
        let graph = graph(&source, ready, &mapping);
        api.create("scenarios", &json!({ "name": name, "graph": graph })).await?
    };
    let id = id_of(&scenario)?;
    if scenario["version"].as_u64().unwrap_or(0) == 0 {
        scenarios::publish(api, &id, "made by import").await?;
    }
    Ok(id)
}

/// The scenario that was made for this connection. Two sites may have one name, so what a scenario reads tells them apart.
async fn known(api: &Api, begins: &str, source: &str) -> anyhow::Result<Option<Value>> {
    for listed in api.list("scenarios").await? {
        if !listed["name"].as_str().is_some_and(|name| name.starts_with(begins)) {
            continue;
        }
        let scenario = api.show("scenarios", &id_of(&listed)?).await?;
        let nodes = scenario["draft_graph"]["nodes"].as_array().map_or(&[][..], Vec::as_slice);
        if nodes.iter().any(|node| node["kind"] == "fetch" && node["connection"] == source) {
            return Ok(Some(scenario));
        }
    }
    Ok(None)
}

async fn mapping(api: &Api, ready: &ReadyMade) -> anyhow::Result<String> {
    let known = api.list("mappings").await?.into_iter().find(|mapping| mapping["name"] == ready.name);
    if let Some(known) = known {
        return id_of(&known);
    }
    let definition: Value = serde_json::from_str(ready.json)?;
    let body = json!({
        "name": ready.name,
        "app": ready.app,
        "resource": ready.resource,
        "entity": ready.entity,
        "definition": definition,
    });
    id_of(&api.create("mappings", &body).await?)
}

fn graph(source: &str, ready: &ReadyMade, mapping: &str) -> Value {
    json!({
        "nodes": [
            { "id": "start", "name": "Start", "kind": "trigger", "on": "manual" },
            { "id": "fetch", "name": "Fetch", "kind": "fetch", "connection": source, "resource": ready.resource },
            { "id": "map", "name": "Map", "kind": "map", "mapping": { "id": mapping } },
            {
                "id": "write", "name": "Write", "kind": "write",
                "connection": EMBEDDED_CONNECTION, "entity": ready.entity,
            },
        ],
        "edges": [
            { "from": "start", "to": "fetch" },
            { "from": "fetch", "to": "map" },
            { "from": "map", "to": "write" },
        ],
    })
}

fn id_of(thing: &Value) -> anyhow::Result<String> {
    let id = thing["id"].as_str().map(str::to_owned);
    id.ok_or_else(|| {
        exit::ending(exit::FAILED, "the API's answer has no id; are server and command of one version?")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resource_has_its_mapping_and_the_graph_is_one() {
        for resource in RESOURCES {
            let ready = READY_MADE.iter().find(|ready| ready.resource == resource).unwrap();
            let graph = graph("cn_a", ready, "mp_a");
            assert!(domain::scenario::graph::Graph::parse(&graph).is_ok());
        }
        let wanted = ["posts".to_owned(), "users".to_owned()];
        assert_eq!(in_order(&wanted).collect::<Vec<_>>(), ["users", "posts"]);
    }
}
