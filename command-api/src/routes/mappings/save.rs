use domain::ids::MappingId;
use domain::mappings::{MappingCommand, MappingCreated, Mappings};
use domain::problem::Rejection;
use domain::views::{MAPPINGS, MappingView, SCENARIOS, ScenarioView};
use engine::ports::Query;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::definitions::compile;
use crate::endpoint::{Answer, Body, Caller, Created, Done, Id, Problem, Shared, State};

/// Scenarios looked at for one that uses a mapping.
const SCENARIOS_MAX: usize = 500;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMapping {
    name: String,
    app: String,
    /// The source's resource.
    resource: String,
    /// The Portal entity it fills.
    entity: String,
    #[schema(value_type = Object)]
    definition: Value,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRevision {
    /// The revision that was edited; a stale one is refused.
    expected: u64,
    #[schema(value_type = Object)]
    definition: Value,
}

/// Saves a new mapping, if its definition can run.
#[utoipa::path(post, path = "/api/v1/mappings", tag = "mappings", request_body = NewMapping, responses((status = 201, body = Done)))]
pub async fn create(State(api): State<Shared>, caller: Caller, body: Body<NewMapping>) -> Created<Done> {
    let new = body.value;
    api.app(&new.app)?;
    let named = [("name", &new.name), ("resource", &new.resource)];
    for (field, text) in named {
        if text.trim().is_empty() || text.chars().count() > 120 || text.chars().any(char::is_control) {
            return Err(
                Problem::invalid("INVALID_NAME", "this has 1 to 120 characters", "choose another").at(field)
            );
        }
    }
    let compiled = compile(&new.definition).map_err(problems)?;
    if compiled.entity() != new.entity {
        return Err(Problem::invalid(
            "ENTITY_MISMATCH",
            format!("the definition fills {}, not {}", compiled.entity(), new.entity),
            "use one entity in both places",
        )
        .at("entity"));
    }
    let id = MappingId::new(&body.once.id(&*api.context.ids));
    let created = MappingCreated { name: new.name, app: new.app, resource: new.resource, entity: new.entity };
    let commands = vec![
        MappingCommand::Create(created),
        MappingCommand::Revise { expected: Some(0), definition: new.definition },
    ];
    let append = api.begin::<Mappings>(id.as_str(), commands, &body.once.mark(caller.meta()))?;
    let position = api.create(vec![append], &body.once).await?;
    Ok(Done::created(id.as_str(), position))
}

/// Saves a definition as the next revision. Published scenarios keep theirs until they are published again.
#[utoipa::path(
    post,
    path = "/api/v1/mappings/{id}/revisions",
    tag = "mappings",
    params(("id" = String, Path, description = "Begins with mp_")),
    request_body = NewRevision,
    responses((status = 200, body = Done))
)]
pub async fn revise(
    State(api): State<Shared>,
    caller: Caller,
    id: Id<MappingId>,
    body: Body<NewRevision>,
) -> Answer<Done> {
    api.fresh(&MAPPINGS).await?;
    let view: Option<MappingView> = api.find(&MAPPINGS, id.0.as_str()).await?;
    let view = view.ok_or_else(|| Problem::not_found("mapping"))?;
    let compiled = compile(&body.value.definition).map_err(problems)?;
    if compiled.entity() != view.entity {
        return Err(Problem::invalid(
            "ENTITY_MISMATCH",
            format!("this mapping fills {}, not {}", view.entity, compiled.entity()),
            "make another mapping for another entity",
        )
        .at("definition.entity"));
    }
    let command =
        MappingCommand::Revise { expected: Some(body.value.expected), definition: body.value.definition };
    let committed = api.execute::<Mappings>(id.0.as_str(), command, &caller).await?;
    Ok(Done::new(id.0.as_str(), committed.position, committed.changed))
}

/// Deletes a mapping that no scenario uses.
#[utoipa::path(
    delete,
    path = "/api/v1/mappings/{id}",
    tag = "mappings",
    params(("id" = String, Path, description = "Begins with mp_")),
    responses((status = 200, body = Done))
)]
pub async fn delete(State(api): State<Shared>, caller: Caller, id: Id<MappingId>) -> Answer<Done> {
    api.fresh(&SCENARIOS).await?;
    let query = Query { limit: SCENARIOS_MAX, ..Query::default() };
    let scenarios = api.page::<ScenarioView>(&SCENARIOS, query, &["scenarios"], None).await?.rows;
    let used = |graph: &Value| {
        let nodes = graph["nodes"].as_array();
        nodes.is_some_and(|nodes| nodes.iter().any(|node| node["mapping"]["id"] == id.0.as_str()))
    };
    if let Some((_, user)) = scenarios.iter().find(|(_, s)| used(&s.draft_graph) || used(&s.version_graph)) {
        return Err(Problem::conflict(
            "MAPPING_IN_USE",
            format!("the scenario {} uses this mapping", user.name),
            "choose another mapping there first",
        ));
    }
    let committed = api.execute::<Mappings>(id.0.as_str(), MappingCommand::Delete, &caller).await?;
    Ok(Done::new(id.0.as_str(), committed.position, committed.changed))
}

/// All problems of a definition; the first one is the title.
pub fn problems(all: Vec<Rejection>) -> Problem {
    let listed = all.iter().map(|problem| json!(problem)).collect();
    let first = all.into_iter().next().unwrap_or_else(|| {
        Rejection::new("INVALID_MAPPING", "the definition cannot run", "compare it with a ready-made one")
    });
    Problem::of(axum::http::StatusCode::UNPROCESSABLE_ENTITY, first).with(listed)
}
