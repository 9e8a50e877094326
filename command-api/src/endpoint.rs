//! What every endpoint uses.

pub use axum::Json;
pub use axum::extract::State;
pub use axum::http::StatusCode;

pub use crate::access::Caller;
pub use crate::answer::{Done, Listed};
pub use crate::area::Area;
pub use crate::context::Shared;
pub use crate::extract::{Body, Id, ListParams, Params, ReadParams};
pub use crate::problem::Problem;

/// A handler's answer.
pub type Answer<T> = Result<Json<T>, Problem>;
/// The answer of a handler that makes something.
pub type Created<T> = Result<(StatusCode, Json<T>), Problem>;
