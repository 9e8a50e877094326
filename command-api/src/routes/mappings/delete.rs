use domain::ids::MappingId;
use domain::mappings::{MappingCommand, Mappings};
use domain::views::{SCENARIOS, ScenarioView};
use engine::ports::Query;
use serde_json::Value;

use crate::context::Api;
use crate::endpoint::{Answer, Caller, Done, Id, Problem, Shared, State};

/// Scenarios looked through in one step.
const STEP_ROWS: usize = 200;

/// Deletes a mapping that no scenario uses.
#[utoipa::path(
    delete,
    path = "/api/v1/mappings/{id}",
    tag = "mappings",
    operation_id = "delete_mapping",
    params(("id" = String, Path, description = "Begins with mp_")),
    responses((status = 200, body = Done))
)]
pub async fn delete(State(api): State<Shared>, caller: Caller, Id(id): Id<MappingId>) -> Answer<Done> {
    if let Some(name) = user_of(&api, &id).await? {
        return Err(Problem::conflict(
            "IN_USE",
            format!("the scenario {name} uses this mapping"),
            "choose another mapping there, or delete the scenario first",
        ));
    }
    let committed = api.execute::<Mappings>(id.as_str(), MappingCommand::Delete, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}

/// The name of a scenario whose draft or published version names the mapping.
async fn user_of(api: &Api, id: &MappingId) -> Result<Option<String>, Problem> {
    api.fresh(&SCENARIOS).await?;
    let mut cursor: Option<String> = None;
    loop {
        let query = Query { limit: STEP_ROWS, ..Query::default() };
        let page = api.page::<ScenarioView>(&SCENARIOS, query, &["users-of"], cursor.as_deref()).await?;
        let uses = |view: &ScenarioView| names(&view.draft_graph, id) || names(&view.version_graph, id);
        if let Some((_, view)) = page.rows.into_iter().find(|(_, view)| uses(view)) {
            return Ok(Some(view.name));
        }
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return Ok(None),
        }
    }
}

fn names(graph: &Value, id: &MappingId) -> bool {
    let nodes = graph.get("nodes").and_then(Value::as_array);
    nodes.into_iter().flatten().any(|node| {
        node.get("mapping").and_then(|mapping| mapping.get("id")).and_then(Value::as_str) == Some(id.as_str())
    })
}
