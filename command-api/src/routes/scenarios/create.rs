use std::collections::BTreeMap;

use domain::ids::{ConnectionId, MappingId, ScenarioId};
use domain::mapping::ReadyMade;
use domain::mappings::{MappingCommand, MappingCreated, Mappings};
use domain::scenario::graph::Graph;
use domain::scenario::{ScenarioCommand, Scenarios};
use domain::views::CONNECTIONS;
use engine::Meta;
use engine::ports::StreamAppend;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::draft::graph_problems;
use crate::context::Api;
use crate::endpoint::{Body, Caller, Created, Done, Problem, Shared, State};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewScenario {
    /// Default: the template's.
    #[serde(default)]
    name: Option<String>,
    /// Start from this template; needs a connection.
    #[serde(default)]
    template: Option<String>,
    /// The source of the template's records.
    #[serde(default)]
    connection: Option<String>,
    /// Start from this graph.
    #[serde(default)]
    #[schema(value_type = Object)]
    graph: Option<Value>,
}

/// Makes a scenario with its first draft; from a template also the mappings it needs.
#[utoipa::path(post, path = "/api/v1/scenarios", tag = "scenarios", request_body = NewScenario, responses((status = 201, body = Done)))]
pub async fn create(State(api): State<Shared>, caller: Caller, body: Body<NewScenario>) -> Created<Done> {
    let new = body.value;
    let id = ScenarioId::new(&body.once.id(&*api.context.ids));
    let meta = body.once.mark(caller.meta());
    let mut mappings = vec![];
    let (name, graph) = match (&new.template, new.graph) {
        (Some(_), Some(_)) => return Err(both()),
        (None, graph) => (new.name, graph.unwrap_or_else(|| json!({ "nodes": [], "edges": [] }))),
        (Some(template), None) => {
            let template = api.context.templates.get(template).cloned().ok_or_else(|| {
                Problem::invalid(
                    "UNKNOWN_TEMPLATE",
                    "there is no such template",
                    "list them at /api/v1/templates",
                )
                .at("template")
            })?;
            let connection = source(&api, new.connection.as_deref(), &template.app).await?;
            let mut ids = BTreeMap::new();
            for ready in template.mappings() {
                let mapping = MappingId::new(&body.once.id_for(&*api.context.ids, ready.resource));
                mappings.push(mapping_append(&api, &mapping, ready, &meta)?);
                ids.insert(ready.resource, mapping);
            }
            (Some(new.name.unwrap_or_else(|| template.name.clone())), template.graph(&connection, &ids))
        }
    };
    let name = name.map(|name| name.trim().to_owned()).unwrap_or_default();
    if name.is_empty() || name.chars().count() > 120 || name.chars().any(char::is_control) {
        return Err(
            Problem::invalid("INVALID_NAME", "a name has 1 to 120 characters", "choose another").at("name")
        );
    }
    Graph::parse(&graph).map_err(|problems| graph_problems(&problems))?;
    let commands = vec![
        ScenarioCommand::Create { name, template: new.template },
        ScenarioCommand::SaveDraft { expected: Some(0), graph },
    ];
    let mut appends = vec![api.begin::<Scenarios>(id.as_str(), commands, &meta)?];
    appends.extend(mappings);
    let position = api.create(appends, &body.once).await?;
    Ok(Done::created(id.as_str(), position))
}

async fn source(api: &Api, connection: Option<&str>, app: &str) -> Result<ConnectionId, Problem> {
    let Some(connection) = connection else {
        return Err(Problem::invalid(
            "CONNECTION_MISSING",
            "a template needs a connection to read from",
            "name one of your connections",
        )
        .at("connection"));
    };
    let id = ConnectionId::parse(connection)?;
    api.fresh(&CONNECTIONS).await?;
    let view = api.connection(&id).await?;
    if view.app != app {
        return Err(Problem::invalid(
            "WRONG_APP",
            format!("the template reads from {app}, and {} is not that", view.name),
            "choose another connection",
        )
        .at("connection"));
    }
    Ok(id)
}

fn mapping_append(
    api: &Api,
    id: &MappingId,
    ready: &ReadyMade,
    meta: &Meta,
) -> Result<StreamAppend, Problem> {
    let created = MappingCreated {
        name: ready.name.to_owned(),
        app: ready.app.to_owned(),
        resource: ready.resource.to_owned(),
        entity: ready.entity.to_owned(),
    };
    let definition = serde_json::from_str(ready.json).map_err(|error| Problem::fault(&error))?;
    let commands =
        vec![MappingCommand::Create(created), MappingCommand::Revise { expected: Some(0), definition }];
    api.begin::<Mappings>(id.as_str(), commands, meta)
}

fn both() -> Problem {
    Problem::invalid(
        "TEMPLATE_AND_GRAPH",
        "a scenario starts from a template or from a graph",
        "send one of them",
    )
    .at("graph")
}
