//! Who did what, in order: the log without its bodies.

use chrono::{DateTime, Utc};
use engine::ports::Filter;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::endpoint::{Answer, Area, Json, Params, Problem, Shared, State};
use crate::extract::limit;

/// Categories of streams that speak of acts of people. Records and Portal's records are content, found elsewhere.
const CATEGORIES: [&str; 6] = ["connection", "endpoint", "mapping", "run", "scenario", "token"];

pub fn area() -> Area {
    Area::default().administrator(routes!(list))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// Only what came after this position.
    pub after: Option<u64>,
    /// Rows of a page, 1 to 500.
    pub limit: Option<u64>,
    /// Only one category: connection, endpoint, mapping, run, scenario or token.
    pub category: Option<String>,
}

/// A page of the log.
#[derive(Serialize, ToSchema)]
pub struct AuditPage {
    pub items: Vec<AuditLine>,
    /// Ask again with this as `after`.
    pub read_to: u64,
    /// Where the log ends.
    pub end: u64,
}

#[derive(Serialize, ToSchema)]
pub struct AuditLine {
    pub position: u64,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub event: String,
    /// What it happened to.
    pub stream: String,
    /// The request or run it belongs to.
    pub correlation: Option<String>,
}

/// The audit log, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "audit",
    operation_id = "list_audit",
    params(Filters),
    responses((status = 200, body = AuditPage))
)]
pub async fn list(State(api): State<Shared>, Params(filters): Params<Filters>) -> Answer<AuditPage> {
    let categories: Vec<&'static str> = match &filters.category {
        None => CATEGORIES.to_vec(),
        Some(wanted) => CATEGORIES.iter().copied().filter(|category| category == wanted).collect(),
    };
    if categories.is_empty() {
        return Err(Problem::bad_request(
            "INVALID_CATEGORY",
            "there is no such category",
            "use connection, endpoint, mapping, run, scenario or token",
        )
        .at("category"));
    }
    let store = &api.context.executor.store;
    let end = *store.end().borrow();
    let filter = Filter { categories };
    let slice = store.read_all(filters.after.unwrap_or(0), &filter, limit(filters.limit)?).await?;
    let lines = slice.events.into_iter().filter(|event| &*event.event_type != "run.items-settled");
    let items = lines.map(|event| AuditLine {
        position: event.position,
        at: event.recorded_at,
        actor: event.meta.actor.0,
        event: event.event_type.to_string(),
        stream: event.stream.to_string(),
        correlation: event.meta.correlation,
    });
    Ok(Json(AuditPage { items: items.collect(), read_to: slice.read_to, end }))
}
