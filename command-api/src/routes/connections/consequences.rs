use domain::ids::ConnectionId;
use domain::run::RunMode;
use domain::views::{CONNECTIONS, RECORDS, RUNS, RunView, ViewSpec};
use engine::ports::{Order, Query};
use serde::Serialize;
use utoipa::ToSchema;

use super::using::names;
use crate::context::Api;
use crate::endpoint::{Answer, Id, Json, Params, Problem, ReadParams, Shared, State};

/// What deleting a connection would do.
#[derive(Serialize, ToSchema)]
pub struct Consequences {
    /// They cannot run any more.
    pub scenarios: Vec<ScenarioStopped>,
    /// Runs that go on at present and would fail.
    pub running: u64,
    /// Records of this source that we know. They stay, and what Portal has of them stays too.
    pub records: u64,
    /// The name has to be typed before it may be deleted: there are records.
    pub type_the_name: bool,
}

#[derive(Serialize, ToSchema)]
pub struct ScenarioStopped {
    pub id: String,
    pub name: String,
    /// Its published version, and not only its draft, uses the connection, and it is on.
    pub live: bool,
}

/// Counts what deleting a connection would stop, and what stays.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}/consequences",
    tag = "connections",
    operation_id = "show_deletion_consequences",
    params(("id" = String, Path, description = "Begins with cn_"), ReadParams),
    responses((status = 200, body = Consequences))
)]
pub async fn consequences(
    State(api): State<Shared>,
    Id(id): Id<ConnectionId>,
    Params(params): Params<ReadParams>,
) -> Answer<Consequences> {
    api.shown(&CONNECTIONS, params.min_position).await?;
    api.connection(&id).await?;
    let using = api.scenarios_using(&id).await?;
    let records = api.known_records(&RECORDS, format!("{id}.")).await?;
    let mut running = 0;
    for phase in ["running", "paused", "cancelling"] {
        let equals = vec![("phase", phase.into())];
        let query = Query { equals, order_by: Some("started"), order: Order::Descending, ..Query::default() };
        let runs: Vec<RunView> = api.many(&RUNS, query).await?;
        let ours = |run: &&RunView| using.iter().any(|scenario| scenario.id == run.scenario);
        running += runs.iter().filter(ours).filter(|run| run.mode == RunMode::Apply).count() as u64;
    }
    let stopped = |view: domain::views::ScenarioView| ScenarioStopped {
        live: !view.off && names(&view.version_graph, &id),
        id: view.id,
        name: view.name,
    };
    let scenarios = using.into_iter().map(stopped).collect();
    Ok(Json(Consequences { scenarios, running, records, type_the_name: records > 0 }))
}

impl Api {
    /// How many rows have keys that begin so.
    pub async fn known_records(&self, view: &'static ViewSpec, key_prefix: String) -> Result<u64, Problem> {
        Ok(self.context.reads.count(view, &Query { key_prefix, ..Query::default() }).await?)
    }
}
