use domain::erasure::{ErasureCommand, ErasureState, Erasures};
use domain::ids::ErasureId;
use engine::StreamName;
use engine::history::{Folded, catch_up};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Body, Caller, Done, Id, Problem, Shared, State};
use crate::erasing;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiftErasure {
    /// Why; it stays in the log, so it must not name the person.
    pub reason: String,
}

/// Lets an erased person come back with the next import. What was erased stays erased.
#[utoipa::path(
    post,
    path = "/api/v1/erasures/{id}/lift",
    tag = "erasures",
    operation_id = "lift_erasure",
    params(("id" = String, Path, description = "Begins with er_")),
    request_body = LiftErasure,
    responses((status = 200, body = Done))
)]
pub async fn lift(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<ErasureId>,
    body: Body<LiftErasure>,
) -> Answer<Done> {
    let reason = super::reason(&body.value.reason)?;
    let committed = api.execute::<Erasures>(id.as_str(), ErasureCommand::Lift { reason }, &caller).await?;
    let mut folded = Folded::<ErasureState>::default();
    let stream = StreamName::new("erasure", &id);
    catch_up::<Erasures>(&*api.context.executor.store, &stream, &mut folded).await?;
    if let Some(requested) = folded.state.requested {
        api.context.vault.lift(&requested.subjects, &requested.identities).await?;
        let again = erasing::expect_again(&api.context, &requested, &caller.meta()).await;
        again.map_err(|error| Problem::fault(&*error))?;
    }
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
