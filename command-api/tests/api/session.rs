//! Browsers: a cookie instead of a token.

use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{Method, Request};
use chrono::TimeDelta;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::house::{Answer, House};

/// A signed-in browser.
struct Browser<'a> {
    house: &'a House,
    cookie: String,
    csrf: String,
}

async fn sign_in(house: &House, token: &str) -> Answer {
    let request = Request::post("/api/v1/session").header("content-type", "application/json");
    house.send(request.body(Body::from(json!({"token": token}).to_string())).unwrap()).await
}

impl<'a> Browser<'a> {
    async fn open(house: &'a House, token: &str) -> Self {
        let answer = sign_in(house, token).await.is(200);
        let set = answer.headers["set-cookie"].to_str().unwrap();
        let cookie = set.split(';').next().unwrap().to_owned();
        Self { house, cookie, csrf: answer.json["csrf"].as_str().unwrap().to_owned() }
    }

    fn request(&self, method: Method, path: &str) -> Builder {
        Request::builder().method(method).uri(path).header("cookie", format!("theme=dark; {}", self.cookie))
    }

    async fn send(&self, request: Builder, body: Value) -> Answer {
        let request = request.header("content-type", "application/json");
        self.house.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.house.send(self.request(Method::GET, path).body(Body::empty()).unwrap()).await
    }
}

#[tokio::test]
async fn a_token_becomes_a_cookie_that_no_script_can_read() {
    let house = House::open().await;
    let answer = sign_in(&house, &house.operator).await.is(200);
    let set = answer.headers["set-cookie"].to_str().unwrap();
    for part in ["portal_session=", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(set.contains(part), "{part}: {set}");
    }
    assert!(!set.contains("Secure"), "the console of this house is on http");
    assert!(!answer.text.contains("pit_") && !set.contains("pit_"));
    let browser = Browser::open(&house, &house.operator).await;
    let shown = browser.get("/api/v1/session").await.is(200);
    assert_eq!((&shown.json["name"], &shown.json["role"]), (&json!("test"), &json!("operator")));
    assert_eq!(shown.json["csrf"], browser.csrf);
    assert!(shown.json["actor"].as_str().unwrap().starts_with("token:tk_"));
    assert_eq!(shown.json["actor"], answer.json["actor"]);
    assert_eq!(shown.json["expires_at"], answer.json["expires_at"]);
    let by_token = house.get("/api/v1/session").await.is(200);
    assert_eq!((&by_token.json["csrf"], &by_token.json["role"]), (&Value::Null, &json!("administrator")));
}

#[tokio::test]
async fn bad_input_063_what_is_no_token_signs_nobody_in() {
    let house = House::open().await;
    let unknown = format!("pit_{}", "A".repeat(43));
    for token in [&*unknown, "pit_short", "Bearer x", "'; DROP TABLE tokens"] {
        let answer = sign_in(&house, token).await.refused(401, "UNAUTHORIZED");
        assert!(!answer.headers.contains_key("set-cookie") && !answer.text.contains("DROP"));
    }
    for body in ["{}", r#"{"token":7}"#, r#"{"token":"a","role":"administrator"}"#] {
        let request = Request::post("/api/v1/session").header("content-type", "application/json");
        house.send(request.body(Body::from(body)).unwrap()).await.refused(422, "INVALID_BODY");
    }
    let form = Request::post("/api/v1/session").header("content-type", "application/x-www-form-urlencoded");
    house.send(form.body(Body::from("token=a")).unwrap()).await.refused(415, "NOT_JSON");
    let body = json!({"token": house.viewer}).to_string();
    let foreign = Request::post("/api/v1/session").header("sec-fetch-site", "cross-site");
    let foreign = foreign.header("content-type", "application/json").body(Body::from(body));
    house.send(foreign.unwrap()).await.refused(403, "FOREIGN_PAGE");
    for cookie in ["portal_session=", "portal_session=abc", "portal_session=%00", &"a=b; ".repeat(900)] {
        let request = Request::get("/api/v1/session").header("cookie", cookie);
        house.send(request.body(Body::empty()).unwrap()).await.refused(401, "UNAUTHORIZED");
    }
}

#[tokio::test]
async fn bad_input_074_a_cookie_alone_changes_nothing() {
    let house = House::open().await;
    let browser = Browser::open(&house, &house.administrator).await;
    let other = Browser::open(&house, &house.administrator).await;
    let post = || browser.request(Method::POST, "/api/v1/scenarios");
    browser.send(post(), json!({"name": "A"})).await.refused(403, "CSRF_TOKEN");
    for wrong in ["", "x", &other.csrf] {
        browser
            .send(post().header("x-csrf-token", wrong), json!({"name": "A"}))
            .await
            .refused(403, "CSRF_TOKEN");
    }
    let neighbour = post().header("x-csrf-token", &browser.csrf).header("sec-fetch-site", "same-site");
    browser.send(neighbour, json!({"name": "A"})).await.refused(403, "FOREIGN_PAGE");
    for origin in ["null", "https://evil.example", "http://127.0.0.1:9999"] {
        let request = post().header("x-csrf-token", &browser.csrf).header("origin", origin);
        let request = request.header("host", "127.0.0.1:8080");
        browser.send(request, json!({"name": "A"})).await.refused(403, "FOREIGN_PAGE");
    }
    let reading = browser.request(Method::GET, "/api/v1/scenarios").header("sec-fetch-site", "cross-site");
    browser.send(reading, json!({})).await.refused(403, "FOREIGN_PAGE");
    let ours = post().header("x-csrf-token", &browser.csrf).header("sec-fetch-site", "same-origin");
    let position = browser.send(ours, json!({"name": "A"})).await.is(201).position();
    assert_eq!(
        house.get(&format!("/api/v1/scenarios?min_position={position}")).await.is(200).json["total"],
        1
    );
}

