use axum::extract::Path;
use domain::ids::RunId;
use domain::record::RecordKey;
use domain::views::{RUN_CHUNKS, RunChunkView, chunk_key};
use serde_json::{Value, json};

use super::items::{every, line};
use crate::definitions::compile;
use crate::endpoint::{Answer, Json, Params, Problem, ReadParams, Shared, State};

/// One item with everything: the record as it came, the fields that were made of it, and the values at fault.
#[utoipa::path(
    get,
    path = "/api/v1/runs/{id}/items/{item}",
    tag = "runs",
    params(
        ("id" = String, Path, description = "Begins with rn_"),
        ("item" = String, Path, description = "As the list of items shows it"),
        ReadParams
    ),
    responses((status = 200, body = Object))
)]
pub async fn show(
    State(api): State<Shared>,
    Path((id, item)): Path<(String, String)>,
    Params(_params): Params<ReadParams>,
) -> Answer<Value> {
    let run = RunId::parse(&id)?;
    let missing = || Problem::not_found("item");
    let (number, index) = item.split_once('.').ok_or_else(missing)?;
    let number: u64 = number.parse().map_err(|_| missing())?;
    let index: usize = index.parse().map_err(|_| missing())?;
    let chunk: Option<RunChunkView> = api.find(&RUN_CHUNKS, &chunk_key(run.as_str(), number)).await?;
    let chunk = chunk.ok_or_else(missing)?;
    let settled = every(&chunk).nth(index).ok_or_else(missing)?;
    let mut shown = line(&item, &chunk, &settled);
    for (place, note) in settled.notes.iter().enumerate() {
        if let Some(raw) = &note.raw {
            shown["notes"][place]["raw"] = json!(api.open_note(run.as_str(), raw).await?);
        }
    }
    let source = domain::ids::ConnectionId::parse(&chunk.source)?;
    let key = RecordKey { connection: source, resource: chunk.resource.clone(), id: settled.record.clone() };
    let record = match settled.revision {
        Some(revision) => api.record_at(&key.path(), revision).await?.and_then(|(_, record)| record),
        None => api.newest_records(&[key.path()]).await?.pop().flatten(),
    };
    if let (Some(record), Some(target)) = (&record, chunk.targets.get(usize::from(settled.target)))
        && let Some(definition) = api.definition(&target.mapping.id, target.mapping.revision).await?
        && let Ok(mapping) = compile(&definition)
    {
        shown["mapped"] = json!(mapping.apply(record));
        shown["provenance"] = json!(mapping.explain(record));
    }
    shown["input"] = json!(record);
    Ok(Json(shown))
}
