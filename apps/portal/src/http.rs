//! Portal over HTTP: signed batches to its import address. The contract is `schemas/http/portal-import.json`.

mod effects;
mod messages;

use std::sync::Arc;

use app_sdk::egress::{Egress, EgressError, Request, Response, StatusCode, Url};
use app_sdk::signature::SigningKey;
use app_sdk::{
    Actions, AppError, Fate, Performed, Repeats, Session, UndoItem, Undone, WriteAnswer, WriteItem,
};
use async_trait::async_trait;
use bytes::Bytes;
use engine::hash;
use engine::ports::Clock;

pub use effects::{ASKED, Effect, EffectStatus, PLAIN};
pub use messages::{Answer, AnswerItem, AnswerStatus, Batch, BatchItem, ItemError};

/// Items in one batch: the contract's limit.
pub const BATCH_ITEMS_MAX: usize = 500;
/// Bytes in one batch: the contract's limit.
pub const BATCH_BYTES_MAX: usize = 4 << 20;

pub struct Http {
    egress: Arc<Egress>,
    clock: Arc<dyn Clock>,
}

impl Http {
    pub fn new(egress: Arc<Egress>, clock: Arc<dyn Clock>) -> Self {
        Self { egress, clock }
    }

    /// Sends one batch and reads the answer. `dry` asks Portal to touch nothing.
    pub async fn send(
        &self,
        session: &Session,
        batch: &[WriteItem],
        dry: bool,
    ) -> Result<Vec<WriteAnswer>, AppError> {
        let body = Bytes::from(domain::event::encode(&Batch::of(batch)));
        if body.len() > BATCH_BYTES_MAX {
            return Err(too_large(body.len()));
        }
        let effects: Vec<&str> = batch.iter().map(|item| item.effect.as_str()).collect();
        let request = self.request(session, body, &hash::id(&effects), dry)?;
        let response = self.egress.send(Some(session), request).await.map_err(|error| outside(&error))?;
        let answer = read(&response)?;
        messages::in_order(batch, answer)
    }

    fn request(&self, session: &Session, body: Bytes, key: &str, dry: bool) -> Result<Request, AppError> {
        let url = address(session, "v1/import/batches")?;
        self.signed(session, Request::post(url, body), key)?
            .header("content-type", "application/json")
            .and_then(|r| r.header("idempotency-key", key))
            .and_then(|r| r.header("portal-dry-run", if dry { "true" } else { "false" }))
            .map_err(|error| outside(&error))
    }

    /// Signs a request as Standard Webhooks do.
    fn signed(&self, session: &Session, request: Request, id: &str) -> Result<Request, AppError> {
        let secret = session.credentials.as_ref().and_then(|credentials| credentials.secret.as_ref());
        let signing = secret
            .ok_or_else(|| unsigned("no signing secret is stored"))
            .and_then(|secret| SigningKey::parse(secret).map_err(|error| unsigned(&error.to_string())))?;
        let timestamp = self.clock.now().timestamp();
        let signature = signing.sign(id, timestamp, &request.body);
        request
            .header("webhook-id", id)
            .and_then(|r| r.header("webhook-timestamp", &timestamp.to_string()))
            .and_then(|r| r.header("webhook-signature", &signature))
            .map_err(|error| outside(&error))
    }
}

fn address(session: &Session, path: &str) -> Result<Url, AppError> {
    Url::parse(&session.address)
        .and_then(|base| base.join(path))
        .map_err(|error| invalid("INVALID_ADDRESS", format!("{} is no address: {error}", session.address)))
}

#[async_trait]
impl Actions for Http {
    fn batch_max(&self) -> usize {
        BATCH_ITEMS_MAX
    }

    fn repeats(&self, session: &Session) -> Repeats {
        effects::repeats(session)
    }

    async fn became_of(&self, session: &Session, effects: &[String]) -> Result<Vec<Fate>, AppError> {
        self.ask(session, effects).await
    }

    async fn perform(&self, session: &Session, batch: &[WriteItem]) -> Result<Performed, AppError> {
        Ok(Performed { answers: self.send(session, batch, false).await?, appends: vec![] })
    }

    async fn foresee(&self, session: &Session, batch: &[WriteItem]) -> Result<Vec<WriteAnswer>, AppError> {
        self.send(session, batch, true).await
    }

    async fn undo(&self, session: &Session, _: &[UndoItem]) -> Result<Undone, AppError> {
        Err(not_undoable(session))
    }

    async fn foresee_undo(&self, session: &Session, _: &[UndoItem]) -> Result<Undone, AppError> {
        Err(not_undoable(session))
    }
}

/// The contract writes and never reads, so nobody here knows what a write replaced.
fn not_undoable(session: &Session) -> AppError {
    AppError::Invalid {
        code: "NOT_UNDOABLE".to_owned(),
        message: format!(
            "what was written to {} cannot be taken back: its import address takes records and shows none, so it is not \
             known what was there before",
            session.address
        ),
        remedy: "re-import what was recorded with the version or mapping from before; remove there what was created"
            .to_owned(),
    }
}

/// An answer of the whole batch, or what kind of failure it was.
fn read(response: &Response) -> Result<Answer, AppError> {
    if response.status != StatusCode::OK {
        return Err(read_fault(response));
    }
    serde_json::from_slice(&response.body).map_err(|error| AppError::Unanswered {
        code: "PORTAL_ANSWER_UNREADABLE".to_owned(),
        message: format!("Portal answered 200 with something that is not its contract: {error}"),
        remedy: "look whether the address leads to Portal itself".to_owned(),
    })
}

/// What kind of failure another status is.
fn read_fault(response: &Response) -> AppError {
    match response.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => unsigned("Portal refused the signature"),
        StatusCode::PAYLOAD_TOO_LARGE => too_large(0),
        StatusCode::CONFLICT => invalid(
            "IDEMPOTENCY_CONFLICT",
            "Portal has seen this idempotency key with another content".to_owned(),
        ),
        status @ (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) => AppError::RateLimited {
            message: format!("Portal asked to wait ({status})"),
            retry_after: response.retry_after(),
        },
        status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => AppError::Unanswered {
            code: "PORTAL_UNAVAILABLE".to_owned(),
            message: format!("Portal answered {status}"),
            remedy: "look at Portal's log".to_owned(),
        },
        status => invalid("PORTAL_REFUSED", format!("Portal refused the request with {status}")),
    }
}

fn outside(error: &EgressError) -> AppError {
    let (code, message, remedy) = (error.code().to_owned(), error.to_string(), error.remedy().to_owned());
    if error.may_have_arrived() {
        AppError::Unanswered { code, message, remedy }
    } else if error.is_transient() {
        AppError::Transient { code, message, remedy }
    } else {
        AppError::Unauthorized { code, message, remedy }
    }
}

fn unsigned(why: &str) -> AppError {
    AppError::Unauthorized {
        code: "PORTAL_UNAUTHORIZED".to_owned(),
        message: format!("the batch cannot be signed as Portal wants it: {why}"),
        remedy: "store Portal's signing secret (whsec_…) in the connection again".to_owned(),
    }
}

fn too_large(bytes: usize) -> AppError {
    invalid(
        "BATCH_TOO_LARGE",
        format!("the batch of {bytes} bytes is above Portal's limit of {BATCH_BYTES_MAX}"),
    )
}

fn invalid(code: &str, message: String) -> AppError {
    AppError::Invalid {
        code: code.to_owned(),
        message,
        remedy: "look at the record and at Portal's log".to_owned(),
    }
}
