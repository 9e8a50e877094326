//! Idempotency keys.

use serde_json::json;

use crate::fake_app::SECRET;
use crate::house::House;

#[tokio::test]
async fn bad_input_067_the_same_request_twice_is_one() {
    let house = House::open().await;
    let connection = house.connection().await;
    let scenario = house.scenario(&connection).await;
    let cases = [
        ("/api/v1/scenarios", json!({"name": "A"})),
        ("/api/v1/scenarios", json!({"name": "B", "template": "import-site", "connection": connection})),
        ("/api/v1/mappings", json!({"name": "A", "app": "wordpress", "resource": "users", "entity": "user"})),
        (
            "/api/v1/connections",
            json!({"app": "wordpress", "address": "two.example",
            "auth": {"method": "app-password", "account": "ada", "secret": SECRET}}),
        ),
    ];
    for (n, (path, body)) in cases.into_iter().enumerate() {
        let key = format!("key-{n}");
        let first = house.once(path, &key, body.clone()).await.is(201);
        let again = house.once(path, &key, body.clone()).await.is(201);
        assert_eq!(first.json, again.json, "{path}");
        let mut other = body;
        other["name"] = json!("Other");
        house.once(path, &key, other).await.refused(409, "IDEMPOTENCY_KEY_REUSED");
    }
    let path = format!("/api/v1/scenarios/{scenario}/runs");
    let first = house.once(&path, "run", json!({"dry_run": true})).await.is(202);
    assert_eq!(house.once(&path, "run", json!({"dry_run": true})).await.is(202).json, first.json);
    house.once(&path, "run", json!({})).await.refused(409, "IDEMPOTENCY_KEY_REUSED");
}

#[tokio::test]
async fn bad_input_067_a_token_is_shown_once_even_when_asked_for_twice() {
    let house = House::open().await;
    let body = json!({"name": "ci", "role": "operator"});
    let first = house.once("/api/v1/tokens", "k", body.clone()).await.is(201);
    let again = house.once("/api/v1/tokens", "k", body).await.is(201);
    assert!(first.json["token"].as_str().unwrap().starts_with("pit_"));
    assert_eq!(again.json["token"], json!(null));
    assert_eq!((first.id(), first.position()), (again.id(), again.position()));
}

#[tokio::test]
async fn bad_input_067_a_hundred_at_once_make_one_thing() {
    let house = House::open().await;
    let asked = (0..100).map(|_| house.once("/api/v1/scenarios", "same", json!({"name": "A"})));
    let answers = futures::future::join_all(asked).await;
    let first = answers[0].json.clone();
    let end = *house.context.executor.store.end().borrow();
    assert!(answers.into_iter().all(|answer| answer.is(201).json == first));
    assert_eq!(house.get(&format!("/api/v1/scenarios?min_position={end}")).await.json["total"], 1);
}

#[tokio::test]
async fn bad_input_067_keys_are_bounded_and_belong_to_one_caller() {
    let house = House::open().await;
    for key in ["", " ", "a b", "é", &"k".repeat(10_000)] {
        let answer = house.once("/api/v1/scenarios", key, json!({"name": "A"})).await;
        answer.refused(400, "INVALID_IDEMPOTENCY_KEY");
    }
    let issued = house.post("/api/v1/tokens", json!({"name": "b", "role": "administrator"})).await.is(201);
    let other = issued.json["token"].as_str().unwrap();
    let mine = house.once("/api/v1/scenarios", "k", json!({"name": "A"})).await.is(201).id();
    let request = House::request(axum::http::Method::POST, "/api/v1/scenarios", other)
        .header("content-type", "application/json")
        .header("idempotency-key", "k")
        .body(axum::body::Body::from(json!({"name": "B"}).to_string()));
    assert_ne!(house.send(request.unwrap()).await.is(201).id(), mine);
}
