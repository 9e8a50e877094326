use domain::ids::RunId;
use domain::run::{RunCommand, Runs};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Body, Caller, Done, Id, Problem, Shared, State};

/// Longest note, in characters.
const NOTE_CHARS_MAX: usize = 1_000;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RateRun {
    /// It went as it should.
    pub satisfied: bool,
    /// Why, in words. It is kept as it is: name nobody.
    pub note: Option<String>,
}

/// Says how a run went, once it has ended. The newest answer counts.
#[utoipa::path(
    post,
    path = "/api/v1/runs/{id}/feedback",
    tag = "runs",
    operation_id = "rate_run",
    params(("id" = String, Path, description = "Begins with rn_")),
    request_body = RateRun,
    responses((status = 200, body = Done))
)]
pub async fn feedback(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<RunId>,
    body: Body<RateRun>,
) -> Answer<Done> {
    let RateRun { satisfied, note } = body.value;
    let note = note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    let odd = |c: char| c.is_control() && c != '\n';
    if note.as_ref().is_some_and(|note| note.chars().count() > NOTE_CHARS_MAX || note.chars().any(odd)) {
        return Err(Problem::invalid(
            "INVALID_NOTE",
            format!(
                "a note has at most {NOTE_CHARS_MAX} characters, and no control characters but line breaks"
            ),
            "shorten it",
        )
        .at("note"));
    }
    let committed = api.execute::<Runs>(id.as_str(), RunCommand::Rate { satisfied, note }, &caller).await?;
    Ok(Done::new(id.as_str(), committed.position, committed.changed))
}
