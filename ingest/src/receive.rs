//! One delivery, from its head to its receipt. Everything that could tell a known address from an unknown one happens
//! in the same order for both.

use std::sync::Arc;
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::delivery::Reason;
use domain::endpoint::{EndpointCommand, Endpoints};
use domain::ids::ConnectionId;
use engine::Meta;
use engine::follow::chain;

use crate::BODY_BYTES_MAX;
use crate::answer::{self, Refusal};
use crate::handshake;
use crate::headers::{declared_length, is_encoded, is_odd};
use crate::hooks::Inner;
use crate::quarantine::{Suspect, keep};
use crate::record::{Recorded, receipt_of, record};
use crate::registry::Endpoint;
use crate::verify::{Authentic, Doubt, Message, judge};

/// How long an unknown address waits for news of endpoints.
const NEWS_PATIENCE: Duration = Duration::from_millis(100);

type Hooks = State<Arc<Inner>>;
type Params = Result<RawPathParams, RawPathParamsRejection>;

pub async fn receive(State(hooks): Hooks, params: Params, request: Request) -> Response {
    answered(&hooks, params, request).await
}

/// The same with a capability in the address.
pub async fn receive_with_secret(State(hooks): Hooks, params: Params, request: Request) -> Response {
    answered(&hooks, params, request).await
}

async fn answered(hooks: &Arc<Inner>, params: Params, request: Request) -> Response {
    take(hooks, params, request).await.unwrap_or_else(IntoResponse::into_response)
}

async fn take(hooks: &Arc<Inner>, params: Params, request: Request) -> Result<Response, Refusal> {
    let (head, body) = request.into_parts();
    let headers = head.headers;
    if is_encoded(&headers) {
        return Err(Refusal::Encoded);
    }
    if is_odd(&headers) {
        return Err(Refusal::ContentType);
    }
    let (connection, capability) = address(&params);
    let known = find(hooks, connection.as_ref()).await;
    if known.is_none() && !hooks.known.is_complete() {
        return Err(Refusal::Busy);
    }
    let length = declared_length(&headers);
    if length.is_some_and(|length| length > BODY_BYTES_MAX) {
        return Err(Refusal::TooLarge);
    }
    let Some(_place) = hooks.room.take(known.as_ref().map(|endpoint| &endpoint.places), length) else {
        metrics::counter!("portal_hook_turned_away_total").increment(1);
        return Err(Refusal::Busy);
    };
    let body = to_bytes(body, BODY_BYTES_MAX).await.map_err(|error| cut_off(&error))?;
    let message = Message { headers: &headers, capability, body: &body };
    let now = hooks.parts.clock.now();
    let Some(endpoint) = known else {
        let _same_work = judge(&hooks.known.decoy(), &message, now);
        return Err(Refusal::NoSuchSource);
    };
    match judge(&endpoint, &message, now) {
        Ok(authentic) => accept(hooks, &endpoint, &authentic, &headers, &body).await,
        Err(doubt) => {
            if let Some(answer) = handshake::answer(&endpoint, &message)
                && hooks.quarantine.take_handshake(&endpoint.connection, now)
            {
                return Ok(answer);
            }
            Err(refuse(hooks, &endpoint, doubt, (&message, &body)))
        }
    }
}

/// An address that is not known may have been opened this very moment: whoever opened it was told so, and may send at
/// once. The wait ends as soon as everything that the log holds by now counts here, and is the same for every address.
async fn find(hooks: &Inner, connection: Option<&ConnectionId>) -> Option<Arc<Endpoint>> {
    let look = || connection.and_then(|connection| hooks.known.find(connection));
    if let Some(endpoint) = look() {
        return Some(endpoint);
    }
    let end = *hooks.parts.executor.store.end().borrow();
    // Whether it came that far or not: what is known then decides.
    let _ = tokio::time::timeout(NEWS_PATIENCE, hooks.known.until(end)).await;
    look()
}

