//! The console in the browser: the files of `web/dist`, carried in the executable.
//!
//! Pages get a strict content security policy; files whose names change with their content may be kept for ever, all
//! others are asked for again each time and mostly answered with 304.

mod embedded;

use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, LOCATION, REFERRER_POLICY, VARY, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::listen::problem;
use embedded::{Embedded, FILES, find};

/// Files below it carry a digest of their content in their name.
const HASHED: &str = "assets/";
const INDEX: &str = "index.html";
const FINGERPRINT: &str = "fingerprint.json";
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: \
                      https:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";
const ABSENT: &str = "This build carries no console.\n\nTo have one, run `npm ci && npm run build` in the folder web/ \
                      and build the server again.\nThe API is at /api/v1/, and `portal-integrations --help` lists \
                      what the command line can do.\n";

/// `/` and everything below `/ui`.
pub fn router() -> Router {
    Router::new()
        .route("/", get(|| async { to_console() }))
        .route("/ui", get(|| async { to_console() }))
        .route("/ui/", get(page))
        .route("/ui/{*path}", get(page))
}

/// What tells one build of the console from another; absent when there is none.
pub fn fingerprint() -> Option<&'static str> {
    static FOUND: LazyLock<Option<String>> = LazyLock::new(|| {
        let file = find(&FILES, FINGERPRINT)?;
        let document: serde_json::Value = serde_json::from_slice(file.bytes).ok()?;
        document["sources"].as_str().map(str::to_owned)
    });
    FOUND.as_deref()
}

/// This build: its version, and with a console the beginning of its fingerprint, so that an open page notices either.
pub fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let version = env!("CARGO_PKG_VERSION");
        match fingerprint().and_then(|digits| digits.get(..8)) {
            Some(digits) => format!("{version}+{digits}"),
            None => version.to_owned(),
        }
    });
    &VERSION
}

fn to_console() -> Response<Body> {
    (StatusCode::FOUND, [(LOCATION, "/ui/")]).into_response()
}

async fn page(uri: Uri, headers: HeaderMap) -> Response<Body> {
    let answered = answer(&FILES, uri.path().trim_start_matches("/ui/"), headers);
    // Packing a file for the first time takes a moment, which others should not wait for.
    match tokio::task::spawn_blocking(answered).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "a page of the console could not be answered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The answer for a path below `/ui/`, to be made where it may take a moment.
fn answer(
    files: &'static [Embedded],
    path: &str,
    headers: HeaderMap,
) -> impl FnOnce() -> Response<Body> + use<> {
    let path = if path.is_empty() { INDEX } else { path }.to_owned();
    move || match find(files, &path) {
        Some(file) => sent(file, &headers),
        None if path.starts_with(HASHED) => problem(
            StatusCode::NOT_FOUND,
            "NO_SUCH_FILE",
            "the console has no such file; it may be of an older version",
            "reload the page",
        ),
        // The console itself knows its pages, and which it does not have.
        None => match find(files, INDEX) {
            Some(index) => sent(index, &headers),
            None => ([(CONTENT_TYPE, "text/plain; charset=utf-8")], ABSENT).into_response(),
        },
    }
}

fn sent(file: &'static Embedded, headers: &HeaderMap) -> Response<Body> {
    let packed = file.packed().filter(|_| takes_gzip(headers));
    let suffix = if packed.is_some() { "-gz" } else { "" };
    let mut response = if is_known(headers, file.digest()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(packed.map_or(Body::from(file.bytes), Body::from))
    };
    let cache =
        if file.path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let fixed = [
        (CONTENT_TYPE, file.media_type()),
        (CACHE_CONTROL, cache),
        (VARY, "accept-encoding"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (X_FRAME_OPTIONS, "DENY"),
    ];
    let answered = response.headers_mut();
    for (name, value) in fixed {
        answered.insert(name, HeaderValue::from_static(value));
    }
    if packed.is_some() {
        answered.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}{suffix}\"", file.digest())) {
        answered.insert(ETAG, tag);
    }
    response
}

/// Whether the client takes gzip: named, and not with a weight of nothing.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let all = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let nothing = |weight: &str| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0);
        named && !parts.any(|part| part.strip_prefix("q=").is_some_and(nothing))
    })
}

/// Whether the client has this content already, packed or not.
fn is_known(headers: &HeaderMap, digest: &str) -> bool {
    let all = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(',')).any(|tag| {
        let tag = tag.trim().trim_start_matches("W/").trim_matches('"');
        tag.trim_end_matches("-gz") == digest
    })
}

#[cfg(test)]
mod tests;
