//! One batch of a connection's deliveries: heard, looked at, written down as read.

use std::collections::BTreeSet;
use std::time::Duration;

use app_sdk::App;
use app_sdk::hear::{Heard, Message};
use bytes::Bytes;
use domain::delivery::{Verdict, receipt_of};
use domain::ids::ConnectionId;
use domain::inbox::{InboxCommand, Inboxes, OutboxRange, ReadDelivery};
use domain::views::{CONNECTIONS, ConnectionView, DELIVERIES, DeliveryView};
use engine::execute::ExecuteError;
use engine::hold::Hold;
use engine::ports::{Cause, IndexValue, Order, PageCursor, Query};
use engine::{Meta, Recorded, StreamName, bodies};

use super::super::look_again::LookError;
use super::places::Places;
use super::pull::request_sweeps;
use crate::parts::Parts;

/// Deliveries read together.
const DELIVERIES_MAX: usize = 200;
/// Records looked at together; a batch ends with the delivery that goes beyond.
const RECORDS_MAX: usize = 1_000;
/// Sorts behind every key of the view.
const BEHIND_ALL_KEYS: &str = "~";

pub enum Progress {
    Read {
        /// Numbers of an outbox never came.
        is_missing: bool,
    },
    Nothing,
}

/// Opens a connection's inbox, to be kept from batch to batch: it grows with every one of them.
pub async fn open_inbox(parts: &Parts, connection: &ConnectionId) -> Result<Hold<Inboxes>, LookError> {
    Hold::open(parts.executor.clone(), connection.as_str(), meta(connection)).await.map_err(store)
}

/// Reads the next deliveries behind the inbox's mark.
pub async fn read_batch(
    parts: &Parts,
    connection: &ConnectionId,
    inbox: &mut Hold<Inboxes>,
    gather: Duration,
) -> Result<Progress, LookError> {
    inbox.refresh().await.map_err(store)?;
    let mut rows = next(parts, connection, inbox.state().read_to).await?;
    if rows.is_empty() {
        return Ok(Progress::Nothing);
    }
    // What is signed names its change once; hints come in bursts about the same record.
    if !gather.is_zero() && rows.iter().any(|(_, row)| row.verdict != Verdict::Signed) {
        tokio::time::sleep(gather).await;
        rows = next(parts, connection, inbox.state().read_to).await?;
    }
    let app = app(parts, connection).await?;
    let (deliveries, bodies) = open(parts, &rows).await?;
    let mut batch = Batch::default();
    let mut meta = meta(connection);
    for (((path, row), delivery), body) in rows.iter().zip(deliveries).zip(bodies) {
        let heard = hear(app.as_ref(), row, body.as_deref());
        batch.add(path, row.position, heard);
        // Several may be about one record; the newest is named as the cause.
        if let Some(delivery) = delivery {
            meta = meta.because_of(&delivery);
        }
        if batch.places.len() >= RECORDS_MAX {
            break;
        }
    }
    let records = batch.places.look(parts, connection, &meta).await?;
    if batch.places.look_at_all {
        request_sweeps(parts, connection, &meta).await?;
    }
    let Batch { read_to, deliveries, outbox, .. } = batch;
    let command = InboxCommand::Read { read_to, deliveries, records, outbox };
    inbox.command(command, vec![]).await.map_err(store)?;
    Ok(Progress::Read { is_missing: !inbox.state().gaps.is_empty() })
}

fn meta(connection: &ConnectionId) -> Meta {
    Meta::by(format!("inbox:{connection}"))
}

#[derive(Default)]
struct Batch {
    read_to: u64,
    deliveries: Vec<ReadDelivery>,
    outbox: Vec<OutboxRange>,
    places: Places,
}

impl Batch {
    fn add(&mut self, path: &str, position: u64, heard: Heard) {
        self.read_to = position;
        self.outbox.extend(heard.outbox);
        self.places.look_at_all |= heard.look_at_all;
        let records: BTreeSet<usize> = heard.marks.into_iter().map(|mark| self.places.mark(mark)).collect();
        let Some(receipt) = receipt_of(path) else { return };
        let records = records.into_iter().collect();
        self.deliveries.push(ReadDelivery { receipt, records, note: heard.note });
    }
}

async fn next(
    parts: &Parts,
    connection: &ConnectionId,
    read_to: u64,
) -> Result<Vec<(String, DeliveryView)>, LookError> {
    let after = i64::try_from(read_to).unwrap_or(i64::MAX);
    let query = Query {
        equals: vec![("connection", connection.as_str().into())],
        order_by: Some("position"),
        order: Order::Ascending,
        after: Some(PageCursor { value: Some(IndexValue::Integer(after)), key: BEHIND_ALL_KEYS.to_owned() }),
        limit: DELIVERIES_MAX,
        ..Query::default()
    };
    let page = parts.reads.list(&DELIVERIES, &query).await.map_err(|error| LookError::Store(error.into()))?;
    let read = |row: engine::ports::Row| Ok((row.key, serde_json::from_slice(&row.doc)?));
    page.rows
        .into_iter()
        .map(read)
        .collect::<Result<_, serde_json::Error>>()
        .map_err(|e| LookError::Store(e.into()))
}

async fn app(parts: &Parts, connection: &ConnectionId) -> Result<Option<App>, LookError> {
    let found = parts.reads.get(&CONNECTIONS, &[connection.to_string()]).await;
    let Some(doc) = found.map_err(|error| LookError::Store(error.into()))?.pop().flatten() else {
        return Ok(None);
    };
    let view: ConnectionView =
        serde_json::from_slice(&doc).map_err(|error| LookError::Store(error.into()))?;
    Ok(parts.apps.get(&view.app).cloned())
}

/// Deliveries and their bytes, in their order; no bytes where they were erased.
async fn open(
    parts: &Parts,
    rows: &[(String, DeliveryView)],
) -> Result<(Vec<Option<Recorded>>, Vec<Option<Bytes>>), LookError> {
    let streams: Vec<StreamName> = rows.iter().map(|(path, _)| StreamName::new("delivery", path)).collect();
    let found =
        parts.executor.store.read_last(&streams).await.map_err(|error| LookError::Store(error.into()))?;
    let present: Vec<&Recorded> = found.iter().flatten().collect();
    let mut opened = bodies::open(&*parts.vault, &present).await?.into_iter();
    let bodies = found.iter().map(|event| event.as_ref().and_then(|_| opened.next().flatten())).collect();
    Ok((found, bodies))
}

fn hear(app: Option<&App>, row: &DeliveryView, body: Option<&[u8]>) -> Heard {
    // What it said nobody knows any more.
    let Some(body) = body else {
        let heard = Heard::nothing("its bytes were erased before they were read");
        return Heard { look_at_all: true, ..heard };
    };
    let Some(hear) = app.and_then(|app| app.hear.as_ref()) else {
        return Heard::nothing("nobody here knows what this app's deliveries mean");
    };
    let message = Message { verdict: row.verdict, mode: &row.mode, headers: &row.headers, body };
    hear.hear(&message)
}

fn store(error: ExecuteError) -> LookError {
    LookError::Store(Cause::from(error))
}
