use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::delivery::{DeliveryEvent, Verdict, connection_of, path_of};
use domain::ids::ReceiptId;
use domain::views::{DELIVERY_RECORDS, DeliveryRecordsView};
use engine::{StreamName, history};
use serde::Serialize;
use utoipa::ToSchema;

use super::chain::ReceiptRecord;
use crate::endpoint::{Answer, Id, Json, Params, Problem, ReadParams, Shared, State};
use crate::schema;

/// Records of a delivery whose way is told; the delivery's own list has all of them.
const RECORDS_MAX: usize = 100;

/// The whole way of one delivery: its bytes, the verdict, the records, the runs, Portal's answers.
#[derive(Serialize, ToSchema)]
pub struct Receipt {
    pub id: String,
    pub connection: String,
    pub received: ReceiptReceived,
    /// Absent while it was not read.
    pub read: Option<ReceiptRead>,
    pub records: Vec<ReceiptRecord>,
    /// How many records it named; the first 100 are told.
    pub records_total: u64,
}

#[derive(Serialize, ToSchema)]
pub struct ReceiptReceived {
    pub position: u64,
    pub at: DateTime<Utc>,
    pub mode: String,
    #[schema(value_type = schema::Verdict)]
    pub verdict: Verdict,
    /// Number of the secret that fitted.
    pub secret: Option<u64>,
    pub digest: String,
    pub bytes: u64,
    pub headers: BTreeMap<String, String>,
    /// False once its bytes were erased.
    pub has_bytes: bool,
}

#[derive(Serialize, ToSchema)]
pub struct ReceiptRead {
    pub position: u64,
    pub at: DateTime<Utc>,
    /// Why nothing could be made of it, or of a part.
    pub note: Option<String>,
}

/// What became of a delivery.
#[utoipa::path(
    get,
    path = "/api/v1/receipts/{id}",
    tag = "webhooks",
    operation_id = "show_receipt",
    params(("id" = String, Path, description = "Begins with rc_"), ReadParams),
    responses((status = 200, body = Receipt))
)]
pub async fn show(
    State(api): State<Shared>,
    Id(id): Id<ReceiptId>,
    Params(params): Params<ReadParams>,
) -> Answer<Receipt> {
    api.shown(&DELIVERY_RECORDS, params.min_position).await?;
    let not_found = || Problem::not_found("receipt");
    let path = path_of(&id).ok_or_else(not_found)?;
    let connection = connection_of(&path).ok_or_else(not_found)?;
    let stream = StreamName::new("delivery", &path);
    let found = api.context.executor.store.read_stream(&stream, 0, 1).await?.pop();
    let event = found.ok_or_else(not_found)?;
    let DeliveryEvent::Received(received) = history::decode(&event)?;
    let has_bytes = api.open_bodies(&[&event]).await?.pop().flatten().is_some();
    let read: Option<DeliveryRecordsView> = api.find(&DELIVERY_RECORDS, &path).await?;
    let named = read.as_ref().map_or(&[][..], |read| &read.records);
    let records = api.chains(&connection, &named[..named.len().min(RECORDS_MAX)]).await?;
    Ok(Json(Receipt {
        id: id.to_string(),
        connection: connection.to_string(),
        received: ReceiptReceived {
            position: event.position,
            at: event.recorded_at,
            mode: received.mode,
            verdict: received.verdict,
            secret: received.secret,
            digest: received.digest,
            bytes: received.bytes,
            headers: received.headers,
            has_bytes,
        },
        records_total: named.len() as u64,
        read: read.map(|read| ReceiptRead { position: read.position, at: read.at, note: read.note }),
        records,
    }))
}
