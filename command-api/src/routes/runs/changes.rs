use std::collections::BTreeSet;

use domain::ids::RunId;
use domain::run::{Counts, Outcome, RunMode, UNAPPROVED_MAX, UNAPPROVED_SHARE};
use domain::scenario::graph::{Graph, NodeKind};
use domain::views::{CONNECTIONS, ConnectionView, RUNS, RunView};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::context::Api;
use crate::endpoint::{Answer, Id, Json, Params, Problem, ReadParams, Shared, State};
use crate::schema;

/// Items that Portal takes over HTTP in one call.
const BATCH_ITEMS: u64 = 500;
#[expect(clippy::cast_precision_loss, reason = "one in fifty")]
const UNAPPROVED: Unapproved = Unapproved { changes: UNAPPROVED_MAX, share: 1.0 / UNAPPROVED_SHARE as f64 };

/// What a run changes, or would: a preview's result.
#[derive(Serialize, ToSchema)]
pub struct Changes {
    pub run: String,
    /// Nothing was written; this is what would have been.
    pub preview: bool,
    #[schema(value_type = schema::Counts)]
    pub counts: Counts,
    /// What it asked approval for, if it did.
    #[schema(value_type = Option<schema::Counts>)]
    pub intended: Option<Counts>,
    /// What needs no approval.
    pub unapproved: Unapproved,
    /// Updates by Portal field, the most first; only of previews, and only where the destination can tell.
    pub fields: Vec<FieldChanges>,
    /// Why items fail or are skipped, the most first.
    pub reasons: Vec<Reason>,
    pub cost: Cost,
}

/// Runs that change at most so many records, or at most such a share of those looked at, wait for nobody.
#[derive(Serialize, ToSchema)]
pub struct Unapproved {
    pub changes: u64,
    /// 0 to 1.
    pub share: f64,
}

#[derive(Serialize, ToSchema)]
pub struct FieldChanges {
    pub field: String,
    pub count: u64,
}

#[derive(Serialize, ToSchema)]
pub struct Reason {
    #[schema(value_type = schema::Outcome)]
    pub outcome: Outcome,
    pub code: String,
    pub step: String,
    pub field: Option<String>,
    pub count: u64,
    /// The first one's id within the run, and what it said.
    pub item: String,
    pub message: String,
}

#[derive(Serialize, ToSchema)]
pub struct Cost {
    /// Pages asked of the source; none for runs over what was recorded.
    pub source_calls: u64,
    /// Calls to destinations that are reached over HTTP, at least.
    pub destination_calls: u64,
    /// How long it has taken, or has so far.
    pub seconds: f64,
}

/// What a run changes by field, and why items do not arrive, in groups.
#[utoipa::path(
    get,
    path = "/api/v1/runs/{id}/changes",
    tag = "runs",
    operation_id = "show_run_changes",
    params(("id" = String, Path, description = "Begins with rn_"), ReadParams),
    responses((status = 200, body = Changes))
)]
pub async fn changes(
    State(api): State<Shared>,
    Id(id): Id<RunId>,
    Params(params): Params<ReadParams>,
) -> Answer<Changes> {
    api.shown(&RUNS, params.min_position).await?;
    let found: Option<RunView> = api.find(&RUNS, id.as_str()).await?;
    let view = found.ok_or_else(|| Problem::not_found("run"))?;
    let cost = api.cost(&id, &view).await?;
    let mut fields: Vec<FieldChanges> =
        view.fields.into_iter().map(|(field, count)| FieldChanges { field, count }).collect();
    fields.sort_by(|a, b| b.count.cmp(&a.count).then(a.field.cmp(&b.field)));
    let mut reasons: Vec<Reason> = view
        .reasons
        .into_iter()
        .map(|reason| Reason {
            outcome: reason.outcome,
            code: reason.code,
            step: reason.step,
            field: reason.field,
            count: reason.count,
            item: reason.item,
            message: reason.message,
        })
        .collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.count));
    Ok(Json(Changes {
        run: view.id,
        preview: view.mode == RunMode::DryRun,
        counts: view.counts,
        intended: view.intended,
        unapproved: UNAPPROVED,
        fields,
        reasons,
        cost,
    }))
}

impl Api {
    async fn cost(&self, id: &RunId, view: &RunView) -> Result<Cost, Problem> {
        let started = self.run_started(id).await?;
        let pages: u64 = view.fetches.values().map(|fetch| fetch.pages).sum();
        let calls = view.counts.changes().div_ceil(BATCH_ITEMS);
        let ended = view.ended_at.unwrap_or_else(|| self.context.clock.now());
        let milliseconds = (ended - view.started_at).num_milliseconds().max(0);
        #[expect(clippy::cast_precision_loss, reason = "a run takes less than 2^52 milliseconds")]
        let seconds = milliseconds as f64 / 1_000.0;
        Ok(Cost {
            source_calls: if started.recall.is_some() { 0 } else { pages },
            destination_calls: calls * self.written_over_http(&started.graph).await?,
            seconds,
        })
    }

    /// How many connections the graph writes to that are not inside this installation.
    async fn written_over_http(&self, graph: &Value) -> Result<u64, Problem> {
        let Ok(graph) = Graph::parse(graph) else { return Ok(0) };
        let named = graph.nodes.iter().filter_map(|node| match &node.kind {
            NodeKind::Write(write) => write.connection.as_ref().map(ToString::to_string),
            _ => None,
        });
        let keys: Vec<String> = named.collect::<BTreeSet<_>>().into_iter().collect();
        let views = self.find_all::<ConnectionView>(&CONNECTIONS, &keys).await?;
        Ok(views.iter().flatten().filter(|view| view.address.starts_with("http")).count() as u64)
    }
}
