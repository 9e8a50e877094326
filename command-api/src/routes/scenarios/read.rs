use axum::extract::Path;
use domain::ids::ScenarioId;
use domain::scenario::ScenarioEvent;
use domain::views::{SCENARIOS, ScenarioView};
use engine::ports::Query;
use engine::{StreamName, history};
use serde_json::{Value, json};

use crate::context::Api;
use crate::endpoint::{Answer, Id, Json, ListParams, Listed, Params, Problem, ReadParams, Shared, State};
use crate::extract::{limit, search};

/// Events of a scenario looked at for an old version.
const EVENTS_MAX: usize = 10_000;

/// Scenarios, without their graphs.
#[utoipa::path(get, path = "/api/v1/scenarios", tag = "scenarios", params(ListParams), responses((status = 200, body = Object)))]
pub async fn list(State(api): State<Shared>, Params(params): Params<ListParams>) -> Answer<Listed<Value>> {
    api.shown(&SCENARIOS, params.min_position).await?;
    let q = search(params.q)?;
    let query =
        Query { contains: q.clone().map(|q| ("name", q)), limit: limit(params.limit)?, ..Query::default() };
    let list = ["scenarios", q.as_deref().unwrap_or_default()];
    let page = api.page::<ScenarioView>(&SCENARIOS, query, &list, params.cursor.as_deref()).await?;
    let short = |(_, view): (String, ScenarioView)| {
        json!({
            "id": view.id, "name": view.name, "template": view.template, "off": view.off, "draft": view.draft,
            "version": view.version, "created_at": view.created_at, "changed_at": view.changed_at
        })
    };
    Ok(Json(Listed {
        items: page.rows.into_iter().map(short).collect(),
        next_cursor: page.next_cursor,
        total: None,
    }))
}

/// One scenario with its draft and its newest version.
#[utoipa::path(
    get,
    path = "/api/v1/scenarios/{id}",
    tag = "scenarios",
    params(("id" = String, Path, description = "Begins with sc_"), ReadParams),
    responses((status = 200, body = Object))
)]
pub async fn show(
    State(api): State<Shared>,
    id: Id<ScenarioId>,
    Params(params): Params<ReadParams>,
) -> Answer<Value> {
    api.shown(&SCENARIOS, params.min_position).await?;
    Ok(Json(json!(api.scenario(&id.0).await?)))
}

/// A published version, as it was and stays.
#[utoipa::path(
    get,
    path = "/api/v1/scenarios/{id}/versions/{version}",
    tag = "scenarios",
    params(("id" = String, Path, description = "Begins with sc_"), ("version" = u64, Path, description = "From 1"), ReadParams),
    responses((status = 200, body = Object))
)]
pub async fn version(
    State(api): State<Shared>,
    Path((id, version)): Path<(String, u64)>,
    Params(_params): Params<ReadParams>,
) -> Answer<Value> {
    let stream = StreamName::new("scenario", ScenarioId::parse(&id)?);
    for recorded in api.context.executor.store.read_stream(&stream, 0, EVENTS_MAX).await? {
        if let ScenarioEvent::Published(published) = history::decode(&recorded)?
            && published.version == version
        {
            return Ok(Json(json!({
                "version": version, "graph": published.graph, "note": published.note,
                "at": recorded.recorded_at, "actor": recorded.meta.actor.0
            })));
        }
    }
    Err(Problem::not_found("version"))
}

/// Scenarios to start from.
#[utoipa::path(get, path = "/api/v1/templates", tag = "scenarios", params(ReadParams), responses((status = 200, body = Object)))]
pub async fn templates(
    State(api): State<Shared>,
    Params(_params): Params<ReadParams>,
) -> Answer<Listed<Value>> {
    let items = api.context.templates.all().iter().map(|template| json!(template)).collect();
    Ok(Json(Listed { items, next_cursor: None, total: None }))
}

impl Api {
    pub async fn scenario(&self, id: &ScenarioId) -> Result<ScenarioView, Problem> {
        self.find(&SCENARIOS, id.as_str()).await?.ok_or_else(|| Problem::not_found("scenario"))
    }
}