fn address(params: &Params) -> (Option<ConnectionId>, Option<&str>) {
    let Ok(params) = params else { return (None, None) };
    let of = |wanted: &str| params.iter().find(|(name, _)| *name == wanted).map(|(_, text)| text);
    (of("connection").and_then(|text| ConnectionId::parse(text).ok()), of("secret"))
}

/// The limit is ours; anything else is a sender that went away.
fn cut_off(error: &axum::Error) -> Refusal {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.to_string().contains("length limit") {
            return Refusal::TooLarge;
        }
        cause = error.source();
    }
    Refusal::Broken
}

async fn accept(
    hooks: &Arc<Inner>,
    endpoint: &Endpoint,
    authentic: &Authentic,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Response, Refusal> {
    // A capability in an address proves nothing about what is sent there, so challenges are answered, not recorded.
    let message = Message { headers, capability: None, body };
    if let Some(answer) = handshake::answer(endpoint, &message)
        && hooks.quarantine.take_handshake(&endpoint.connection, hooks.parts.clock.now())
    {
        return Ok(answer);
    }
    if endpoint.is_pending {
        confirm(hooks, endpoint).await;
    }
    let recorded = record(hooks, endpoint, authentic, headers, body).await.map_err(|error| {
        tracing::error!(error = %chain(&*error), "a delivery could not be written down");
        Refusal::Busy
    })?;
    metrics::counter!("portal_hook_received_total", "mode" => endpoint.mode.word()).increment(1);
    match recorded {
        Recorded::New(receipt) => Ok(answer::receipt(&receipt, true)),
        Recorded::Again(receipt) => Ok(answer::receipt(&receipt, false)),
        Recorded::OtherContent(receipt) => {
            tracing::warn!(%receipt, "a signed id came with other content; both are kept");
            let secret = Some(authentic.secret);
            let reason = Reason::OtherContent;
            keep(hooks, &Suspect { endpoint, reason, headers, body, receipt: Some(receipt), secret });
            Err(Refusal::OtherContent)
        }
    }
}

/// The endpoint works: pings and challenges are over. If this cannot be written, the next delivery tries again.
async fn confirm(hooks: &Arc<Inner>, endpoint: &Endpoint) {
    let connection = endpoint.connection.as_str();
    let meta = Meta::by(format!("hook:{connection}"));
    let confirmed =
        hooks.parts.executor.execute::<Endpoints>(connection, EndpointCommand::Confirm, meta).await;
    if let Err(error) = confirmed {
        tracing::warn!(connection, error = %chain(&error), "an endpoint could not be confirmed");
    }
}

fn refuse(
    hooks: &Arc<Inner>,
    endpoint: &Endpoint,
    doubt: Doubt,
    (message, body): (&Message<'_>, &Bytes),
) -> Refusal {
    let suspect =
        |reason| Suspect { endpoint, reason, headers: message.headers, body, receipt: None, secret: None };
    let refusal = match doubt {
        Doubt::WrongAddress => return Refusal::NoSuchSource,
        Doubt::Unsigned => {
            keep(hooks, &suspect(Reason::Unsigned));
            Refusal::NoSignature
        }
        Doubt::Unreadable => {
            keep(hooks, &suspect(Reason::Unsigned));
            Refusal::BadHeaders
        }
        Doubt::Mismatch => {
            keep(hooks, &suspect(Reason::Mismatch));
            Refusal::BadSignature
        }
        Doubt::Stale(authentic) => {
            let receipt = receipt_of(hooks, endpoint, &authentic);
            let secret = Some(authentic.secret);
            keep(hooks, &Suspect { receipt, secret, ..suspect(Reason::Stale) });
            Refusal::Stale
        }
    };
    // Whoever cannot prove anything does not learn that there is a paused connection here.
    if endpoint.is_quiet { Refusal::NoSuchSource } else { refusal }
}
