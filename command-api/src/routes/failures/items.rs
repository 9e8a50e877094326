use chrono::{DateTime, Utc};
use domain::ids::FailureId;
use domain::record::RecordKey;
use domain::views::{FAILURES, FailingItem, FailureView, failing_prefix};
use engine::ports::{PageCursor, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::cursor;
use crate::endpoint::{Answer, Id, Json, Listed, Params, Problem, Shared, State};
use crate::extract::limit;

/// Rows looked at for one page; a page may be short and still have a next one.
const LOOKED_AT_MAX: usize = 10_000;
/// Rows read in one step.
const STEP_ROWS: usize = 500;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Rows of a page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// Something that fails at present.
#[derive(Serialize, ToSchema)]
pub struct Failing {
    /// The run it failed in last, and its id there.
    pub run: String,
    pub item: String,
    pub connection: String,
    pub resource: String,
    /// The record's id in its source.
    pub record: String,
    /// Absent when the record could not be read.
    pub revision: Option<u64>,
    pub at: DateTime<Utc>,
}

/// The items that fail for this reason at present.
#[utoipa::path(
    get,
    path = "/api/v1/failures/{id}/items",
    tag = "failures",
    operation_id = "list_failure_items",
    params(("id" = String, Path, description = "Begins with fl_"), Page),
    responses((status = 200, body = Listed<Failing>))
)]
pub async fn items(
    State(api): State<Shared>,
    Id(id): Id<FailureId>,
    Params(page): Params<Page>,
) -> Answer<Listed<Failing>> {
    api.shown(&FAILURES, page.min_position).await?;
    let found: Option<FailureView> = api.find(&FAILURES, id.as_str()).await?;
    let failure = found.ok_or_else(|| Problem::not_found("failure"))?;
    let list = ["failure-items", id.as_str()];
    let limit = limit(page.limit)?;
    let mut query =
        Query { key_prefix: failing_prefix(&failure.scenario), limit: STEP_ROWS, ..Query::default() };
    let after = page.cursor.as_deref().map(|after| cursor::read::<String>(&list, after)).transpose()?;
    query.after = after.map(|key| PageCursor { value: None, key });
    let mut items = vec![];
    let mut looked_at = 0;
    let mut next = None;
    'rows: while looked_at < LOOKED_AT_MAX {
        let rows = api.context.reads.list(&FAILURES, &query).await?;
        for row in &rows.rows {
            let failing: FailingItem =
                serde_json::from_slice(&row.doc).map_err(|error| Problem::fault(&error))?;
            if failing.groups.iter().any(|group| group == id.as_str()) {
                if items.len() == limit {
                    break 'rows;
                }
                items.extend(shown(failing));
            }
            looked_at += 1;
            next = Some(row.key.clone());
        }
        let Some(after) = rows.next else {
            next = None;
            break;
        };
        query.after = Some(after);
    }
    let next_cursor = next.map(|key| cursor::write(&list, &key));
    let total = (!failure.fetch).then_some(failure.count);
    Ok(Json(Listed { items, next_cursor, total }))
}

fn shown(failing: FailingItem) -> Option<Failing> {
    let key = RecordKey::parse(failing.record.as_deref()?)?;
    Some(Failing {
        run: failing.run,
        item: failing.item,
        connection: key.connection.to_string(),
        resource: key.resource,
        record: key.id,
        revision: failing.revision,
        at: failing.at,
    })
}
