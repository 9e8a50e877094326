use domain::ids::ConnectionId;
use domain::views::{CONNECTIONS, ConnectionView};
use engine::ports::{IndexValue, Query};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use crate::context::Api;
use crate::endpoint::{Answer, Id, Json, Listed, Params, Problem, ReadParams, Shared, State};
use crate::extract::{limit, search};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// Only this app's.
    pub app: Option<String>,
    /// Only those: unknown, healthy, degraded, failing.
    pub health: Option<String>,
    /// Text in the name.
    pub q: Option<String>,
    /// Rows of a page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// Connections, without their histories.
#[utoipa::path(get, path = "/api/v1/connections", tag = "connections", params(Filters), responses((status = 200, body = Object)))]
pub async fn list(State(api): State<Shared>, Params(filters): Params<Filters>) -> Answer<Listed<Value>> {
    api.shown(&CONNECTIONS, filters.min_position).await?;
    let q = search(filters.q)?;
    let named = [("app", &filters.app), ("health", &filters.health)];
    let equals =
        named.iter().filter_map(|(name, value)| Some((*name, IndexValue::from(value.as_deref()?)))).collect();
    let query = Query {
        equals,
        contains: q.clone().map(|q| ("name", q)),
        limit: limit(filters.limit)?,
        ..Query::default()
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let list = ["connections".to_owned(), text(&filters.app), text(&filters.health), text(&q)];
    let list: Vec<&str> = list.iter().map(String::as_str).collect();
    let page = api.page::<ConnectionView>(&CONNECTIONS, query, &list, filters.cursor.as_deref()).await?;
    let short = |(_, mut view): (String, ConnectionView)| {
        view.history.clear();
        json!(view)
    };
    Ok(Json(Listed {
        items: page.rows.into_iter().map(short).collect(),
        next_cursor: page.next_cursor,
        total: None,
    }))
}

/// One connection with its newest test, its history, and what was found at the site.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}",
    tag = "connections",
    params(("id" = String, Path, description = "Begins with cn_"), ReadParams),
    responses((status = 200, body = Object))
)]
pub async fn show(
    State(api): State<Shared>,
    id: Id<ConnectionId>,
    Params(params): Params<ReadParams>,
) -> Answer<Value> {
    api.shown(&CONNECTIONS, params.min_position).await?;
    Ok(Json(json!(api.connection(&id.0).await?)))
}

impl Api {
    /// The connection, as the view shows it.
    pub async fn connection(&self, id: &ConnectionId) -> Result<ConnectionView, Problem> {
        self.find(&CONNECTIONS, id.as_str()).await?.ok_or_else(|| Problem::not_found("connection"))
    }
}