#[tokio::test]
async fn bad_input_073_a_session_ends_by_itself_when_signed_out_and_with_its_token() {
    let house = House::open().await;
    let late = Browser::open(&house, &house.viewer).await;
    house.clock.advance(TimeDelta::hours(13));
    late.get("/api/v1/session").await.refused(401, "UNAUTHORIZED");

    // A cookie that somebody else planted is never taken over, and signing in again ends the one before.
    let left = Browser::open(&house, &house.viewer).await;
    let again = left.request(Method::POST, "/api/v1/session");
    let answer = left.send(again, json!({"token": house.viewer})).await.is(200);
    assert_ne!(answer.headers["set-cookie"].to_str().unwrap().split(';').next(), Some(&*left.cookie));
    left.get("/api/v1/session").await.refused(401, "UNAUTHORIZED");

    let left = Browser::open(&house, &house.viewer).await;
    let stayed = Browser::open(&house, &house.viewer).await;
    let leaving = left.request(Method::DELETE, "/api/v1/session").header("x-csrf-token", &left.csrf);
    let answer = left.send(leaving, json!({})).await.is(204);
    assert!(answer.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    left.get("/api/v1/session").await.refused(401, "UNAUTHORIZED");
    stayed.get("/api/v1/session").await.is(200);

    let issued = house.post("/api/v1/tokens", json!({"name": "short", "role": "viewer"})).await.is(201);
    let revoked = Browser::open(&house, issued.json["token"].as_str().unwrap()).await;
    revoked.get("/api/v1/apps").await.is(200);
    house.delete(&format!("/api/v1/tokens/{}", issued.id())).await.is(200);
    revoked.get("/api/v1/apps").await.refused(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn live_updates_come_by_cookie_and_end_with_the_session() {
    let settings = command_api::Settings {
        heartbeat: std::time::Duration::from_millis(30),
        ..command_api::Settings::default()
    };
    let house = House::with(settings).await;
    let browser = Browser::open(&house, &house.viewer).await;
    let request = browser.request(Method::GET, "/api/v1/stream").body(Body::empty()).unwrap();
    let mut response = house.app.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let first = response.body_mut().frame().await;
    assert!(first.is_some(), "it lives");
    let leaving = browser.request(Method::DELETE, "/api/v1/session").header("x-csrf-token", &browser.csrf);
    browser.send(leaving, json!({})).await.is(204);
    let ending = async { while response.body_mut().frame().await.is_some() {} };
    tokio::time::timeout(std::time::Duration::from_secs(5), ending).await.expect("the stream ends");
}

#[tokio::test]
async fn a_session_is_as_good_after_a_restart_and_for_other_processes() {
    let house = House::open().await;
    let browser = Browser::open(&house, &house.viewer).await;
    let ask = |app: &axum::Router| {
        let request = browser.request(Method::GET, "/api/v1/session").body(Body::empty()).unwrap();
        app.clone().oneshot(request)
    };
    // Nothing but the vault and the log is the same.
    let other = command_api::router(house.context.clone());
    assert_eq!(ask(&other).await.unwrap().status(), 200);
    let leaving = browser.request(Method::DELETE, "/api/v1/session").header("x-csrf-token", &browser.csrf);
    let leaving = leaving.body(Body::empty()).unwrap();
    assert_eq!(other.clone().oneshot(leaving).await.unwrap().status(), 204);
    for app in [&house.app, &other, &command_api::router(house.context.clone())] {
        assert_eq!(ask(app).await.unwrap().status(), 401, "signed out in one is signed out everywhere");
    }
}

#[tokio::test]
async fn bad_input_073_a_changed_cookie_is_no_session() {
    let house = House::open().await;
    let mine = Browser::open(&house, &house.viewer).await;
    let admin = Browser::open(&house, &house.administrator).await;
    let value = |browser: &Browser<'_>| browser.cookie.split_once('=').unwrap().1.to_owned();
    let (mine, admin) = (value(&mine), value(&admin));
    let parts: Vec<&str> = mine.split('.').collect();
    let theirs: Vec<&str> = admin.split('.').collect();
    let changed = [
        [theirs[0], parts[1], parts[2], parts[3]].join("."),
        [parts[0], "9999999999999", parts[2], parts[3]].join("."),
        [parts[0], parts[1], "other", parts[3]].join("."),
        [parts[0], parts[1], parts[2], theirs[3]].join("."),
        [parts[0], parts[1], parts[2]].join("."),
        format!("{mine}.x"),
        format!("{}.", [parts[0], parts[1], parts[2]].join(".")),
    ];
    for cookie in changed {
        let request = Request::get("/api/v1/session").header("cookie", format!("portal_session={cookie}"));
        house.send(request.body(Body::empty()).unwrap()).await.refused(401, "UNAUTHORIZED");
    }
}

#[tokio::test]
async fn behind_tls_the_cookie_is_bound_to_this_host() {
    let house = House::open().await;
    let context =
        command_api::Context { public_url: "https://portal.example.org".to_owned(), ..house.context.clone() };
    let app = command_api::router(context);
    let request = Request::post("/api/v1/session").header("content-type", "application/json");
    let request = request.body(Body::from(json!({"token": house.viewer}).to_string())).unwrap();
    let answer = app.oneshot(request).await.unwrap();
    let set = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("__Host-portal_session=") && set.ends_with("; Secure"), "{set}");
}
