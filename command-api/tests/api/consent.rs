//! Sending a browser away and taking it back.

use axum::body::Body;
use axum::http::{Method, Request};
use chrono::TimeDelta;
use engine::ports::SecretSlot;
use serde_json::json;

use crate::house::{Answer, House};

const QUERY: &str =
    "site_url=https%3A%2F%2Fsite.example%2F&user_login=ada&password=abcd+EFGH+1234+ijkl+MNOP+5678";

/// Begins a consent as a command line does; gives the way back.
async fn begin(house: &House, id: &str) -> String {
    let answer = house.post(&format!("/api/v1/connections/{id}/authorise"), json!({})).await.is(200);
    assert!(answer.json["consent_url"].as_str().unwrap().starts_with("https://site.example/wp-admin/"));
    assert!(!answer.headers.contains_key("set-cookie"));
    let back = house.site.back.lock().unwrap().clone();
    back.strip_prefix("http://127.0.0.1:8080").expect("it comes back to us").to_owned()
}

async fn come_back(house: &House, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    house.send(request.body(Body::empty()).unwrap()).await
}

async fn has_secret(house: &House, id: &str) -> bool {
    let origin = "https://site.example".to_owned();
    let slot = SecretSlot { owner: id.to_owned(), purpose: "api".to_owned(), origin };
    house.context.vault.open(&slot).await.unwrap().is_some()
}

async fn added(house: &House) -> String {
    let body = json!({"app": "wordpress", "address": "site.example"});
    house.post("/api/v1/connections", body).await.is(201).id()
}

#[tokio::test]
async fn what_the_browser_brings_is_stored_and_it_goes_on_to_a_clean_address() {
    let house = House::open().await;
    let id = added(&house).await;
    let back = begin(&house, &id).await;
    let answer = come_back(&house, Method::GET, &format!("{back}?{QUERY}"), &[]).await.is(303);
    assert_eq!(answer.headers["location"], format!("/ui/connections/{id}/status"));
    assert_eq!(answer.headers["referrer-policy"], "no-referrer");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(answer.text.is_empty());
    let end = *house.context.executor.store.end().borrow();
    let shown = house.get(&format!("/api/v1/connections/{id}?min_position={end}")).await.is(200);
    assert_eq!((&shown.json["health"], &shown.json["account"]), (&json!("healthy"), &json!("ada")));
    assert!(!shown.text.contains("EFGH") && !shown.text.contains("uuid-1"));
    let again = come_back(&house, Method::GET, &format!("{back}?{QUERY}"), &[]).await.is(404);
    assert!(!again.text.contains("ada") && !again.text.contains("EFGH"));
    house.delete(&format!("/api/v1/connections/{id}")).await.is(200);
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
    assert_eq!(*house.site.revoked.lock().unwrap(), ["uuid-1"]);
}

#[tokio::test]
async fn bad_input_143_nonces_that_are_missing_made_up_late_or_of_another_browser() {
    let house = House::open().await;
    let id = added(&house).await;
    for nonce in ["x", &"A".repeat(43), &"A".repeat(10_000), "..%2f..", "%00"] {
        come_back(&house, Method::GET, &format!("/oauth/wp/{nonce}?{QUERY}"), &[]).await.is(404);
    }
    come_back(&house, Method::GET, &format!("/oauth/wp/?{QUERY}"), &[]).await.is(404);
    let late = begin(&house, &id).await;
    house.clock.advance(TimeDelta::minutes(11));
    come_back(&house, Method::GET, &format!("{late}?{QUERY}"), &[]).await.is(404);
    let path = format!("/api/v1/connections/{id}/authorise");
    let ask =
        || House::request(Method::POST, &path, &house.administrator).header("sec-fetch-site", "same-origin");
    let answer = house.send(ask().body(Body::empty()).unwrap()).await.is(200);
    let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Domain"));
    let back = house.site.back.lock().unwrap().replace("http://127.0.0.1:8080", "");
    let thief = format!("portal-consent={}", "A".repeat(43));
    come_back(&house, Method::GET, &format!("{back}?{QUERY}"), &[("cookie", &thief)]).await.is(404);
    assert!(!has_secret(&house, &id).await);
    house.send(ask().header("cookie", &cookie).body(Body::empty()).unwrap()).await.is(200);
    let back = house.site.back.lock().unwrap().replace("http://127.0.0.1:8080", "");
    let pair = cookie.split(';').next().unwrap();
    come_back(&house, Method::GET, &format!("{back}?{QUERY}"), &[("cookie", pair)]).await.is(303);
    assert!(has_secret(&house, &id).await);
}

#[tokio::test]
async fn bad_input_147_other_methods_and_prefetches_leave_the_way_back_open() {
    let house = House::open().await;
    let id = added(&house).await;
    let back = format!("{}?{QUERY}", begin(&house, &id).await);
    for method in [Method::HEAD, Method::POST, Method::PUT, Method::OPTIONS] {
        come_back(&house, method, &back, &[]).await.is(405);
    }
    for header in [
        ("sec-purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("purpose", "prefetch"),
        ("x-moz", "prefetch"),
    ] {
        come_back(&house, Method::GET, &back, &[header]).await.is(403);
    }
    assert!(!has_secret(&house, &id).await);
    come_back(&house, Method::GET, &back, &[]).await.is(303);
    come_back(&house, Method::GET, &back, &[]).await.is(404);
}

#[tokio::test]
async fn bad_input_148_answers_of_another_site_doubled_or_rejected_store_nothing() {
    let house = House::open().await;
    let id = added(&house).await;
    let other = QUERY.replace("site.example", "evil.example");
    let long = format!("{QUERY}&x={}", "a".repeat(9_000));
    let doubled = format!("{QUERY}&password=other");
    for (query, status, note) in [
        (&*other, 303, "?consent=OTHER_SITE"),
        ("success=false", 303, "?consent=REJECTED"),
        ("", 303, "?consent=OTHER_SITE"),
        (&*doubled, 404, ""),
        (&*long, 404, ""),
    ] {
        let back = begin(&house, &id).await;
        let answer = come_back(&house, Method::GET, &format!("{back}?{query}"), &[]).await.is(status);
        if status == 303 {
            assert_eq!(answer.headers["location"], format!("/ui/connections/{id}/status{note}"));
        }
        assert!(!has_secret(&house, &id).await, "{query}");
    }
}
