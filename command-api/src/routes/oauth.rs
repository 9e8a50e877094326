//! Where a browser comes back to with a credential in its address. Nothing of that address is logged, kept or shown:
//! the credential is sealed at once and the browser is sent on to a clean address.

use std::collections::BTreeMap;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::connection::Connections;
use domain::ids::ConnectionId;
use domain::views::CONNECTIONS;

use crate::consents::digest;
use crate::context::{Api, Shared};
use crate::problem::Problem;
use crate::routes::connections::authorise_cookie;
use crate::routes::connections::keep;

/// Longest query that is looked at, in bytes.
const QUERY_BYTES_MAX: usize = 8 << 10;

/// Takes a returning browser's credential.
pub async fn take_back(
    State(api): State<Shared>,
    Path(nonce): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    if headers.get("sec-purpose").or(headers.get("purpose")).is_some() {
        // A browser that only looks ahead must not use the one-time address up.
        return gone().into_response();
    }
    match accept(&api, &nonce, &headers, &query.unwrap_or_default()).await {
        Ok((id, result)) => go_on(&api, &id, result),
        Err(problem) => problem.into_response(),
    }
}

async fn accept(
    api: &Api,
    nonce: &str,
    headers: &HeaderMap,
    query: &str,
) -> Result<(ConnectionId, &'static str), Problem> {
    let consent = api.consents.take(nonce, api.context.clock.now()).ok_or_else(gone)?;
    if let Some(expected) = &consent.cookie {
        let brought = authorise_cookie(headers).map(|cookie| digest(&cookie));
        if brought.as_ref() != Some(expected) {
            return Err(gone());
        }
    }
    let query = parameters(query)?;
    if query.get("success").is_some_and(|success| success == "false") {
        return Ok((consent.connection, "rejected"));
    }
    api.fresh(&CONNECTIONS).await?;
    let view = api.connection(&consent.connection).await?;
    let app = api.app(&view.app)?.clone();
    let session = api.session(&consent.connection, &view).await?;
    let answer = api.accept_consent(&app, &session, &query).await?;
    let credentials = answer.credentials;
    let id = &consent.connection;
    let tested = api.test(&app, &crate::probe::session_with(id, &view, Some(credentials.clone()))).await?;
    let mut commands = vec![keep(api, id, &view.origin, credentials, answer.handle).await?];
    commands.extend(tested.commands(&view));
    api.execute_all::<Connections>(id.as_str(), commands, consent.meta).await?;
    Ok((consent.connection, "authorised"))
}

/// Each parameter once: a second `password` is somebody's trick.
fn parameters(query: &str) -> Result<BTreeMap<String, String>, Problem> {
    let refused = || {
        Problem::bad_request(
            "INVALID_RETURN",
            "the site sent the browser back with something unexpected",
            "authorise again from the connection's page",
        )
    };
    if query.len() > QUERY_BYTES_MAX {
        return Err(refused());
    }
    let mut found = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if found.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(refused());
        }
    }
    Ok(found)
}

fn go_on(api: &Api, id: &ConnectionId, result: &str) -> Response {
    let to = format!("{}/ui/connections/{id}/status?result={result}", api.context.public_url);
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(value) = HeaderValue::from_str(&to) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

fn gone() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "NOT_FOUND",
        "this address was used already, has expired, or belongs to another browser",
        "authorise again from the connection's page",
    )
}
