use domain::delivery::{
    DeliveryEvent, DeliveryReceived, QuarantineEvent, Reason, Verdict, path_of, quarantine_place,
};
use domain::ids::{QuarantineId, ReceiptId};
use engine::ports::{AppendError, Expected, StreamAppend};
use engine::{NewEvent, Position, Recorded, StreamName, history, seal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::context::Api;
use crate::endpoint::{Answer, Caller, Id, Json, Problem, Shared, State};

#[derive(Serialize, ToSchema)]
pub struct Released {
    /// Ask for it at `/api/v1/receipts/{id}`.
    pub receipt: String,
    pub position: Position,
    /// False when the delivery was there already.
    pub changed: bool,
}

/// Lets a stale delivery in: one that is rightly signed, and only came too late or too early. Nothing else can be let in.
#[utoipa::path(
    post,
    path = "/api/v1/quarantine/{id}/release",
    tag = "webhooks",
    operation_id = "release_delivery",
    params(("id" = String, Path, description = "Begins with qn_")),
    responses((status = 200, body = Released))
)]
pub async fn release(
    State(api): State<Shared>,
    caller: Caller,
    Id(id): Id<QuarantineId>,
) -> Answer<Released> {
    let entry = api.quarantined(&id).await?;
    let QuarantineEvent::Kept(kept) = history::decode(&entry)?;
    let path = kept.receipt.as_ref().and_then(path_of);
    let (Reason::Stale, Some(receipt), Some(path)) = (kept.reason, kept.receipt, path) else {
        return Err(Problem::conflict(
            "NOT_RELEASABLE",
            "only a rightly signed delivery that came at the wrong time can be let in",
            "let the sender send it again, with the right secret and an id of its own",
        ));
    };
    let stream = StreamName::new("delivery", path);
    let event = DeliveryEvent::Received(DeliveryReceived {
        mode: kept.mode,
        verdict: Verdict::Released,
        digest: kept.digest,
        bytes: kept.bytes,
        headers: kept.headers,
        secret: kept.secret,
    });
    let mut meta = caller.meta();
    meta.causation = Some(entry.id.to_string());
    let event = NewEvent::of(&event, api.context.ids.event_id(), meta);
    let event = event.with_body(api.sealed_anew(&entry, &stream).await?);
    let append = StreamAppend { stream: stream.clone(), expected: Expected::NoStream, events: vec![event] };
    match api.context.executor.append(vec![append]).await {
        Ok(appended) => Ok(answer(&receipt, appended.position, true)),
        Err(AppendError::Conflict { .. }) => {
            let first = api.context.executor.store.read_stream(&stream, 0, 1).await?.pop();
            Ok(answer(&receipt, first.map_or(0, |event| event.position), false))
        }
        Err(error) => Err(error.into()),
    }
}

fn answer(receipt: &ReceiptId, position: Position, changed: bool) -> Json<Released> {
    Json(Released { receipt: receipt.to_string(), position, changed })
}

impl Api {
    async fn quarantined(&self, id: &QuarantineId) -> Result<Recorded, Problem> {
        let not_found = || Problem::not_found("quarantined delivery");
        let (connection, place) = quarantine_place(id).ok_or_else(not_found)?;
        let stream = StreamName::new("quarantine", connection);
        self.context.executor.store.read_stream(&stream, place, 1).await?.pop().ok_or_else(not_found)
    }

    /// The bytes of an entry, sealed for another stream with the same key.
    async fn sealed_anew(&self, entry: &Recorded, stream: &StreamName) -> Result<bytes::Bytes, Problem> {
        let erased = || {
            Problem::conflict(
                "BYTES_GONE",
                "the bytes of this delivery were not kept, or are erased by now",
                "let the sender send it again",
            )
        };
        let plain = self.open_bodies(&[entry]).await?.pop().flatten().ok_or_else(erased)?;
        let subject = entry.body.as_deref().and_then(seal::subject).ok_or_else(erased)?.to_owned();
        let keys = self.context.vault.subject_keys(std::slice::from_ref(&subject), false).await?;
        let key = keys.into_iter().next().flatten().ok_or_else(erased)?;
        let mut nonce = [0; 24];
        nonce.copy_from_slice(&self.context.ids.random(24));
        Ok(seal::seal(&plain, stream.as_str(), &subject, &key, &nonce))
    }
}
