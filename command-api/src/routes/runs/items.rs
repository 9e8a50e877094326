use domain::ids::RunId;
use domain::run::Outcome;
use domain::views::{RUN_CHUNKS, RUNS, RunChunkView, RunView, chunk_key};
use engine::ports::{Order, PageCursor, Query};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::item::{Item, count, item, outcome};
use crate::context::Api;
use crate::cursor;
use crate::endpoint::{Answer, Id, Json, Listed, Params, Problem, Shared, State};
use crate::extract::limit;
use crate::schema;

/// Chunks looked through for one page; a page may be short and still have a next one.
const CHUNKS_MAX: usize = 100;
/// Chunks read in one step.
const STEP_CHUNKS: usize = 10;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    #[param(value_type = Option<schema::Outcome>)]
    pub outcome: Option<Outcome>,
    /// Rows of a page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// Where a page begins: after a chunk, and at a place in the next one.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    /// Chunk to go on after.
    after: Option<u64>,
    /// In how many failures that chunk had, when failures are asked for.
    failed: Option<i64>,
    index: usize,
}

/// Items of a run in the order in which they ended. Failed ones come from the chunks with the most failures first.
#[utoipa::path(
    get,
    path = "/api/v1/runs/{id}/items",
    tag = "runs",
    operation_id = "list_run_items",
    params(("id" = String, Path, description = "Begins with rn_"), Filters),
    responses((status = 200, body = Listed<Item>))
)]
pub async fn items(
    State(api): State<Shared>,
    Id(id): Id<RunId>,
    Params(filters): Params<Filters>,
) -> Answer<Listed<Item>> {
    api.shown(&RUN_CHUNKS, filters.min_position).await?;
    let found: Option<RunView> = api.find(&RUNS, id.as_str()).await?;
    let run = found.ok_or_else(|| Problem::not_found("run"))?;
    let wanted = filters.outcome;
    let word = wanted.map(|outcome| serde_json::json!(outcome).to_string()).unwrap_or_default();
    let list = ["run-items", id.as_str(), &word];
    let place = match &filters.cursor {
        Some(cursor) => cursor::read::<Place>(&list, cursor)?,
        None => Place::default(),
    };
    let reading = Reading { api: &api, run: id.as_str(), wanted, limit: limit(filters.limit)? };
    let (items, next) = reading.page(place).await?;
    let total = match wanted {
        None => run.counts.settled(),
        Some(Outcome::Created) => run.counts.created,
        Some(Outcome::Updated) => run.counts.updated,
        Some(Outcome::Unchanged) => run.counts.unchanged,
        Some(Outcome::Skipped) => run.counts.skipped,
        Some(Outcome::Failed) => run.counts.failed,
        Some(Outcome::Removed) => run.counts.removed,
    };
    let next_cursor = next.map(|place| cursor::write(&list, &place));
    Ok(Json(Listed { items, next_cursor, total: Some(total) }))
}

struct Reading<'a> {
    api: &'a Api,
    run: &'a str,
    wanted: Option<Outcome>,
    limit: usize,
}

impl Reading<'_> {
    async fn page(&self, mut place: Place) -> Result<(Vec<Item>, Option<Place>), Problem> {
        let mut items = vec![];
        for _ in 0..CHUNKS_MAX / STEP_CHUNKS {
            let (chunks, more) = self.chunks(&place).await?;
            for (number, chunk) in chunks {
                let matches =
                    |index: &usize| self.wanted.is_none_or(|wanted| outcome(&chunk, *index) == wanted);
                for index in (place.index..count(&chunk)).filter(matches) {
                    if items.len() == self.limit {
                        return Ok((items, Some(Place { index, ..place })));
                    }
                    items.extend(item(&chunk, number, index));
                }
                let failed = chunk.items.iter().filter(|item| item.outcome == Outcome::Failed).count();
                place = Place {
                    after: Some(number),
                    failed: Some(i64::try_from(failed).unwrap_or(i64::MAX)),
                    index: 0,
                };
            }
            if !more {
                return Ok((items, None));
            }
        }
        Ok((items, Some(place)))
    }

    /// The next few chunks, and whether there are more.
    async fn chunks(&self, place: &Place) -> Result<(Vec<(u64, RunChunkView)>, bool), Problem> {
        let by_failures = self.wanted == Some(Outcome::Failed);
        let mut query =
            Query { key_prefix: format!("{}/", self.run), limit: STEP_CHUNKS, ..Query::default() };
        if by_failures {
            query.order_by = Some("failed");
            query.order = Order::Descending;
        }
        query.after = place.after.map(|chunk| PageCursor {
            value: place.failed.filter(|_| by_failures).map(Into::into),
            key: chunk_key(self.run, chunk),
        });
        if query.check(&RUN_CHUNKS).is_err() {
            return Err(cursor::invalid());
        }
        let page = self.api.context.reads.list(&RUN_CHUNKS, &query).await?;
        let more = page.next.is_some();
        let read = |row: engine::ports::Row| {
            let number = row.key.rsplit('/').next().and_then(|number| number.parse().ok()).unwrap_or(0);
            let chunk = serde_json::from_slice(&row.doc).map_err(|error| Problem::fault(&error))?;
            Ok((number, chunk))
        };
        Ok((page.rows.into_iter().map(read).collect::<Result<_, Problem>>()?, more))
    }
}
