//! `GET /oauth/wp/{nonce}`: WordPress brings user name and password in the query. They are stored at once and the
//! browser is sent on to a clean address; nothing of this request is logged or kept.

use std::collections::BTreeMap;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::form_urlencoded;

use super::page::{page, refused};
use super::store::store;
use crate::consents::digest;
use crate::context::Shared;
use crate::edge::wrong_method;
use crate::routes::connections::cookie_of;

/// Longest query that a site may bring, in bytes.
const QUERY_BYTES_MAX: usize = 8 << 10;
const NONCE_CHARS: usize = 43;

pub async fn take_back(
    State(api): State<Shared>,
    method: Method,
    Path(nonce): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if method != Method::GET {
        return wrong_method().await.into_response();
    }
    if is_prefetch(&headers) {
        return page(StatusCode::FORBIDDEN, "This page is not to be fetched ahead of time.");
    }
    let Some(query) = pairs(query.as_deref().unwrap_or_default()) else {
        return refused();
    };
    let now = api.context.clock.now();
    let consent = (nonce.len() == NONCE_CHARS).then(|| api.consents.take(&nonce, now)).flatten();
    let Some(consent) = consent else { return refused() };
    let shown = cookie_of(&headers).map(digest);
    if consent.cookie.is_some() && consent.cookie != shown {
        return refused();
    }
    // In a task of its own, so that a browser that goes away cannot leave half of it done.
    let connection = consent.connection.clone();
    let ended = tokio::spawn(async move { store(&api, consent, query).await }).await;
    let note = match ended {
        Ok(Ok(())) => String::new(),
        Ok(Err(code)) => format!("?consent={code}"),
        Err(_) => "?consent=INTERNAL".to_owned(),
    };
    let location = format!("/ui/connections/{connection}/status{note}");
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

fn is_prefetch(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose", "x-moz"].iter().any(|name| {
        headers
            .get(*name)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains("prefetch") || value.contains("preview"))
    })
}

/// The query's parameters; `None` when it is too long or names one twice.
fn pairs(query: &str) -> Option<BTreeMap<String, String>> {
    if query.len() > QUERY_BYTES_MAX {
        return None;
    }
    let mut pairs = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if pairs.insert(name.into_owned(), value.into_owned()).is_some() {
            return None;
        }
    }
    Some(pairs)
}
