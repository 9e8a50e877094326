use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::ids::ConnectionId;
use domain::views::{DayView, UnreadView, WATCHES, WatchView};
use engine::ports::Query;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Answer, Id, Json, Listed, Problem, Shared, State};

/// A connection has no more kinds of records than this.
const RESOURCES_MAX: usize = 200;
/// Ids shown of the missing records.
const HELD_SHOWN_MAX: usize = 100;
const DAYS_OF_A_WEEK: u64 = 7;

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
    /// By day (UTC), the last fourteen on which anything changed.
    pub days: BTreeMap<String, WatchDay>,
    /// The last seven days (UTC), today among them.
    pub week: WatchDay,
    /// Of the changes of these seven days, the part that nobody told of and only a sweep found, in per cent.
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

#[derive(Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct WatchDay {
    /// Changes that the source told of when it was asked.
    pub heard: u64,
    /// Changes that nobody told of, found by reading everything.
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
    let today = api.context.clock.now().date_naive();
    let items = rows
        .iter()
        .map(|row| serde_json::from_slice(&row.doc).map_err(|error| Problem::fault(&error)))
        .map(|view| view.map(|view| watch(view, today)))
        .collect::<Result<Vec<Watch>, Problem>>()?;
    let total = Some(items.len() as u64);
    Ok(Json(Listed { items, next_cursor: None, total }))
}

fn watch(view: WatchView, today: NaiveDate) -> Watch {
    let week = week(&view.days, today);
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
        missed_per_cent: per_cent(week.missed, week.heard + week.missed),
        week,
    }
}

/// A quiet resource remembers days of long ago, which say nothing about how it is kept in step now.
fn week(days: &BTreeMap<String, DayView>, today: NaiveDate) -> WatchDay {
    let first = (today - Days::new(DAYS_OF_A_WEEK - 1)).to_string();
    days.range(first..).fold(WatchDay::default(), |week, (_, day)| WatchDay {
        heard: week.heard + day.heard,
        missed: week.missed + day.missed,
    })
}

fn unread((id, UnreadView { code, message, since }): (String, UnreadView)) -> UnreadRecord {
    UnreadRecord { id, code, message, since }
}

#[expect(clippy::cast_precision_loss, reason = "counts of changes stay far below 2^52")]
fn per_cent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 1000.0).round() / 10.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_today_and_the_six_days_before_it() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a date");
        let day = |missed| DayView { heard: 10, missed };
        let days = BTreeMap::from([
            ("2025-12-31".to_owned(), day(1_000)),
            ("2026-02-23".to_owned(), day(100)),
            ("2026-02-24".to_owned(), day(2)),
            ("2026-03-02".to_owned(), day(1)),
        ]);
        assert_eq!(week(&days, today), WatchDay { heard: 20, missed: 3 });
        assert_eq!(week(&BTreeMap::new(), today), WatchDay::default());
    }
}
