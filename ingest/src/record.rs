//! Writes one authentic delivery down. The stream's name is made of the signed id, so the log itself keeps a second
//! copy out, for ever and across restarts.

use axum::http::HeaderMap;
use bytes::Bytes;
use domain::delivery::{self, DeliveryEvent, DeliveryReceived};
use domain::ids::ReceiptId;
use engine::ports::{AppendError, Cause, Expected, StreamAppend};
use engine::{Meta, NewEvent, StreamName, hash, history};

use crate::headers::kept;
use crate::hooks::Inner;
use crate::registry::Endpoint;
use crate::verify::Authentic;

/// What became of a delivery.
#[derive(Debug)]
pub enum Recorded {
    New(ReceiptId),
    /// The same bytes were here before.
    Again(ReceiptId),
    /// Other bytes were here before under the same signed id.
    OtherContent(ReceiptId),
}

pub async fn record(
    hooks: &Inner,
    endpoint: &Endpoint,
    authentic: &Authentic,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Recorded, Cause> {
    let parts = &hooks.parts;
    let connection = &endpoint.connection;
    let path = path(hooks, endpoint, authentic);
    let receipt = delivery::receipt_of(&path).ok_or("a delivery has no receipt")?;
    let stream = StreamName::new("delivery", &path);
    let digest = hash::short(body);
    let now = parts.clock.now();
    let sealed = hooks.sealing.seal((connection, now), &stream, body, &*parts.ids).await?;
    let event = DeliveryEvent::Received(DeliveryReceived {
        mode: endpoint.mode.word().to_owned(),
        verdict: authentic.verdict,
        digest: digest.clone(),
        bytes: body.len() as u64,
        headers: kept(headers),
        secret: Some(authentic.secret),
    });
    let traceparent = headers.get("traceparent").and_then(|value| value.to_str().ok());
    let meta = Meta::by(format!("hook:{connection}")).within(traceparent);
    let event = NewEvent::of(&event, parts.ids.event_id(), meta);
    let events = vec![event.with_body(sealed)];
    let append = StreamAppend { stream: stream.clone(), expected: Expected::NoStream, events };
    match parts.executor.append(vec![append]).await {
        Ok(_) => Ok(Recorded::New(receipt)),
        Err(AppendError::Conflict { .. }) => {
            let first = parts.executor.store.read_stream(&stream, 0, 1).await?.pop();
            let first = first.ok_or("a delivery conflicts with one that is not there")?;
            let DeliveryEvent::Received(before) = history::decode(&first)?;
            let is_same = before.digest == digest;
            Ok(if is_same { Recorded::Again(receipt) } else { Recorded::OtherContent(receipt) })
        }
        Err(error) => Err(error.into()),
    }
}

/// The receipt that a delivery with a signed id has or would have.
pub fn receipt_of(hooks: &Inner, endpoint: &Endpoint, authentic: &Authentic) -> Option<ReceiptId> {
    authentic.signed_id.as_ref()?;
    delivery::receipt_of(&path(hooks, endpoint, authentic))
}

fn path(hooks: &Inner, endpoint: &Endpoint, authentic: &Authentic) -> String {
    let connection = &endpoint.connection;
    let digest = match &authentic.signed_id {
        Some(id) => hash::id(&["delivery", connection.as_str(), id]),
        // The same bytes may be meant twice: nothing that a sender without signed ids sends is ever a repeat.
        None => {
            hash::id(&["delivery", connection.as_str(), &hooks.parts.ids.short(), &hooks.parts.ids.short()])
        }
    };
    delivery::path(connection, &digest)
}
