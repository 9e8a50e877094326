use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::delivery::{Reason, path_of, quarantine_id};
use domain::ids::ConnectionId;
use domain::views::{DELIVERIES, DeliveryView, QUARANTINE, QuarantineView};
use engine::ports::{Order, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::endpoint::{Answer, Json, Listed, Params, Shared, State};
use crate::extract::limit;
use crate::schema;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// Only of this connection.
    pub connection: Option<String>,
    #[param(value_type = Option<schema::QuarantineReason>)]
    pub reason: Option<Reason>,
    /// Rows of a page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// A delivery that was kept aside.
#[derive(Serialize, ToSchema)]
pub struct QuarantineLine {
    pub id: String,
    pub connection: String,
    pub at: DateTime<Utc>,
    pub position: u64,
    #[schema(value_type = schema::QuarantineReason)]
    pub reason: Reason,
    pub mode: String,
    /// The receipt it would have.
    pub receipt: Option<String>,
    pub digest: String,
    pub bytes: u64,
    pub headers: BTreeMap<String, String>,
    /// Refusals before it that were only counted.
    pub counted: BTreeMap<String, u64>,
    /// An operator may let it in: it is rightly signed, its bytes are here, and it did not come otherwise meanwhile.
    pub can_be_released: bool,
}

/// Deliveries that were kept aside, newest first. The newest 1,000 of each connection are shown.
#[utoipa::path(
    get,
    path = "/api/v1/quarantine",
    tag = "webhooks",
    operation_id = "list_quarantine",
    params(Filters),
    responses((status = 200, body = Listed<QuarantineLine>))
)]
pub async fn list(
    State(api): State<Shared>,
    Params(filters): Params<Filters>,
) -> Answer<Listed<QuarantineLine>> {
    let connection = filters.connection.as_deref().map(ConnectionId::parse).transpose()?;
    api.shown(&QUARANTINE, filters.min_position).await?;
    let reason = filters.reason.map(Reason::word);
    let mut equals = vec![];
    equals.extend(connection.as_ref().map(|id| ("connection", id.as_str().into())));
    equals.extend(reason.map(|reason| ("reason", reason.into())));
    let query = Query {
        equals,
        order_by: Some("position"),
        order: Order::Descending,
        limit: limit(filters.limit)?,
        ..Query::default()
    };
    let named = connection.as_ref().map_or("", |id| id.as_str());
    let list = ["quarantine", named, reason.unwrap_or_default()];
    let page = api.page::<QuarantineView>(&QUARANTINE, query, &list, filters.cursor.as_deref()).await?;
    let would_be: Vec<Option<String>> =
        page.rows.iter().map(|(_, view)| view.kept.receipt.as_ref().and_then(path_of)).collect();
    let paths: Vec<String> = would_be.iter().flatten().cloned().collect();
    let mut there = api.find_all::<DeliveryView>(&DELIVERIES, &paths).await?.into_iter();
    let mut items = vec![];
    for ((key, view), path) in page.rows.into_iter().zip(would_be) {
        let is_there = path.is_some() && there.next().flatten().is_some();
        let Some(line) = line(&key, view, is_there) else { continue };
        items.push(line);
    }
    Ok(Json(Listed { items, next_cursor: page.next_cursor, total: None }))
}

fn line(key: &str, view: QuarantineView, is_there: bool) -> Option<QuarantineLine> {
    let connection = ConnectionId::parse(key.split_once('/')?.0).ok()?;
    let QuarantineView { place, at, position, kept, has_body } = view;
    Some(QuarantineLine {
        id: quarantine_id(&connection, place).to_string(),
        connection: connection.to_string(),
        at,
        position,
        can_be_released: kept.reason == Reason::Stale && has_body && kept.receipt.is_some() && !is_there,
        reason: kept.reason,
        mode: kept.mode,
        receipt: kept.receipt.map(|receipt| receipt.to_string()),
        digest: kept.digest,
        bytes: kept.bytes,
        headers: kept.headers,
        counted: kept.counted,
    })
}
