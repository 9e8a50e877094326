//! Live updates.

use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use command_api::Settings;
use http_body_util::BodyExt as _;
use serde_json::json;
use tower::ServiceExt as _;

use crate::house::House;

fn settings() -> Settings {
    Settings { heartbeat: Duration::from_millis(30), streams_max: 2, ..Settings::default() }
}

async fn listen(house: &House, topics: &str, last: Option<&str>) -> axum::response::Response {
    let path = format!("/api/v1/stream?topics={topics}");
    let mut request = House::request(Method::GET, &path, &house.viewer);
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    house.app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

/// Reads until the text holds something, within a bound.
async fn until(response: &mut axum::response::Response, wanted: &str) -> String {
    let mut text = String::new();
    let reading = async {
        while !text.contains(wanted) {
            let Some(Ok(frame)) = response.body_mut().frame().await else { break };
            text.push_str(&String::from_utf8_lossy(frame.data_ref().unwrap()));
        }
    };
    let _late = tokio::time::timeout(Duration::from_secs(5), reading).await;
    assert!(text.contains(wanted), "{wanted} is not in {text}");
    text
}

#[tokio::test]
async fn changes_are_told_with_their_position_and_can_be_resumed() {
    let house = House::with(settings()).await;
    let mut response = listen(&house, "scenario", None).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let before = *house.context.executor.store.end().borrow();
    let made = house.post("/api/v1/scenarios", json!({"name": "A"})).await.is(201);
    let text = until(&mut response, "event: changed").await;
    let text = if text.contains("data:") { text } else { until(&mut response, "data:").await };
    assert!(text.contains(&made.id()) && text.contains(&format!("id: {}", made.position())), "{text}");
    drop(response);
    let mut resumed = listen(&house, "scenario", Some(&before.to_string())).await;
    until(&mut resumed, &made.id()).await;
    drop(resumed);
    // A page that begins a new stream cannot set the header.
    let mut begun = listen(&house, &format!("scenario&after={before}"), None).await;
    until(&mut begun, &made.id()).await;
    let mut ahead = listen(&house, "scenario", Some("999999")).await;
    until(&mut ahead, "event: reset").await;
}

#[tokio::test]
async fn bad_input_080_streams_are_bounded_and_end_with_their_token() {
    let house = House::with(settings()).await;
    let issued = house.post("/api/v1/tokens", json!({"name": "page", "role": "viewer"})).await.is(201);
    let token = issued.json["token"].as_str().unwrap();
    let request = House::request(Method::GET, "/api/v1/stream", token).body(Body::empty()).unwrap();
    let short = house.app.clone().oneshot(request).await.unwrap();
    let second = listen(&house, "run", None).await;
    let third = listen(&house, "run", None).await;
    assert_eq!(third.status(), 503);
    house.delete(&format!("/api/v1/tokens/{}", issued.id())).await.is(200);
    let rest = tokio::time::timeout(Duration::from_secs(5), short.into_body().collect()).await;
    assert!(rest.is_ok(), "a revoked token's stream goes on");
    drop(second);
    assert_eq!(listen(&house, "run", None).await.status(), 200);
    assert_eq!(listen(&house, "passwords", None).await.status(), 400);
}
