//! What is kept of deliveries that are not let in. Whoever knows an address can send anything to it, so what is kept
//! has bounds by count and by bytes for each endpoint and hour; beyond them refusals are only counted.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::delivery::{QuarantineEvent, QuarantineKept, Reason};
use domain::ids::{ConnectionId, ReceiptId};
use engine::ports::{AppendError, Cause, Expected, StreamAppend};
use engine::{Meta, NewEvent, StreamName, hash};

use crate::headers::kept;
use crate::hooks::Inner;
use crate::registry::Endpoint;

/// Entries of an endpoint in an hour that nobody signed.
const FORGED_MAX: u32 = 60;
/// Entries of an endpoint in an hour that were signed with its secret.
const SIGNED_MAX: u32 = 500;
/// Bytes of an endpoint in an hour.
const BYTES_MAX: usize = 4 << 20;
/// Largest body that is kept of what nobody signed.
const FORGED_BODY_MAX: usize = 16 << 10;
/// Handshakes of an endpoint in an hour.
const HANDSHAKES_MAX: u32 = 60;
const ENDPOINTS_MAX: usize = 10_000;
/// Others that append to the same quarantine at the same time.
const CONFLICTS_MAX: u32 = 64;

/// Something to keep aside.
pub struct Suspect<'a> {
    pub endpoint: &'a Endpoint,
    pub reason: Reason,
    pub headers: &'a HeaderMap,
    pub body: &'a Bytes,
    pub receipt: Option<ReceiptId>,
    pub secret: Option<u64>,
}

#[derive(Default)]
pub struct Quarantine(Mutex<HashMap<ConnectionId, Spent>>);

/// What one endpoint has used of this hour.
#[derive(Default)]
struct Spent {
    hour: i64,
    forged: u32,
    signed: u32,
    bytes: usize,
    handshakes: u32,
    /// Only counted, since the last entry.
    counted: BTreeMap<String, u64>,
    /// Signed ones that are kept already.
    receipts: HashSet<ReceiptId>,
}

/// What may be kept of a suspect.
struct Allowance {
    with_body: bool,
    counted: BTreeMap<String, u64>,
}

impl Quarantine {
    /// False when there were too many handshakes.
    pub fn take_handshake(&self, connection: &ConnectionId, now: DateTime<Utc>) -> bool {
        let mut all = self.all();
        let spent = of_hour(&mut all, connection, now);
        spent.handshakes += 1;
        spent.handshakes <= HANDSHAKES_MAX
    }

    fn allow(&self, suspect: &Suspect<'_>, now: DateTime<Utc>) -> Option<Allowance> {
        let mut all = self.all();
        let spent = of_hour(&mut all, &suspect.endpoint.connection, now);
        let is_signed = matches!(suspect.reason, Reason::Stale | Reason::OtherContent);
        let (used, max) =
            if is_signed { (&mut spent.signed, SIGNED_MAX) } else { (&mut spent.forged, FORGED_MAX) };
        let is_known = suspect.reason == Reason::Stale
            && suspect.receipt.as_ref().is_some_and(|receipt| spent.receipts.contains(receipt));
        if *used >= max || is_known {
            *spent.counted.entry(suspect.reason.word().to_owned()).or_default() += 1;
            return None;
        }
        *used += 1;
        spent.receipts.extend(suspect.receipt.clone());
        let length = suspect.body.len();
        let with_body = suspect.reason != Reason::Unsigned
            && (is_signed || length <= FORGED_BODY_MAX)
            && spent.bytes + length <= BYTES_MAX;
        if with_body {
            spent.bytes += length;
        }
        Some(Allowance { with_body, counted: std::mem::take(&mut spent.counted) })
    }

    fn all(&self) -> MutexGuard<'_, HashMap<ConnectionId, Spent>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn of_hour<'a>(
    all: &'a mut HashMap<ConnectionId, Spent>,
    connection: &ConnectionId,
    now: DateTime<Utc>,
) -> &'a mut Spent {
    let hour = now.timestamp().div_euclid(3_600);
    if all.len() >= ENDPOINTS_MAX {
        all.retain(|_, spent| spent.hour == hour);
    }
    let spent = all.entry(connection.clone()).or_default();
    if spent.hour != hour {
        *spent = Spent { hour, counted: std::mem::take(&mut spent.counted), ..Spent::default() };
    }
    spent
}

/// Keeps a suspect aside, or counts it. The answer does not wait for it, and that it cannot be kept is no reason to
/// answer otherwise. How many of these are under way is bounded by what an endpoint may keep in an hour.
pub fn keep(hooks: &Arc<Inner>, suspect: &Suspect<'_>) {
    let mode = suspect.endpoint.mode.word();
    metrics::counter!("portal_hook_refused_total", "reason" => suspect.reason.word(), "mode" => mode)
        .increment(1);
    let now = hooks.parts.clock.now();
    let Some(allowance) = hooks.quarantine.allow(suspect, now) else { return };
    let entry = Entry {
        connection: suspect.endpoint.connection.clone(),
        now,
        body: allowance.with_body.then(|| suspect.body.clone()),
        kept: QuarantineKept {
            reason: suspect.reason,
            receipt: suspect.receipt.clone(),
            mode: mode.to_owned(),
            digest: hash::short(suspect.body),
            bytes: suspect.body.len() as u64,
            headers: kept(suspect.headers),
            secret: suspect.secret,
            counted: allowance.counted,
        },
    };
    let hooks = hooks.clone();
    tokio::spawn(async move {
        if let Err(error) = append(&hooks, entry).await {
            tracing::warn!(error = %engine::follow::chain(&*error), "a refused delivery could not be kept");
        }
    });
}

struct Entry {
    connection: ConnectionId,
    now: DateTime<Utc>,
    body: Option<Bytes>,
    kept: QuarantineKept,
}

async fn append(hooks: &Inner, entry: Entry) -> Result<(), Cause> {
    let connection = &entry.connection;
    let stream = StreamName::new("quarantine", connection);
    let parts = &hooks.parts;
    let event = QuarantineEvent::Kept(entry.kept);
    let mut event = NewEvent::of(&event, parts.ids.event_id(), Meta::by(format!("hook:{connection}")));
    if let Some(body) = entry.body {
        event =
            event.with_body(hooks.sealing.seal((connection, entry.now), &stream, &body, &*parts.ids).await?);
    }
    for _ in 0..CONFLICTS_MAX {
        let last = parts.executor.store.read_last(std::slice::from_ref(&stream)).await?.pop().flatten();
        let expected = last.map_or(Expected::NoStream, |last| Expected::Exact(last.revision));
        let append = StreamAppend { stream: stream.clone(), expected, events: vec![event.clone()] };
        match parts.executor.append(vec![append]).await {
            Ok(_) => return Ok(()),
            Err(AppendError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err("others keep writing into the same quarantine".into())
}
