use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::delivery::{Verdict, receipt_of};
use domain::ids::ConnectionId;
use domain::inbox::ReadRecord;
use domain::views::{DELIVERIES, DELIVERY_RECORDS, DeliveryRecordsView, DeliveryView};
use engine::ports::{Order, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::endpoint::{Answer, Id, Json, Listed, Params, Shared, State};
use crate::extract::limit;
use crate::schema;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filters {
    /// Rows of a page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// One delivery, without its bytes.
#[derive(Serialize, ToSchema)]
pub struct DeliveryLine {
    pub receipt: String,
    pub at: DateTime<Utc>,
    pub position: u64,
    pub mode: String,
    #[schema(value_type = schema::Verdict)]
    pub verdict: Verdict,
    /// Digest of its bytes.
    pub digest: String,
    pub bytes: u64,
    /// The headers that were kept.
    pub headers: BTreeMap<String, String>,
    /// What it led to; absent while it was not read.
    pub read: Option<DeliveryRead>,
}

#[derive(Serialize, ToSchema)]
pub struct DeliveryRead {
    pub position: u64,
    pub at: DateTime<Utc>,
    #[schema(value_type = Vec<schema::ReadRecord>)]
    pub records: Vec<ReadRecord>,
    /// Why nothing could be made of it, or of a part.
    pub note: Option<String>,
}

impl From<DeliveryRecordsView> for DeliveryRead {
    fn from(view: DeliveryRecordsView) -> Self {
        let DeliveryRecordsView { position, at, records, note } = view;
        Self { position, at, records, note }
    }
}

/// A connection's deliveries, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/connections/{id}/webhooks/deliveries",
    tag = "webhooks",
    operation_id = "list_deliveries",
    params(("id" = String, Path, description = "Begins with cn_"), Filters),
    responses((status = 200, body = Listed<DeliveryLine>))
)]
pub async fn deliveries(
    State(api): State<Shared>,
    Id(id): Id<ConnectionId>,
    Params(filters): Params<Filters>,
) -> Answer<Listed<DeliveryLine>> {
    api.shown(&DELIVERIES, filters.min_position).await?;
    let query = Query {
        equals: vec![("connection", id.as_str().into())],
        order_by: Some("position"),
        order: Order::Descending,
        limit: limit(filters.limit)?,
        ..Query::default()
    };
    let list = ["deliveries", id.as_str()];
    let page = api.page::<DeliveryView>(&DELIVERIES, query, &list, filters.cursor.as_deref()).await?;
    let paths: Vec<String> = page.rows.iter().map(|(path, _)| path.clone()).collect();
    let read: Vec<Option<DeliveryRecordsView>> = api.find_all(&DELIVERY_RECORDS, &paths).await?;
    let items = page.rows.into_iter().zip(read).map(|((path, view), read)| DeliveryLine {
        receipt: receipt_of(&path).map_or(path, |receipt| receipt.to_string()),
        at: view.at,
        position: view.position,
        mode: view.mode,
        verdict: view.verdict,
        digest: view.digest,
        bytes: view.bytes,
        headers: view.headers,
        read: read.map(Into::into),
    });
    Ok(Json(Listed { items: items.collect(), next_cursor: page.next_cursor, total: None }))
}
