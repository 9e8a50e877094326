use domain::failure::{FailureCommand, FailureState, Failures};
use domain::ids::FailureId;
use domain::views::{FAILURES, FailureView};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Body, Caller, Done, Id, Problem, Shared, State};
use crate::schema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetFailureState {
    #[schema(value_type = schema::FailureState)]
    pub state: FailureState,
    /// Why, for whoever looks at it next.
    #[serde(default)]
    pub note: String,
}

/// Says what is to be thought of a failure. A resolved one opens again when it comes back; an ignored one does not.
#[utoipa::path(
    post,
    path = "/api/v1/failures/{id}/state",
    tag = "failures",
    operation_id = "set_failure_state",
    params(("id" = String, Path, description = "Begins with fl_")),
    request_body = SetFailureState,
    responses((status = 200, body = Done))
)]
pub async fn set_state(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<FailureId>,
    body: Body<SetFailureState>,
) -> Answer<Done> {
    api.fresh(&FAILURES).await?;
    let found: Option<FailureView> = api.find(&FAILURES, id.as_str()).await?;
    let view = found.ok_or_else(|| Problem::not_found("failure"))?;
    let SetFailureState { state, note } = body.value;
    let command = FailureCommand::Move { from: view.state, to: state, note };
    let committed = api.execute::<Failures>(id.as_str(), command, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
