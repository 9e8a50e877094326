use std::io::Read as _;

use super::*;
use axum::http::header::{CONTENT_LENGTH, HOST};
use axum::http::{Method, Request};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

static SAMPLE: LazyLock<Vec<Embedded>> = LazyLock::new(|| {
    vec![
        Embedded::new("assets/app-1a2b.css", b"b{}"),
        Embedded::new("assets/app-1a2b.js", &[b'a'; 4_000]),
        Embedded::new("favicon.svg", b"<svg/>"),
        Embedded::new("index.html", b"<!doctype html>"),
    ]
});

fn ask(files: &'static [Embedded], path: &str, headers: &[(&'static str, &str)]) -> Response<Body> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, HeaderValue::from_str(value).unwrap());
    }
    answer(files, path, map)()
}

async fn text(response: Response<Body>) -> Vec<u8> {
    response.into_body().collect().await.unwrap().to_bytes().to_vec()
}

#[tokio::test]
async fn files_are_sent_as_what_they_are_with_a_policy() {
    let index = ask(&SAMPLE, "", &[]);
    assert_eq!(index.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    assert_eq!(index.headers()[CACHE_CONTROL], "no-cache");
    let policy = index.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    let scripts = policy.split(';').find(|part| part.contains("script-src")).unwrap();
    assert_eq!(scripts.trim(), "script-src 'self'");
    assert!(policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"));
    assert_eq!(text(index).await, b"<!doctype html>");
    let script = ask(&SAMPLE, "assets/app-1a2b.js", &[]);
    assert_eq!(script.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
    assert!(script.headers()[CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    assert_eq!(ask(&SAMPLE, "favicon.svg", &[]).headers()[CACHE_CONTROL], "no-cache");
}

#[tokio::test]
async fn what_is_worth_it_is_packed_for_who_takes_it() {
    let packed = ask(&SAMPLE, "assets/app-1a2b.js", &[("accept-encoding", "br, gzip;q=0.8")]);
    assert_eq!(packed.headers()[CONTENT_ENCODING], "gzip");
    assert_eq!(packed.headers()[VARY], "accept-encoding");
    let tag = packed.headers()[ETAG].to_str().unwrap().to_owned();
    let bytes = text(packed).await;
    assert!(bytes.len() < 100);
    let mut plain = vec![];
    flate2::read::GzDecoder::new(&*bytes).read_to_end(&mut plain).unwrap();
    assert_eq!(plain, SAMPLE[1].bytes);
    for codings in ["br", "gzip;q=0", "identity", ""] {
        let response = ask(&SAMPLE, "assets/app-1a2b.js", &[("accept-encoding", codings)]);
        assert!(!response.headers().contains_key(CONTENT_ENCODING), "{codings}");
        assert_ne!(response.headers()[ETAG], *tag);
        assert_eq!(text(response).await.len(), 4_000);
    }
    let small = ask(&SAMPLE, "assets/app-1a2b.css", &[("accept-encoding", "gzip")]);
    assert!(!small.headers().contains_key(CONTENT_ENCODING));
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    for coding in ["gzip", "identity"] {
        let first = ask(&SAMPLE, "assets/app-1a2b.js", &[("accept-encoding", coding)]);
        let tag = first.headers()[ETAG].to_str().unwrap().to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
            let again = ask(&SAMPLE, "assets/app-1a2b.js", &[("if-none-match", &known)]);
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert!(text(again).await.is_empty());
        }
        let other = ask(&SAMPLE, "index.html", &[("if-none-match", &tag)]);
        assert_eq!(other.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn bad_input_077_unknown_files_are_not_found_and_unknown_pages_are_the_consoles() {
    for path in ["assets/x.js", "assets/../index.html", "assets/%2e%2e/index.html", "assets/"] {
        let response = ask(&SAMPLE, path, &[]);
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    }
    for path in ["runs/rn_1", "nowhere", "../Cargo.toml", "%2e%2e/Cargo.toml"] {
        let response = ask(&SAMPLE, path, &[]);
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(text(response).await, b"<!doctype html>");
    }
    let without = ask(&[], "", &[]);
    assert_eq!(without.status(), StatusCode::OK);
    assert!(String::from_utf8(text(without).await).unwrap().contains("carries no console"));
}

#[tokio::test]
async fn the_address_alone_leads_to_the_console() {
    for path in ["/", "/ui"] {
        let request = Request::get(path).header(HOST, "a").body(Body::empty()).unwrap();
        let response = router().oneshot(request).await.unwrap();
        assert_eq!(
            (response.status(), &response.headers()[LOCATION]),
            (StatusCode::FOUND, &"/ui/".parse().unwrap())
        );
    }
    let head = Request::builder().method(Method::HEAD).uri("/ui/").body(Body::empty()).unwrap();
    let response = router().oneshot(head).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_ne!(response.headers()[CONTENT_LENGTH], "0");
    let post = Request::post("/ui/").body(Body::empty()).unwrap();
    assert_eq!(router().oneshot(post).await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[test]
fn the_version_names_the_console_that_it_carries() {
    match fingerprint() {
        Some(digits) => assert!(version().ends_with(&digits[..8]) && digits.len() == 64),
        None => assert_eq!(version(), env!("CARGO_PKG_VERSION")),
    }
}
