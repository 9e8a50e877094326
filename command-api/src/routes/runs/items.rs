use domain::ids::RunId;
use domain::run::{Outcome, SettledItem};
use domain::views::{RUN_CHUNKS, RunChunkView};
use engine::ports::Query;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::IntoParams;

use crate::context::Api;
use crate::cursor;
use crate::endpoint::{Answer, Id, Json, Listed, Params, Problem, Shared, State};
use crate::extract::limit;

/// Chunks read at once.
const CHUNKS: usize = 8;
/// Chunks passed over in one request before a page is given back half empty, with a cursor.
const CHUNKS_MAX: usize = 2_000;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// created, updated, unchanged, skipped or failed.
    pub outcome: Option<String>,
    /// Rows of a page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// The next item to show.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    /// The chunk's key; the one it belongs to.
    chunk: String,
    item: usize,
}

/// What became of each record, in the order in which it was settled.
#[utoipa::path(
    get,
    path = "/api/v1/runs/{id}/items",
    tag = "runs",
    params(("id" = String, Path, description = "Begins with rn_"), Filters),
    responses((status = 200, body = Object))
)]
pub async fn list(
    State(api): State<Shared>,
    id: Id<RunId>,
    Params(filters): Params<Filters>,
) -> Answer<Listed<Value>> {
    api.shown(&RUN_CHUNKS, filters.min_position).await?;
    api.run(&id.0).await?;
    let outcome = filters.outcome.as_deref().map(outcome).transpose()?;
    let list = ["items", id.0.as_str(), filters.outcome.as_deref().unwrap_or_default()];
    let place = filters.cursor.as_deref().map(|text| cursor::read::<Place>(&list, text)).transpose()?;
    let (items, next) =
        gather(&api, &id.0, outcome, place.unwrap_or_default(), limit(filters.limit)?).await?;
    Ok(Json(Listed { items, next_cursor: next.map(|place| cursor::write(&list, &place)), total: None }))
}

async fn gather(
    api: &Api,
    run: &RunId,
    outcome: Option<Outcome>,
    mut place: Place,
    limit: usize,
) -> Result<(Vec<Value>, Option<Place>), Problem> {
    let mut items = vec![];
    for _ in 0..CHUNKS_MAX / CHUNKS {
        let chunks = chunks(api, run, &place).await?;
        let full = chunks.len() == CHUNKS;
        for (key, chunk) in chunks {
            let number = key.rsplit('/').next().unwrap_or_default().trim_start_matches('0');
            let from = if key == place.chunk { place.item } else { 0 };
            for (index, item) in every(&chunk).enumerate().skip(from) {
                if items.len() == limit {
                    return Ok((items, Some(Place { chunk: key, item: index })));
                }
                if outcome.is_none_or(|wanted| wanted == item.outcome) {
                    items.push(line(&format!("{number}.{index}"), &chunk, &item));
                }
            }
            place = Place { chunk: key, item: usize::MAX };
        }
        if !full {
            return Ok((items, None));
        }
    }
    Ok((items, Some(place)))
}

/// Chunks from a place on, its own included.
async fn chunks(api: &Api, run: &RunId, place: &Place) -> Result<Vec<(String, RunChunkView)>, Problem> {
    let mut found = vec![];
    if !place.chunk.is_empty() && place.item != usize::MAX {
        let chunk: Option<RunChunkView> = api.find(&RUN_CHUNKS, &place.chunk).await?;
        found.extend(chunk.map(|chunk| (place.chunk.clone(), chunk)));
    }
    let after = (!place.chunk.is_empty())
        .then(|| engine::ports::PageCursor { value: None, key: place.chunk.clone() });
    let query =
        Query { key_prefix: format!("{run}/"), after, limit: CHUNKS - found.len(), ..Query::default() };
    let page = api.context.reads.list(&RUN_CHUNKS, &query).await?;
    for row in page.rows {
        let chunk = serde_json::from_slice(&row.doc).map_err(|error| Problem::fault(&error))?;
        found.push((row.key, chunk));
    }
    Ok(found)
}

/// Every item of a chunk, those that needed nothing last.
pub fn every(chunk: &RunChunkView) -> impl Iterator<Item = SettledItem> {
    let unchanged = chunk.unchanged.iter().map(|record| SettledItem {
        record: record.clone(),
        outcome: Outcome::Unchanged,
        portal: None,
        target: 0,
        revision: None,
        notes: vec![],
        attempts: domain::run::Attempts::default(),
    });
    chunk.items.iter().cloned().chain(unchanged)
}

/// An item as people read it. Values at fault are sealed, and shown with the single item only.
pub fn line(id: &str, chunk: &RunChunkView, item: &SettledItem) -> Value {
    let target = chunk.targets.get(usize::from(item.target));
    let first = item.notes.first();
    let notes: Vec<Value> = item
        .notes
        .iter()
        .map(|note| {
            json!({
                "step": note.step, "code": note.code, "message": note.message, "field": note.field,
                "remedy": note.remedy
            })
        })
        .collect();
    json!({
        "id": id, "record": item.record, "resource": chunk.resource, "outcome": item.outcome,
        "portal": item.portal, "revision": item.revision, "attempts": item.attempts.0, "at": chunk.at,
        "target": target.map(|target| target.node.as_str()),
        "code": first.map(|note| note.code.as_str()), "field": first.and_then(|note| note.field.as_deref()),
        "message": first.map(|note| note.message.as_str()), "notes": notes
    })
}

fn outcome(text: &str) -> Result<Outcome, Problem> {
    serde_json::from_value(json!(text)).map_err(|_| {
        Problem::bad_request(
            "INVALID_OUTCOME",
            "there is no such outcome",
            "use created, updated, unchanged, skipped or failed",
        )
        .at("outcome")
    })
}
