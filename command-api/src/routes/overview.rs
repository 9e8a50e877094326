//! How it goes: figures, hours, and what needs somebody.

mod attention;
mod figures;

use chrono::{DateTime, Utc};
use domain::views::{
    CONNECTIONS, ConnectionView, FAILURES, FailureView, RUNS, RunPhaseView, RunView, SCENARIOS, ScenarioView,
    TOTALS, TOTALS_KEY, TotalsView, ViewSpec, WATCHES, WatchView,
};
use engine::ports::{Order, Query};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::context::Api;
use crate::endpoint::{Answer, Area, Json, Params, Problem, Shared, State};
use attention::Attention;

/// Documents looked at of each kind.
const ROWS_MAX: usize = 1_000;

pub fn area() -> Area {
    Area::default().viewer(routes!(overview))
}

#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
pub enum Range {
    #[default]
    #[serde(rename = "24h")]
    Day,
    #[serde(rename = "7d")]
    Week,
    #[serde(rename = "30d")]
    Month,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// 24h (also when absent), 7d or 30d, up to now.
    #[param(inline)]
    pub range: Option<Range>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

#[derive(Serialize, ToSchema)]
pub struct Overview {
    /// Created or updated, in the range.
    pub records_imported: u64,
    pub records_failed: u64,
    /// Share of the records that came to an end and did not fail, 0 to 1; absent when there were none.
    pub success_rate: Option<f64>,
    /// Groups of failures that nobody has dealt with yet; `GET /failures?state=open` lists them.
    pub open_failures: u64,
    /// Records that wait for a person to say whether they arrived. They are a part of the open failures, and the newest
    /// 1,000 failures are looked through for them.
    pub undecided: u64,
    /// 95 of 100 runs took no longer, of the runs that ended in the range (of its newest 1000); absent without any.
    pub run_time_p95_ms: Option<u64>,
    /// Every hour of the range, oldest first, also those in which nothing happened. UTC.
    pub hours: Vec<Hour>,
    /// What needs somebody, worst first; at most 5.
    pub attention: Vec<Attention>,
    pub metrics: Metrics,
}

#[derive(Serialize, ToSchema)]
pub struct Hour {
    /// Its beginning.
    pub at: DateTime<Utc>,
    pub imported: u64,
    pub failed: u64,
}

/// Since the beginning of this installation.
#[derive(Serialize, ToSchema)]
pub struct Metrics {
    pub connections_established: u64,
    pub scenarios_created: u64,
    pub records_imported: u64,
    /// Share of the records that came to an end and failed, 0 to 1; absent when there were none.
    pub error_rate: Option<f64>,
    pub satisfaction: Satisfaction,
}

/// How people said that runs went; the newest answer for each run.
#[derive(Serialize, ToSchema)]
pub struct Satisfaction {
    pub good: u64,
    pub bad: u64,
}

/// How it goes.
#[utoipa::path(
    get,
    path = "/api/v1/overview",
    tag = "overview",
    operation_id = "show_overview",
    params(Asked),
    responses((status = 200, body = Overview))
)]
pub async fn overview(State(api): State<Shared>, Params(asked): Params<Asked>) -> Answer<Overview> {
    api.shown(&TOTALS, asked.min_position).await?;
    let now = api.context.clock.now();
    let hours = figures::hours(&api, now, asked.range.unwrap_or_default()).await?;
    let since = hours.first().map_or(now, |hour| hour.at);
    let newest = Query { order_by: Some("started"), order: Order::Descending, ..Query::default() };
    let runs: Vec<RunView> = api.many(&RUNS, newest).await?;
    let by_name = || Query { order_by: Some("name"), ..Query::default() };
    let connections: Vec<ConnectionView> = api.many(&CONNECTIONS, by_name()).await?;
    let scenarios: Vec<ScenarioView> = api.many(&SCENARIOS, by_name()).await?;
    let phase = RunPhaseView::AwaitingApproval.word();
    let equals = vec![("phase", phase.into())];
    let oldest = Query { equals, order_by: Some("started"), ..Query::default() };
    let waiting: Vec<RunView> = api.many(&RUNS, oldest).await?;
    let watches: Vec<WatchView> = api.many(&WATCHES, Query::default()).await?;
    let totals: TotalsView = api.find(&TOTALS, TOTALS_KEY).await?.unwrap_or_default();
    let open = Query { equals: vec![("state", "open".into())], ..Query::default() };
    let newest = Query { order_by: Some("last"), order: Order::Descending, ..open.clone() };
    let failures: Vec<FailureView> = api.many(&FAILURES, newest).await?;
    let doubted: Vec<FailureView> = failures.into_iter().filter(FailureView::is_doubted).collect();
    let in_range = figures::sum(&hours);
    let looked = attention::Looked {
        connections: &connections,
        scenarios: &scenarios,
        newest: figures::newest_of_each(&runs, &scenarios),
        waiting: &waiting,
        watches: &watches,
        doubted: &doubted,
        now,
    };
    Ok(Json(Overview {
        records_imported: in_range.imported,
        records_failed: in_range.failed,
        success_rate: in_range.success_rate(),
        open_failures: api.context.reads.count(&FAILURES, &open).await?,
        undecided: doubted.iter().map(|view| view.count).sum(),
        run_time_p95_ms: figures::run_time_p95(&runs, since),
        attention: attention::worst(&looked),
        hours: hours.into_iter().map(|h| Hour { at: h.at, imported: h.imported, failed: h.failed }).collect(),
        metrics: Metrics {
            connections_established: totals.connections_established,
            scenarios_created: totals.scenarios_created,
            records_imported: totals.records_imported,
            error_rate: totals.error_rate(),
            satisfaction: Satisfaction { good: totals.satisfied, bad: totals.dissatisfied },
        },
    }))
}

impl Api {
    /// As many documents as one query may give.
    pub async fn many<T: DeserializeOwned>(
        &self,
        view: &'static ViewSpec,
        query: Query,
    ) -> Result<Vec<T>, Problem> {
        let query = Query { limit: ROWS_MAX, ..query };
        let page = self.page::<T>(view, query, &[], None).await?;
        Ok(page.rows.into_iter().map(|(_, document)| document).collect())
    }
}
