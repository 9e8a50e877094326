//! Parameters of a query: known names, bounded values.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use crate::context::Shared;
use crate::problem::Problem;

/// Most rows of a page.
pub const LIMIT_MAX: u64 = 500;
/// Rows of a page when nobody says.
const LIMIT: u64 = 50;
/// Longest text to search for, in characters.
const SEARCH_CHARS_MAX: usize = 200;
const QUERY_BYTES_MAX: usize = 8 << 10;

/// A read of one thing.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadParams {
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// A read of a plain list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// Plain text to search for, whatever its case.
    pub q: Option<String>,
    /// Rows of a page, 1 to 500.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Wait up to two seconds until the answer shows the log up to this position.
    pub min_position: Option<u64>,
}

/// The query of a request.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Shared> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        if query.len() > QUERY_BYTES_MAX {
            return Err(invalid("the query is longer than 8 KiB"));
        }
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(params)) => Ok(Self(params)),
            Err(rejection) => Err(invalid(&rejection.body_text())),
        }
    }
}

fn invalid(detail: &str) -> Problem {
    let detail: String = detail.chars().filter(|c| !c.is_control()).take(300).collect();
    Problem::bad_request(
        "INVALID_PARAMETER",
        detail,
        "compare the parameters with the API's description; each may appear once",
    )
}

/// Rows of a page.
pub fn limit(wanted: Option<u64>) -> Result<usize, Problem> {
    match wanted.unwrap_or(LIMIT) {
        rows @ 1..=LIMIT_MAX => Ok(usize::try_from(rows).unwrap_or(1)),
        _ => Err(Problem::bad_request(
            "INVALID_LIMIT",
            format!("a page has 1 to {LIMIT_MAX} rows"),
            "ask for fewer rows and go on with next_cursor",
        )
        .at("limit")),
    }
}

/// A text to search for, if there is one.
pub fn search(q: Option<String>) -> Result<Option<String>, Problem> {
    let Some(text) = q.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    if text.chars().count() > SEARCH_CHARS_MAX {
        return Err(Problem::bad_request(
            "SEARCH_TOO_LONG",
            format!("a search text has at most {SEARCH_CHARS_MAX} characters"),
            "search for a part of it",
        )
        .at("q"));
    }
    Ok(Some(text.trim().to_owned()))
}
