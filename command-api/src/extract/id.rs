//! Ids in paths.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use domain::ids::{ConnectionId, ErasureId, FailureId, MappingId, RunId, ScenarioId, TokenId};
use domain::problem::Rejection;

use crate::context::Shared;
use crate::problem::Problem;

/// A kind of id.
pub trait Kind: Sized {
    fn read(text: &str) -> Result<Self, Rejection>;
}

macro_rules! kinds {
    ($($id:ident),+ $(,)?) => {$(
        impl Kind for $id {
            fn read(text: &str) -> Result<Self, Rejection> {
                Self::parse(text)
            }
        }
    )+};
}

kinds! { ConnectionId, ErasureId, FailureId, ScenarioId, MappingId, RunId, TokenId }

/// The `{id}` of a path.
pub struct Id<T>(pub T);

impl<T: Kind + Send> FromRequestParts<Shared> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Shared) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, api).await.map_err(|_| unreadable())?;
        let text = params.iter().find(|(name, _)| *name == "id").map_or("", |(_, text)| text);
        Ok(Self(T::read(text)?))
    }
}

fn unreadable() -> Problem {
    Problem::bad_request(
        "INVALID_PATH",
        "the address does not hold valid UTF-8",
        "use the address from a list",
    )
}
