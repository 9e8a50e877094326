//! How the API says no: RFC 9457, always with a code, a sentence, and what to do next.
//!
//! A handler returns a [`Problem`]; the response only carries it, and `edge` writes it out with the request's id. So
//! there is one place that makes bodies of errors, also for those that axum answers by itself.

use app_sdk::AppError;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::problem::Rejection;
use domain::scenario::check;
use engine::execute::ExecuteError;
use engine::follow::chain;
use engine::history::HistoryError;
use engine::ports::{AppendError, ReadError, StoreError, VaultError};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A refusal. Boxed, because it travels in every `Result`.
#[derive(Clone, Debug)]
pub struct Problem(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    status: StatusCode,
    rejection: Rejection,
    retry_after: Option<u64>,
    problems: Vec<Value>,
}

/// The body of every answer that is not a success.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// A URI for the kind of problem.
    #[serde(rename = "type")]
    kind: String,
    /// What, in a few words.
    title: String,
    status: u16,
    /// Why.
    detail: String,
    /// Stable, upper-case.
    code: String,
    /// The input field at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// What to do next.
    remedy: String,
    request_id: String,
    /// Everything that is wrong, where there is more than one thing; also the stages of a failed test.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    problems: Vec<Value>,
}

impl Problem {
    pub fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::of(status, Rejection::new(code, detail, remedy))
    }

    pub fn of(status: StatusCode, rejection: Rejection) -> Self {
        Self(Box::new(Inner { status, rejection, retry_after: None, problems: vec![] }))
    }

    pub fn bad_request(code: &'static str, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail, remedy)
    }

    pub fn conflict(code: &'static str, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail, remedy)
    }

    pub fn invalid(code: &'static str, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail, remedy)
    }

    pub fn not_found(noun: &str) -> Self {
        let detail = format!("there is no such {noun}");
        let remedy = format!("list what there is and use an id from there; the {noun} may have been deleted");
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", detail, remedy)
    }

    pub fn busy(code: &'static str, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail, remedy).after(1)
    }

    /// A fault of ours. What exactly goes to the log, not to the caller.
    pub fn fault(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = %chain(error), "a request failed for a reason of ours");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "INTERNAL",
            "the server could not do this; nothing was changed unless a later look shows it",
            "try again; if it persists, look for the request id in the server's log",
        )
    }

    fn unreachable(what: &'static str, error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = %chain(error), "{what} does not answer");
        Self::busy("STORE_UNAVAILABLE", format!("{what} does not answer"), "try again in a moment")
    }

    #[must_use]
    pub fn at(mut self, field: &str) -> Self {
        self.0.rejection.field = Some(field.to_owned());
        self
    }

    /// Seconds after which another try makes sense.
    #[must_use]
    pub fn after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    #[must_use]
    pub fn with(mut self, problems: Vec<Value>) -> Self {
        self.0.problems = problems;
        self
    }

    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    pub fn retry_after(&self) -> Option<u64> {
        self.0.retry_after
    }

    pub fn code(&self) -> &str {
        &self.0.rejection.code
    }

    /// As it is written out.
    pub fn body(&self, request_id: &str) -> ProblemBody {
        let Inner { status, rejection, problems, .. } = &*self.0;
        ProblemBody {
            kind: format!("urn:portal-integrations:problem:{}", rejection.code.to_lowercase()),
            title: title(&rejection.code),
            status: status.as_u16(),
            detail: rejection.detail.clone(),
            code: rejection.code.to_string(),
            field: rejection.field.clone(),
            remedy: rejection.remedy.clone(),
            request_id: request_id.to_owned(),
            problems: problems.clone(),
        }
    }
}

/// `STALE_DRAFT` as people write it.
fn title(code: &str) -> String {
    let words = code.to_lowercase().replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or(words.clone(), |first| first.to_uppercase().chain(letters).collect())
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let status = match &*rejection.code {
            "NOT_FOUND" => StatusCode::NOT_FOUND,
            "INVALID_ID" | "TOO_DEEP" | "TOO_MANY_VALUES" => StatusCode::BAD_REQUEST,
            "ALREADY_EXISTS" | "ALREADY_FINISHED" | "ALREADY_OPEN" | "ROTATION_UNDER_WAY" | "LAST_SECRET"
            | "NOT_WAITING" | "STILL_RUNNING" | "STALE_DRAFT" | "STALE_REVISION" => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::of(status, rejection)
    }
}

/// Everything that is wrong with a definition at once; the first one speaks.
impl From<Vec<Rejection>> for Problem {
    fn from(rejections: Vec<Rejection>) -> Self {
        let problems = rejections.iter().map(|rejection| json!(rejection)).collect();
        let first = rejections.into_iter().next().unwrap_or_else(|| {
            Rejection::new("INVALID_MAPPING", "the mapping cannot be used", "correct its definition")
        });
        Self::of(StatusCode::UNPROCESSABLE_ENTITY, first).with(problems)
    }
}

/// Everything that is wrong with a graph at once.
impl From<Vec<check::Problem>> for Problem {
    fn from(found: Vec<check::Problem>) -> Self {
        let errors = found.iter().filter(|problem| problem.is_error()).count();
        let first = found.iter().find(|problem| problem.is_error()).or(found.first());
        let detail = match first {
            Some(first) => format!("the scenario has {errors} problems, the first: {}", first.message),
            None => "the scenario cannot be used".to_owned(),
        };
        let remedy = first.map_or("open the scenario and correct it", |first| &first.remedy).to_owned();
        let problems = found.iter().map(|problem| json!(problem)).collect();
        Self::invalid("SCENARIO_HAS_PROBLEMS", detail, remedy).with(problems)
    }
}

impl From<ExecuteError> for Problem {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::Rejected(rejection) => rejection.into(),
            ExecuteError::History(error) => error.into(),
            ExecuteError::Append(error) => error.into(),
            ExecuteError::Contended { .. } | ExecuteError::Overtaken { .. } => Self::busy(
                "CONTENDED",
                "too many others changed the same thing at the same time",
                "try again",
            ),
        }
    }
}

impl From<AppendError> for Problem {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Conflict { .. } => {
                Self::busy("CONTENDED", "somebody else changed the same thing at the same time", "try again")
            }
            AppendError::Refused(_) => Self::fault(&error),
            AppendError::Unknown(_) | AppendError::Unavailable(_) => Self::unreachable("the log", &error),
        }
    }
}

impl From<HistoryError> for Problem {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Store(error) => error.into(),
            HistoryError::Decode { .. } => Self::fault(&error),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::unreachable("the log", &error),
            StoreError::Corrupt(_) => Self::fault(&error),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unavailable(_) | ReadError::Moved { .. } => {
                Self::unreachable("the store of views", &error)
            }
            ReadError::Corrupt(_) => Self::fault(&error),
        }
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Unavailable(_) => Self::unreachable("the vault", &error),
            VaultError::WrongKey(_) | VaultError::Corrupt(_) => Self::fault(&error),
        }
    }
}

/// A remote system that failed us: the person's input or permission, or the world.
impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let status = match &error {
            AppError::Unauthorized { .. } | AppError::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            AppError::RateLimited { .. } | AppError::Transient { .. } | AppError::Unanswered { .. } => {
                StatusCode::BAD_GATEWAY
            }
        };
        let mut rejection = Rejection::new("", error.to_string(), error.remedy());
        rejection.code = error.code().to_owned().into();
        Self::of(status, rejection)
    }
}
