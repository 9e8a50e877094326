use std::collections::BTreeMap;

use axum::http::header;
use axum::response::IntoResponse;
use domain::ids::{MappingId, ScenarioId};
use domain::scenario::graph::NodeKind;
use domain::views::{CONNECTIONS, ConnectionView, MAPPINGS, MappingView};

use super::graph;
use super::portable::{FORMAT, FORMAT_VERSION, PortableConnection, PortableMapping, PortableScenario};
use crate::context::Api;
use crate::endpoint::{Id, Json, Problem, Shared, State};

/// A scenario's draft as a file, with the mappings it uses and the names of its connections. It holds no secrets.
#[utoipa::path(
    get,
    path = "/api/v1/scenarios/{id}/export",
    tag = "scenarios",
    operation_id = "export_scenario",
    params(("id" = String, Path, description = "Begins with sc_")),
    responses((status = 200, body = PortableScenario))
)]
pub async fn export(State(api): State<Shared>, Id(id): Id<ScenarioId>) -> Result<impl IntoResponse, Problem> {
    let view = api.scenario(&id).await?;
    let document = if view.draft > 0 { view.draft_graph } else { view.version_graph };
    let mut portable = PortableScenario {
        format: FORMAT.to_owned(),
        format_version: FORMAT_VERSION,
        name: view.name,
        graph: document,
        connections: BTreeMap::new(),
        mappings: BTreeMap::new(),
    };
    if portable.graph.is_object() {
        for node in graph(&portable.graph)?.nodes {
            gather(&api, node.kind, &mut portable).await?;
        }
    }
    let disposition = format!("attachment; filename=\"scenario-{id}.json\"");
    Ok(([(header::CONTENT_DISPOSITION, disposition)], Json(portable)))
}

/// Takes along what a node names.
async fn gather(api: &Api, kind: NodeKind, portable: &mut PortableScenario) -> Result<(), Problem> {
    let connection = match kind {
        NodeKind::Fetch(fetch) => fetch.connection,
        NodeKind::Write(write) => write.connection,
        NodeKind::Map { mapping: Some(mapping) } => {
            if let Some(found) = mapping_at(api, &mapping.id, mapping.revision).await? {
                portable.mappings.insert(mapping.id.to_string(), found);
            }
            None
        }
        _ => None,
    };
    let Some(id) = connection else { return Ok(()) };
    let found: Option<ConnectionView> = api.find(&CONNECTIONS, id.as_str()).await?;
    if let Some(ConnectionView { app, name, .. }) = found {
        portable.connections.insert(id.to_string(), PortableConnection { app, name });
    }
    Ok(())
}

async fn mapping_at(
    api: &Api,
    id: &MappingId,
    revision: Option<u64>,
) -> Result<Option<PortableMapping>, Problem> {
    let found: Option<MappingView> = api.find(&MAPPINGS, id.as_str()).await?;
    let Some(MappingView { name, app, resource, entity, definition, .. }) = found else { return Ok(None) };
    let definition = match revision {
        Some(revision) => api.definition(id, revision).await?.unwrap_or(definition),
        None => definition,
    };
    Ok(Some(PortableMapping { name, app, resource, entity, definition }))
}
