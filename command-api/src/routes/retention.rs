//! What is kept, and for how long.

use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::endpoint::{Answer, Area, Json, Listed, Shared, State};

pub fn area() -> Area {
    Area::default().viewer(routes!(list_retention))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeptKind {
    /// Facts of the log: what happened, when, and by whom.
    Events,
    /// What records say, sealed with a key for each person.
    Contents,
    /// The bytes of webhooks as they came, sealed with a key for each day and connection.
    Deliveries,
}

/// How long something is kept.
#[derive(Serialize, ToSchema)]
pub struct Kept {
    pub kind: KeptKind,
    /// Days from when it came; absent where time alone erases nothing.
    pub days: Option<u64>,
    /// What the server's operator sets to change it; absent where it cannot be set.
    pub setting: Option<&'static str>,
}

/// What is kept, and for how long.
#[utoipa::path(
    get,
    path = "/api/v1/retention",
    tag = "about",
    operation_id = "list_retention",
    responses((status = 200, body = Listed<Kept>))
)]
async fn list_retention(State(api): State<Shared>) -> Answer<Listed<Kept>> {
    let forever = |kind| Kept { kind, days: None, setting: None };
    let deliveries = Kept {
        kind: KeptKind::Deliveries,
        days: Some(api.context.settings.keep_deliveries_days),
        setting: Some("PORTAL_KEEP_DELIVERIES"),
    };
    let items = vec![forever(KeptKind::Events), forever(KeptKind::Contents), deliveries];
    let total = Some(items.len() as u64);
    Ok(Json(Listed { items, next_cursor: None, total }))
}
