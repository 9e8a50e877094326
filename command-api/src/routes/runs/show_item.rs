use axum::extract::Path;
use domain::ids::{ConnectionId, RunId};
use domain::mapping::{FieldProblem, Provenance, Reference};
use domain::portal::MappingStamp;
use domain::record::RecordKey;
use domain::views::{RECORDS, RUN_CHUNKS, RecordView, RunChunkView, chunk_key};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::item::{self, Item};
use crate::context::Api;
use crate::definitions::compile;
use crate::endpoint::{Answer, Json, Params, Problem, ReadParams, Shared, State};
use crate::schema;

/// An item with what went in and what the mapping made of it.
#[derive(Serialize, ToSchema)]
pub struct ItemShown {
    #[serde(flatten)]
    pub item: Item,
    /// The record as it was processed; absent when it could not be read, or the person was erased.
    #[schema(value_type = Option<Object>)]
    pub input: Option<Value>,
    /// What the pinned mapping makes of it, computed anew; absent where no mapping was reached.
    pub mapped: Option<Mapped>,
}

#[derive(Serialize, ToSchema)]
pub struct Mapped {
    #[schema(value_type = schema::MappingStamp)]
    pub mapping: MappingStamp,
    #[schema(value_type = Object)]
    pub fields: Map<String, Value>,
    #[schema(value_type = Vec<schema::Reference>)]
    pub references: Vec<Reference>,
    #[schema(value_type = Vec<schema::Provenance>)]
    pub provenance: Vec<Provenance>,
    #[schema(value_type = Vec<schema::FieldProblem>)]
    pub warnings: Vec<FieldProblem>,
    #[schema(value_type = Vec<schema::FieldProblem>)]
    pub rejects: Vec<FieldProblem>,
}

/// One item of a run, opened.
#[utoipa::path(
    get,
    path = "/api/v1/runs/{id}/items/{item}",
    tag = "runs",
    operation_id = "show_run_item",
    params(
        ("id" = String, Path, description = "Begins with rn_"),
        ("item" = String, Path, description = "{chunk}.{index}, as the list of items shows it"),
        ReadParams
    ),
    responses((status = 200, body = ItemShown))
)]
pub async fn show_item(
    State(api): State<Shared>,
    Path((run, place)): Path<(String, String)>,
    Params(params): Params<ReadParams>,
) -> Answer<ItemShown> {
    let run = RunId::parse(&run)?;
    api.shown(&RUN_CHUNKS, params.min_position).await?;
    let missing = || Problem::not_found("item of this run");
    let (number, index) = self::place(&place).ok_or_else(missing)?;
    let key = chunk_key(run.as_str(), number);
    let chunk: RunChunkView = api.find(&RUN_CHUNKS, &key).await?.ok_or_else(missing)?;
    let mut item = item::item(&chunk, number, index).ok_or_else(missing)?;
    if let Some(settled) = chunk.items.get(index) {
        for (shown, kept) in item.notes.iter_mut().zip(&settled.notes) {
            if let Some(raw) = &kept.raw {
                shown.raw = api.open_note(run.as_str(), raw).await?;
            }
        }
    }
    let input = input(&api, &chunk, &item).await?;
    let mapped = match (&input, item::target(&chunk, index)) {
        (Some(input), Some(target)) => mapped(&api, &target.mapping, input).await?,
        _ => None,
    };
    Ok(Json(ItemShown { item, input, mapped }))
}

/// Chunk and index of an item's id.
pub fn place(place: &str) -> Option<(u64, usize)> {
    let (chunk, index) = place.split_once('.')?;
    let plain = |text: &str| text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    (plain(chunk) && plain(index)).then_some(())?;
    Some((chunk.parse().ok()?, index.parse().ok()?))
}

/// The record at the revision that was processed; for an unchanged one, the newest.
async fn input(api: &Api, chunk: &RunChunkView, item: &Item) -> Result<Option<Value>, Problem> {
    let Ok(connection) = ConnectionId::parse(&chunk.source) else { return Ok(None) };
    let key = RecordKey { connection, resource: chunk.resource.clone(), id: item.record.clone() };
    let revision = match item.revision {
        Some(revision) => revision,
        None => match api.find::<RecordView>(&RECORDS, &key.path()).await? {
            Some(view) => view.revision,
            None => return Ok(None),
        },
    };
    Ok(api.record_at(&key.path(), revision).await?.and_then(|(_, record)| record))
}

async fn mapped(api: &Api, stamp: &MappingStamp, input: &Value) -> Result<Option<Mapped>, Problem> {
    let Some(definition) = api.definition(&stamp.id, stamp.revision).await? else { return Ok(None) };
    // It was compiled before the run; a release that compiles it no more has nothing to show.
    let Ok(mapping) = compile(&definition) else { return Ok(None) };
    let input = input.clone();
    let work = tokio::task::spawn_blocking(move || (mapping.apply(&input), mapping.explain(&input)));
    let (outcome, provenance) = work.await.map_err(|error| Problem::fault(&error))?;
    Ok(Some(Mapped {
        mapping: stamp.clone(),
        fields: outcome.fields,
        references: outcome.references,
        provenance,
        warnings: outcome.warnings,
        rejects: outcome.rejects,
    }))
}
