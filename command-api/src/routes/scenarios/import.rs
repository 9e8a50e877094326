use std::collections::BTreeMap;

use domain::ids::{ConnectionId, MappingId, ScenarioId};
use domain::mappings::{MappingCommand, MappingCreated, Mappings};
use domain::scenario::{ScenarioCommand, Scenarios};
use domain::views::{CONNECTIONS, ConnectionView};
use engine::Meta;
use engine::ports::StreamAppend;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::graph;
use super::portable::{FORMAT, FORMAT_VERSION, PortableMapping, PortableScenario, nodes};
use crate::context::Api;
use crate::definitions::compile;
use crate::endpoint::{Body, Caller, Created, Done, Problem, Shared, State};
use crate::extract::Once;
use crate::names;

/// Most mappings and connections of one file.
const NAMED_MAX: usize = 100;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportScenario {
    /// What `export` gave.
    pub document: PortableScenario,
    /// The connection here for each connection in the file. One that is not named stays if it exists here and is to the
    /// same app; otherwise it is left open for somebody to choose.
    #[serde(default)]
    pub connections: BTreeMap<String, String>,
    /// The file's name when absent.
    pub name: Option<String>,
}

/// Makes a scenario from a file, with new mappings. It is a draft: nothing runs before somebody publishes it.
#[utoipa::path(
    post,
    path = "/api/v1/scenarios/import",
    tag = "scenarios",
    operation_id = "import_scenario",
    request_body = ImportScenario,
    responses((status = 201, body = Done))
)]
pub async fn import(State(api): State<Shared>, caller: Caller, body: Body<ImportScenario>) -> Created<Done> {
    let Body { value: ImportScenario { document, connections, name }, once } = body;
    checked(&document)?;
    let name = names::checked(name.as_deref().unwrap_or(&document.name))?;
    api.fresh(&CONNECTIONS).await?;
    let chosen = chosen(&api, &document, &connections).await?;
    let meta = once.mark(caller.meta());
    let (made, mut appends) = mappings(&api, &document.mappings, &once, &meta)?;
    let mut drawn = document.graph;
    for node in nodes(&mut drawn) {
        settle(node, "connection", |id| chosen.get(id.as_str()?).map(|id| json!(id)));
        settle(node, "mapping", |mapping| made.get(mapping["id"].as_str()?).map(|id| json!({ "id": id })));
    }
    graph(&drawn)?;
    let id = ScenarioId::new(&once.id(&*api.context.ids));
    let commands = vec![
        ScenarioCommand::Create { name, template: None },
        ScenarioCommand::SaveDraft { expected: None, graph: drawn },
    ];
    appends.push(api.begin::<Scenarios>(id.as_str(), commands, &meta)?);
    let position = api.create(appends, &once).await?;
    Ok(Done::created(id.as_str(), position))
}

/// Puts what is here in the place of what the file names, or leaves the place open.
fn settle(
    node: &mut serde_json::Map<String, Value>,
    field: &str,
    here: impl FnOnce(&Value) -> Option<Value>,
) {
    if let Some(named) = node.remove(field)
        && let Some(here) = here(&named)
    {
        node.insert(field.to_owned(), here);
    }
}

fn checked(document: &PortableScenario) -> Result<(), Problem> {
    if document.format != FORMAT || document.format_version != FORMAT_VERSION {
        return Err(Problem::invalid(
            "OTHER_FORMAT",
            format!("this is not a scenario in the form {FORMAT} {FORMAT_VERSION}"),
            "use a file that `export` of this release, or of an older one, made",
        )
        .at("document.format"));
    }
    graph(&document.graph).map_err(|problem| problem.at("document.graph"))?;
    if document.connections.len() > NAMED_MAX || document.mappings.len() > NAMED_MAX {
        let detail = format!("a file names at most {NAMED_MAX} connections and {NAMED_MAX} mappings");
        return Err(Problem::invalid("TOO_MANY", detail, "split the scenario").at("document"));
    }
    Ok(())
}

/// The connection here for each one of the file.
async fn chosen(
    api: &Api,
    document: &PortableScenario,
    wanted: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, ConnectionId>, Problem> {
    let field = |there: &str| format!("connections.{}", there.chars().take(70).collect::<String>());
    if let Some(unknown) = wanted.keys().find(|there| !document.connections.contains_key(*there)) {
        let detail = "the file names no such connection";
        return Err(Problem::invalid("UNKNOWN_CONNECTION", detail, "leave it out").at(&field(unknown)));
    }
    let mut chosen = BTreeMap::new();
    for (there, described) in &document.connections {
        let named = wanted.get(there);
        let id = match (named, ConnectionId::parse(named.unwrap_or(there))) {
            (_, Ok(id)) => id,
            (Some(_), Err(rejection)) => return Err(Problem::from(rejection).at(&field(there))),
            (None, Err(_)) => continue,
        };
        let found: Option<ConnectionView> = api.find(&CONNECTIONS, id.as_str()).await?;
        match (found, named) {
            (Some(view), _) if view.app == described.app => {
                chosen.insert(there.clone(), id);
            }
            (_, None) => {}
            (Some(view), Some(_)) => {
                let app: String = described.app.chars().take(50).collect();
                let detail = format!("the file wants a connection to {app}, this one is to {}", view.app);
                return Err(Problem::invalid("OTHER_APP", detail, "choose another").at(&field(there)));
            }
            (None, Some(_)) => return Err(Problem::not_found("connection").at(&field(there))),
        }
    }
    Ok(chosen)
}

type Made = (BTreeMap<String, MappingId>, Vec<StreamAppend>);

/// New mappings for those of the file.
fn mappings(
    api: &Api,
    given: &BTreeMap<String, PortableMapping>,
    once: &Once,
    meta: &Meta,
) -> Result<Made, Problem> {
    let (mut ids, mut appends) = (BTreeMap::new(), vec![]);
    for (there, mapping) in given {
        let place = format!("document.mappings.{}", there.chars().take(70).collect::<String>());
        compile(&mapping.definition).map_err(|problems| Problem::from(problems).at(&place))?;
        let word = |text: &str, field| {
            names::checked_word(text.to_owned(), field).map_err(|problem| problem.at(&place))
        };
        let created = MappingCreated {
            name: names::checked(&mapping.name).map_err(|problem| problem.at(&place))?,
            app: word(&mapping.app, "app")?,
            resource: word(&mapping.resource, "resource")?,
            entity: word(&mapping.entity, "entity")?,
        };
        let id = MappingId::new(&once.id_for(&*api.context.ids, there));
        let definition = mapping.definition.clone();
        let commands =
            vec![MappingCommand::Create(created), MappingCommand::Revise { expected: None, definition }];
        appends.push(api.begin::<Mappings>(id.as_str(), commands, meta)?);
        ids.insert(there.clone(), id);
    }
    Ok((ids, appends))
}
