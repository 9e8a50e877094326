use domain::ids::MappingId;
use domain::mapping::portal_fields;
use domain::mappings::{MappingCommand, MappingCreated, Mappings};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::definitions::compile;
use crate::endpoint::{Body, Caller, Created, Done, Problem, Shared, State};
use crate::names;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateMapping {
    pub name: String,
    pub app: String,
    /// The source's kind of record: `users`, `posts`.
    pub resource: String,
    /// What it fills in Portal: `user`, `post`, …
    pub entity: String,
    /// The first revision.
    #[schema(value_type = Option<Object>)]
    pub definition: Option<Value>,
}

/// Makes a mapping. A definition that does not compile is refused with everything that is wrong with it.
#[utoipa::path(
    post,
    path = "/api/v1/mappings",
    tag = "mappings",
    operation_id = "create_mapping",
    request_body = CreateMapping,
    responses((status = 201, body = Done))
)]
pub async fn create(State(api): State<Shared>, caller: Caller, body: Body<CreateMapping>) -> Created<Done> {
    let CreateMapping { name, app, resource, entity, definition } = body.value;
    api.app(&app)?;
    let name = names::checked(&name)?;
    let resource = names::checked_word(resource, "resource")?;
    if portal_fields(&entity).is_none() {
        return Err(Problem::invalid(
            "UNKNOWN_ENTITY",
            "Portal has no such entity",
            "choose one of Portal's",
        )
        .at("entity"));
    }
    let mut commands =
        vec![MappingCommand::Create(MappingCreated { name, app, resource, entity: entity.clone() })];
    if let Some(definition) = definition {
        fits(&definition, &entity)?;
        commands.push(MappingCommand::Revise { expected: None, definition });
    }
    let id = MappingId::new(&body.once.id(&*api.context.ids));
    let first = api.begin::<Mappings>(id.as_str(), commands, &body.once.mark(caller.meta()))?;
    let position = api.create(vec![first], &body.once).await?;
    Ok(Done::created(id.as_str(), position))
}

/// A definition that compiles, for the entity that the mapping is for.
pub fn fits(definition: &Value, entity: &str) -> Result<(), Problem> {
    let compiled = compile(definition)?;
    if compiled.entity() == entity {
        return Ok(());
    }
    let detail = format!("the definition fills a {}, the mapping a {entity}", compiled.entity());
    Err(Problem::invalid("OTHER_ENTITY", detail, "make another mapping for it").at("definition.entity"))
}
