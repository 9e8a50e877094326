use domain::connection::Health;
use domain::views::{CONNECTIONS, ConnectionView};
use engine::ports::Query;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Connection;
use crate::endpoint::{Answer, Json, Listed, Params, Shared, State};
use crate::extract::{limit, search};
use crate::schema;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// Part of the name.
    pub q: Option<String>,
    /// Only of this app.
    pub app: Option<String>,
    #[param(value_type = Option<schema::Health>)]
    pub health: Option<Health>,
    /// Rows of a page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// Connections, by name.
#[utoipa::path(
    get,
    path = "/api/v1/connections",
    tag = "connections",
    operation_id = "list_connections",
    params(Filters),
    responses((status = 200, body = Listed<Connection>))
)]
pub async fn list(State(api): State<Shared>, Params(filters): Params<Filters>) -> Answer<Listed<Connection>> {
    api.shown(&CONNECTIONS, filters.min_position).await?;
    let q = search(filters.q)?;
    let health = filters.health.map(word);
    let mut equals = vec![];
    equals.extend(filters.app.as_deref().map(|app| ("app", app.into())));
    equals.extend(health.map(|health| ("health", health.into())));
    let list = [
        "connections",
        q.as_deref().unwrap_or_default(),
        filters.app.as_deref().unwrap_or_default(),
        health.unwrap_or_default(),
    ];
    let query = Query {
        equals,
        contains: q.clone().map(|q| ("name", q)),
        order_by: Some("name"),
        limit: limit(filters.limit)?,
        ..Query::default()
    };
    let total = api.context.reads.count(&CONNECTIONS, &query).await?;
    let page = api.page::<ConnectionView>(&CONNECTIONS, query, &list, filters.cursor.as_deref()).await?;
    let items = page.rows.into_iter().map(|(_, view)| Connection::line(view)).collect();
    Ok(Json(Listed { items, next_cursor: page.next_cursor, total: Some(total) }))
}

fn word(health: Health) -> &'static str {
    match health {
        Health::Unknown => "unknown",
        Health::Healthy => "healthy",
        Health::Degraded => "degraded",
        Health::Failing => "failing",
    }
}
