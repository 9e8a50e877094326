use chrono::{DateTime, Utc};
use domain::ids::ConnectionId;
use domain::run::RunMode;
use domain::views::{CONNECTIONS, HistoryLine, RUNS, RunView};
use engine::ports::{Order, Query};
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Id, Json, Params, ReadParams, Shared, State};

/// Lines shown.
const LINES_MAX: usize = 200;
/// Runs looked at of each scenario.
const RUNS_MAX: usize = 50;
/// Scenarios whose runs are looked at.
const SCENARIOS_MAX: usize = 50;

#[derive(Serialize, ToSchema)]
pub struct Timeline {
    /// Newest first, at most 200: the connection's newest 100 changes and tests, and the newest 50 runs of each scenario
    /// that uses it.
    pub items: Vec<TimelineLine>,
}

#[derive(Serialize, ToSchema)]
pub struct TimelineLine {
    pub at: DateTime<Utc>,
    pub kind: TimelineKind,
    pub actor: String,
    pub title: String,
    /// How a run ended: its phase.
    pub detail: Option<String>,
    /// The run, where it is one.
    pub run: Option<String>,
    /// The event's place in the log; absent for runs, which are many events.
    pub position: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TimelineKind {
    Edit,
    Health,
    Run,
}

/// What happened to and with a connection: changes, tests and runs, in one order.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}/timeline",
    tag = "connections",
    operation_id = "show_connection_timeline",
    params(("id" = String, Path, description = "Begins with cn_"), ReadParams),
    responses((status = 200, body = Timeline))
)]
pub async fn timeline(
    State(api): State<Shared>,
    Id(id): Id<ConnectionId>,
    Params(params): Params<ReadParams>,
) -> Answer<Timeline> {
    api.shown(&CONNECTIONS, params.min_position).await?;
    let view = api.connection(&id).await?;
    let mut items: Vec<TimelineLine> = view.history.into_iter().map(change).collect();
    for scenario in api.scenarios_using(&id).await?.into_iter().take(SCENARIOS_MAX) {
        let query = Query {
            equals: vec![("scenario", scenario.id.as_str().into())],
            order_by: Some("started"),
            order: Order::Descending,
            limit: RUNS_MAX,
            ..Query::default()
        };
        let runs = api.page::<RunView>(&RUNS, query, &[], None).await?;
        items.extend(runs.rows.into_iter().map(|(_, view)| run(&scenario.name, view)));
    }
    items.sort_by_key(|line| std::cmp::Reverse((line.at, line.position)));
    items.truncate(LINES_MAX);
    Ok(Json(Timeline { items }))
}

fn change(line: HistoryLine) -> TimelineLine {
    let is_test = line.event == "connection.tested";
    TimelineLine {
        at: line.at,
        kind: if is_test { TimelineKind::Health } else { TimelineKind::Edit },
        actor: line.actor,
        title: line.summary,
        detail: None,
        run: None,
        position: Some(line.position),
    }
}

fn run(scenario: &str, view: RunView) -> TimelineLine {
    let what = if view.mode == RunMode::DryRun { "Dry run of" } else { "Run of" };
    TimelineLine {
        at: view.started_at,
        kind: TimelineKind::Run,
        actor: view.actor,
        title: format!("{what} {scenario}"),
        detail: Some(view.phase.word().to_owned()),
        run: Some(view.id),
        position: None,
    }
}
