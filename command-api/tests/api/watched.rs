//! Tests that somebody watches.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::fake_app::SECRET;
use crate::house::House;

/// Name and content of each message.
async fn watch(house: &House, path: &str, body: Value) -> Vec<(String, Value)> {
    let request = House::request(Method::POST, path, &house.operator)
        .header("accept", "text/event-stream, application/json;q=0.5")
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()));
    let answer = house.send(request.unwrap()).await.is(200);
    assert_eq!(answer.headers["content-type"], "text/event-stream");
    assert_eq!(answer.headers["cache-control"], "no-store");
    let message = |block: &str| {
        let of = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        Some((of("event:")?.to_owned(), serde_json::from_str(of("data:")?).unwrap()))
    };
    answer.text.split("\n\n").filter_map(message).collect()
}

#[tokio::test]
async fn a_look_at_a_site_is_told_check_by_check() {
    let house = House::open().await;
    let body = json!({"app": "wordpress", "address": "site.example"});
    let told = watch(&house, "/api/v1/connections/discover", body.clone()).await;
    let names: Vec<_> = told.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["check", "check", "found"]);
    assert_eq!((&told[0].1["outcome"], &told[0].1["took_ms"]), (&json!("running"), &Value::Null));
    let passed = json!({"stage": "root", "title": "The site answers", "outcome": "passed", "detail": "it answers",
        "remedy": "look at it", "took_ms": 1});
    assert_eq!(told[1].1, passed);
    let whole = house.post("/api/v1/connections/discover", body).await.is(200);
    assert_eq!(told[2].1, whole.json, "the last message is the plain answer");
}

#[tokio::test]
async fn a_site_that_is_not_there_ends_with_a_problem() {
    let house = House::open().await;
    let body = json!({"app": "wordpress", "address": "nothing.example"});
    let told = watch(&house, "/api/v1/connections/discover", body).await;
    assert_eq!(told[told.len() - 2].1["outcome"], "failed");
    let (name, problem) = told.last().unwrap();
    assert_eq!((&**name, &problem["code"]), ("problem", &json!("NOT_FOUND_THERE")));
    for field in ["detail", "remedy", "request_id", "title"] {
        assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {problem}");
    }
    let told =
        watch(&house, "/api/v1/connections/discover", json!({"app": "wordpress", "address": ""})).await;
    assert_eq!(told.last().unwrap().1["code"], "INVALID_ADDRESS");
    let unknown = json!({"app": "drupal", "address": "site.example"});
    house.post("/api/v1/connections/discover", unknown).await.refused(422, "UNKNOWN_APP");
}

#[tokio::test]
async fn a_watched_test_is_remembered_like_any_other() {
    let house = House::open().await;
    let id = house.connection().await;
    let path = format!("/api/v1/connections/{id}/test");
    let told = watch(&house, &path, json!({})).await;
    let (name, tested) = told.last().unwrap();
    assert_eq!((&**name, &tested["health"]), ("found", &json!("healthy")));
    let position = tested["position"].as_u64().unwrap();
    let shown = house.get(&format!("/api/v1/connections/{id}?min_position={position}")).await.is(200);
    assert_eq!(shown.json["stages"], tested["stages"]);
    assert!(!shown.text.contains(SECRET));
    let gone = House::request(Method::POST, "/api/v1/connections/cn_none/test", &house.operator)
        .header("accept", "text/event-stream");
    house.send(gone.body(Body::empty()).unwrap()).await.refused(404, "NOT_FOUND");
}
