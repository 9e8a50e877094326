use domain::ids::MappingId;
use domain::mappings::{MappingCommand, Mappings};
use domain::views::{MAPPINGS, MappingView};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::create::fits;
use crate::endpoint::{Answer, Body, Caller, Done, Id, Problem, Shared, State};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviseMapping {
    /// The revision that was edited; a stale one is refused with 409.
    pub expected: u64,
    #[schema(value_type = Object)]
    pub definition: Value,
}

/// Saves a mapping's next revision. Published scenarios go on with the revision they were published with.
#[utoipa::path(
    post,
    path = "/api/v1/mappings/{id}/revisions",
    tag = "mappings",
    operation_id = "revise_mapping",
    params(("id" = String, Path, description = "Begins with mp_")),
    request_body = ReviseMapping,
    responses((status = 200, body = Done))
)]
pub async fn revise(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<MappingId>,
    body: Body<ReviseMapping>,
) -> Answer<Done> {
    let ReviseMapping { expected, definition } = body.value;
    api.fresh(&MAPPINGS).await?;
    let found: Option<MappingView> = api.find(&MAPPINGS, id.as_str()).await?;
    let view = found.ok_or_else(|| Problem::not_found("mapping"))?;
    fits(&definition, &view.entity)?;
    let command = MappingCommand::Revise { expected: Some(expected), definition };
    let committed = api.execute::<Mappings>(id.as_str(), command, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
