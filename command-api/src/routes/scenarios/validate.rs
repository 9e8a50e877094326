use domain::ids::ScenarioId;
use domain::scenario::check::Problem as GraphProblem;
use domain::scenario::graph::Graph;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Body, Id, Json, Shared, State};
use crate::schema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Validate {
    /// A graph that is not saved yet; the draft when absent.
    #[schema(value_type = Option<Object>)]
    pub graph: Option<Value>,
}

#[derive(Serialize, ToSchema)]
pub struct Validated {
    /// It can be published as it is.
    pub publishable: bool,
    #[schema(value_type = Vec<schema::ScenarioProblem>)]
    pub problems: Vec<GraphProblem>,
}

/// Everything that is wrong with a scenario's draft, or with a graph that is not saved yet. Changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/scenarios/{id}/validate",
    tag = "scenarios",
    operation_id = "validate_scenario",
    params(("id" = String, Path, description = "Begins with sc_")),
    request_body = Validate,
    responses((status = 200, body = Validated))
)]
pub async fn validate(
    State(api): State<Shared>,
    Id(id): Id<ScenarioId>,
    body: Body<Validate>,
) -> Answer<Validated> {
    let view = api.scenario(&id).await?;
    let problems = match Graph::parse(&body.value.graph.unwrap_or(view.draft_graph)) {
        Ok(graph) => api.check(&graph).await?,
        Err(problems) => problems,
    };
    Ok(Json(Validated { publishable: !problems.iter().any(GraphProblem::is_error), problems }))
}
