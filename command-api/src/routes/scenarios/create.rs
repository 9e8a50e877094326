use std::collections::BTreeMap;

use domain::ids::{ConnectionId, MappingId, ScenarioId};
use domain::mapping::Definition;
use domain::mappings::{MappingCommand, MappingCreated, Mappings};
use domain::scenario::{ScenarioCommand, Scenarios};
use engine::Meta;
use engine::ports::StreamAppend;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::graph;
use crate::context::Api;
use crate::endpoint::{Body, Caller, Created, Done, Problem, Shared, State};
use crate::extract::Once;
use crate::names;
use crate::templates::Template;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateScenario {
    /// The template's name when absent.
    pub name: Option<String>,
    /// Start from one of `/api/v1/templates`; its mappings are made along with it.
    pub template: Option<String>,
    /// The connection that the template reads from.
    pub connection: Option<String>,
    /// Start from this graph instead.
    #[schema(value_type = Option<Object>)]
    pub graph: Option<Value>,
}

/// Makes a scenario: empty, from a graph, or from a template with everything it needs. All of it or nothing.
#[utoipa::path(
    post,
    path = "/api/v1/scenarios",
    tag = "scenarios",
    operation_id = "create_scenario",
    request_body = CreateScenario,
    responses((status = 201, body = Done))
)]
pub async fn create(State(api): State<Shared>, caller: Caller, body: Body<CreateScenario>) -> Created<Done> {
    let Body { value: wanted, once } = body;
    let name = name(&api, &wanted)?;
    let meta = once.mark(caller.meta());
    let id = ScenarioId::new(&once.id(&*api.context.ids));
    let (draft, mut appends) = match (&wanted.template, wanted.graph) {
        (Some(_), Some(_)) => {
            return Err(Problem::invalid(
                "TEMPLATE_OR_GRAPH",
                "a scenario starts from a template or from a graph, not from both",
                "leave one of them out",
            ));
        }
        (Some(template), None) => {
            let (graph, mappings) = from_template(&api, template, wanted.connection, &once, &meta).await?;
            (Some(graph), mappings)
        }
        (None, given) => (given, vec![]),
    };
    let mut commands = vec![ScenarioCommand::Create { name, template: wanted.template }];
    if let Some(document) = draft {
        graph(&document)?;
        commands.push(ScenarioCommand::SaveDraft { expected: None, graph: document });
    }
    appends.push(api.begin::<Scenarios>(id.as_str(), commands, &meta)?);
    let position = api.create(appends, &once).await?;
    Ok(Done::created(id.as_str(), position))
}

fn name(api: &Api, wanted: &CreateScenario) -> Result<String, Problem> {
    let template = wanted.template.as_deref().and_then(|id| api.context.templates.get(id));
    let named = wanted.name.as_deref().or(template.map(|template| &*template.name));
    names::checked(named.unwrap_or_default())
}

/// The template's graph for a connection, and the mappings that it needs.
async fn from_template(
    api: &Api,
    template: &str,
    connection: Option<String>,
    once: &Once,
    meta: &Meta,
) -> Result<(Value, Vec<StreamAppend>), Problem> {
    let template = api.context.templates.get(template).ok_or_else(|| {
        Problem::invalid("UNKNOWN_TEMPLATE", "there is no such template", "use one of /api/v1/templates")
            .at("template")
    })?;
    let connection = connection_of(api, template, connection).await?;
    let mut ids: BTreeMap<&str, MappingId> = BTreeMap::new();
    let mut appends = vec![];
    for ready in template.mappings() {
        let id = MappingId::new(&once.id_for(&*api.context.ids, ready.resource));
        let definition = json!(Definition::parse(ready.json.as_bytes())?);
        let created = MappingCreated {
            name: ready.name.to_owned(),
            app: ready.app.to_owned(),
            resource: ready.resource.to_owned(),
            entity: ready.entity.to_owned(),
        };
        let commands =
            vec![MappingCommand::Create(created), MappingCommand::Revise { expected: None, definition }];
        appends.push(api.begin::<Mappings>(id.as_str(), commands, meta)?);
        ids.insert(ready.resource, id);
    }
    Ok((template.graph(&connection, &ids), appends))
}

async fn connection_of(
    api: &Api,
    template: &Template,
    connection: Option<String>,
) -> Result<ConnectionId, Problem> {
    let text = connection.ok_or_else(|| {
        Problem::invalid("REQUIRED", "the template needs a connection to read from", "name one")
            .at("connection")
    })?;
    let id = ConnectionId::parse(&text).map_err(|rejection| Problem::from(rejection).at("connection"))?;
    let view = api.connection(&id).await.map_err(|problem| problem.at("connection"))?;
    if view.app == template.app {
        return Ok(id);
    }
    let detail = format!("the template reads from {}, the connection is to {}", template.app, view.app);
    Err(Problem::invalid("OTHER_APP", detail, "choose another connection").at("connection"))
}
