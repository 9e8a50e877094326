use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::ids::ConnectionId;
use domain::views::{UnreadView, WATCHES, WatchView};
use engine::ports::Query;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Id, Json, Listed, Problem, Shared, State};

/// A connection has no more kinds of records than this.
const RESOURCES_MAX: usize = 200;
/// Ids shown of the missing records.
const HELD_SHOWN_MAX: usize = 100;

/// One kind of records that is kept in step.
#[derive(Serialize, ToSchema)]
pub struct Watch {
    pub resource: String,
    /// When a change was heard last.
    pub heard_at: Option<DateTime<Utc>>,
    /// The last time everything was read.
    pub sweep: Option<Sweep>,
    /// A reading of everything was asked for and is not over.
    pub sweep_requested: bool,
    /// Records that are missing from the source, too many to believe it without a person.
    pub held: u64,
    /// The first of them.
    pub held_ids: Vec<String>,
    pub held_at: Option<DateTime<Utc>>,
    /// Records that the source shows in a way that cannot be read, at most a hundred. They are read again whenever
    /// everything is.
    pub unread: Vec<UnreadRecord>,
    /// By day (UTC), at most fourteen.
    pub days: BTreeMap<String, WatchDay>,
    /// Of the changes of these days, the part that nobody told of and only a sweep found, in per cent.
    pub missed_per_cent: f64,
}

#[derive(Serialize, ToSchema)]
pub struct Sweep {
    pub begun: DateTime<Utc>,
    pub ended: DateTime<Utc>,
    /// Everything was read; only then is anything taken for gone.
    pub complete: bool,
    pub seen: u64,
    /// Changes that nobody had told of.
    pub missed: u64,
    /// Records that the source showed older than they are known.
    pub stale: u64,
    pub gone: u64,
    /// Records that the source counts but does not show to this account.
    pub hidden: u64,
    /// Why it is not complete.
    pub problem: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct UnreadRecord {
    /// Its id, or its place where the id cannot be read either.
    pub id: String,
    pub code: String,
    pub message: String,
    /// When it was first noticed.
    pub since: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
pub struct WatchDay {
    pub heard: u64,
    pub missed: u64,
}

/// What of this connection is kept in step, because a published scenario begins when records change.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}/watches",
    tag = "connections",
    operation_id = "list_watches",
    params(("id" = String, Path, description = "Begins with cn_")),
    responses((status = 200, body = Listed<Watch>))
)]
pub async fn list_watches(State(api): State<Shared>, Id(id): Id<ConnectionId>) -> Answer<Listed<Watch>> {
    api.connection(&id).await?;
    api.fresh(&WATCHES).await?;
    let query = Query { key_prefix: format!("{id}."), limit: RESOURCES_MAX, ..Query::default() };
    let rows = api.context.reads.list(&WATCHES, &query).await?.rows;
    let items = rows
        .iter()
        .map(|row| serde_json::from_slice(&row.doc).map(watch).map_err(|error| Problem::fault(&error)))
        .collect::<Result<Vec<Watch>, Problem>>()?;
    let total = Some(items.len() as u64);
    Ok(Json(Listed { items, next_cursor: None, total }))
}

fn watch(view: WatchView) -> Watch {
    let (heard, missed) =
        view.days.values().fold((0, 0), |(heard, missed), day| (heard + day.heard, missed + day.missed));
    Watch {
        resource: view.resource,
        heard_at: view.heard_at,
        sweep: view.sweep.map(|sweep| Sweep {
            begun: sweep.begun,
            ended: sweep.ended,
            complete: sweep.complete,
            seen: sweep.seen,
            missed: sweep.missed,
            stale: sweep.stale,
            gone: sweep.gone,
            hidden: sweep.hidden,
            problem: sweep.problem.map(|problem| problem.message),
        }),
        sweep_requested: view.sweep_requested,
        held: view.held.len() as u64,
        held_ids: view.held.into_iter().take(HELD_SHOWN_MAX).collect(),
        held_at: view.held_at,
        unread: view.unread.into_iter().map(unread).collect(),
        days: view
            .days
            .into_iter()
            .map(|(day, counts)| (day, WatchDay { heard: counts.heard, missed: counts.missed }))
            .collect(),
        missed_per_cent: per_cent(missed, heard + missed),
    }
}

fn unread((id, UnreadView { code, message, since }): (String, UnreadView)) -> UnreadRecord {
    UnreadRecord { id, code, message, since }
}

#[expect(clippy::cast_precision_loss, reason = "counts of changes stay far below 2^52")]
fn per_cent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 1000.0).round() / 10.0 }
}
