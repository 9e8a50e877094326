//! Who may call: access tokens. Only a token's digest is ever recorded; the text is shown once.
//!
//! A token is `pit_` and 43 characters of base64url: 256 bits of chance, so a plain digest is enough to keep it.

mod known;
mod presented;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::access::{Role, TokenCommand, Tokens};
use domain::ids::TokenId;
use engine::ports::Secret;
use engine::{Meta, Position};

use crate::context::{Context, Shared};
use crate::edge::RequestId;
use crate::problem::Problem;
pub use known::Known;
pub use presented::{Presented, cookie, cookie_name, refuse_foreign_pages};

const PREFIX: &str = "pit_";
const RANDOM_BYTES: usize = 32;
/// Characters of 32 bytes in base64url.
const RANDOM_CHARS: usize = 43;
const SCHEME: &str = "Bearer ";

/// Who makes a request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The token's handle, never its text.
    pub token: String,
    pub role: Role,
    pub request: String,
    /// Where the request stands in its sender's trace, as its `traceparent` header says.
    pub trace: Option<String>,
}

impl Caller {
    /// What is written beside each event this request causes.
    pub fn meta(&self) -> Meta {
        Meta::by(self.actor()).of(self.request.clone()).within(self.trace.as_deref())
    }

    pub fn actor(&self) -> String {
        actor_of(&self.token)
    }
}

/// What the log calls a token.
pub fn actor_of(token: &str) -> String {
    format!("token:{token}")
}

/// A new token. The text exists only here and at whoever it is shown to.
pub struct Issued {
    pub id: TokenId,
    pub text: Secret,
    pub position: Position,
}

/// Makes a token outside of a request: the installation's first one, and those of the command line.
pub async fn issue_token(context: &Context, name: &str, role: Role, meta: Meta) -> Result<Issued, Problem> {
    issue_token_as(context, TokenId::new(&context.ids.short()), name, role, meta).await
}

/// The same under an id that was chosen: refused if there is such a token.
pub async fn issue_token_as(
    context: &Context,
    id: TokenId,
    name: &str,
    role: Role,
    meta: Meta,
) -> Result<Issued, Problem> {
    let text = new_text(context);
    let command = TokenCommand::Issue { name: name.to_owned(), role, hash: token_hash(text.expose()) };
    let committed = context.executor.execute::<Tokens>(id.as_str(), command, meta).await?;
    Ok(Issued { id, text, position: committed.position })
}

/// A token's text, of fresh chance.
pub fn new_text(context: &Context) -> Secret {
    let random = context.ids.random(RANDOM_BYTES);
    Secret::new(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random)))
}

/// What is stored of a token: lower-case hexadecimal BLAKE3.
pub fn token_hash(text: &str) -> String {
    engine::hash::hex(text.as_bytes())
}

/// The one route that asks for no token: it is where a browser brings one.
const OPEN: (Method, &str) = (Method::POST, "/api/v1/session");

/// Lets only known tokens in. Everything below `/api` is behind this, also what does not exist.
pub async fn authenticate(State(api): State<Shared>, mut request: Request, next: Next) -> Response {
    if (request.method(), request.uri().path()) == (&OPEN.0, OPEN.1) {
        return next.run(request).await;
    }
    let shown = match presented::presented(&api, request.method(), request.headers()).await {
        Ok(shown) => shown,
        Err(problem) => return problem.into_response(),
    };
    let (token, role) = match api.known.find(&api.context, &shown.token).await {
        Ok(Some(found)) => found,
        Ok(None) => {
            return unauthorized("the access token is not known here, or was revoked").into_response();
        }
        Err(problem) => return problem.into_response(),
    };
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let trace = request.headers().get("traceparent").and_then(|value| value.to_str().ok()).map(str::to_owned);
    request.extensions_mut().insert(shown);
    request.extensions_mut().insert(Caller { token, role, request: request_id, trace });
    next.run(request).await
}

/// For calls that come from inside this process, from a command line that opened the data directory itself.
pub async fn act_as_operator_of_this_machine(mut request: Request, next: Next) -> Response {
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let caller =
        Caller { token: "local".to_owned(), role: Role::Administrator, request: request_id, trace: None };
    request.extensions_mut().insert(caller);
    next.run(request).await
}

pub fn is_token(text: &str) -> bool {
    text.strip_prefix(PREFIX).is_some_and(|random| {
        random.len() == RANDOM_CHARS
            && random.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    })
}

pub fn unauthorized(detail: &str) -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "UNAUTHORIZED",
        detail,
        "send one header: Authorization: Bearer pit_… with a token from the settings page or the command line",
    )
}

/// Asks for a role; the policy of a route.
pub async fn require(role: Role, request: Request, next: Next) -> Response {
    match request.extensions().get::<Caller>() {
        Some(caller) if caller.role >= role => next.run(request).await,
        Some(_) => Problem::new(
            StatusCode::FORBIDDEN,
            "FORBIDDEN",
            format!("this needs a token with the role {} or more", word(role)),
            "use such a token, or ask an administrator",
        )
        .into_response(),
        None => unauthorized("the request was not authenticated").into_response(),
    }
}

pub fn word(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Operator => "operator",
        Role::Administrator => "administrator",
    }
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| unauthorized("the request was not authenticated"))
    }
}
