use chrono::{DateTime, NaiveDate, Utc};
use domain::failure::FailureState;
use domain::views::FailureView;
use serde::Serialize;
use utoipa::ToSchema;

use crate::schema;

#[derive(Serialize, ToSchema)]
pub struct Failure {
    pub id: String,
    pub scenario: String,
    pub code: String,
    /// The node where it happens.
    pub step: String,
    pub field: Option<String>,
    /// Of the newest example.
    pub message: String,
    pub remedy: Option<String>,
    /// The fetch itself fails, not single records: there is nothing to retry but the whole run.
    pub fetch: bool,
    #[schema(value_type = schema::FailureState)]
    pub state: FailureState,
    /// Items that fail for this at present.
    pub count: u64,
    /// How many of them wait for a person to say whether they arrived; a retry sends none of these. Each is listed by
    /// the run it failed in last: `/runs/{id}/undecided`.
    pub undecided: u64,
    /// Times it has happened.
    pub total: u64,
    /// How often on the newest days on which it happened, the oldest first: at most 14, without the days on which it
    /// did not. Days are UTC's.
    pub days: Vec<FailureDay>,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    /// When its state was last changed, and by whom: a person, or a run.
    pub moved_at: DateTime<Utc>,
    pub moved_by: String,
    pub note: String,
    /// It was resolved once and came back.
    pub came_back: bool,
    /// The newest one.
    pub example: Example,
}

#[derive(Serialize, ToSchema)]
pub struct FailureDay {
    pub date: NaiveDate,
    pub count: u64,
}

#[derive(Serialize, ToSchema)]
pub struct Example {
    pub run: String,
    /// The item's id within the run; absent when the fetch itself failed.
    pub item: Option<String>,
}

impl From<FailureView> for Failure {
    fn from(view: FailureView) -> Self {
        Self {
            undecided: if view.is_doubted() { view.count } else { 0 },
            id: view.id,
            scenario: view.scenario,
            code: view.code,
            step: view.step,
            field: view.field,
            message: view.message,
            remedy: view.remedy,
            fetch: view.fetch,
            state: view.state,
            count: view.count,
            total: view.total,
            days: view.days.into_iter().map(|day| FailureDay { date: day.date, count: day.count }).collect(),
            first_at: view.first_at,
            last_at: view.last_at,
            moved_at: view.moved_at,
            moved_by: view.moved_by,
            note: view.note,
            came_back: view.came_back,
            example: Example { run: view.run, item: Some(view.item).filter(|item| !item.is_empty()) },
        }
    }
}
