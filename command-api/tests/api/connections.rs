//! Connections from adding to deleting.

use axum::body::Body;
use axum::http::Method;
use domain::ids::ConnectionId;
use engine::ports::SecretSlot;
use serde_json::json;

use crate::fake_app::SECRET;
use crate::house::House;

fn slot(id: &str, origin: &str) -> SecretSlot {
    SecretSlot { owner: id.to_owned(), purpose: "api".to_owned(), origin: origin.to_owned() }
}

#[tokio::test]
async fn a_connection_is_found_tested_and_stored_and_its_secret_never_comes_out() {
    let house = House::open().await;
    let found =
        house.post("/api/v1/connections/discover", json!({"app": "wordpress", "address": "site.example"}));
    let found = found.await.is(200);
    assert_eq!(found.json["found"]["origin"], "https://site.example");
    let body = json!({"app": "wordpress", "address": "site.example",
        "auth": {"method": "app-password", "account": "ada", "secret": SECRET}});
    let added = house.post("/api/v1/connections", body).await.is(201);
    assert_eq!(added.json["health"], "healthy");
    let path = format!("/api/v1/connections/{}", added.id());
    let shown = house.get(&format!("{path}?min_position={}", added.position())).await.is(200);
    assert_eq!(shown.json["name"], "A site");
    assert_eq!(shown.json["account"], "ada");
    assert_eq!(shown.json["stages"][0]["result"], "passed");
    assert_eq!(shown.json["history"].as_array().unwrap().len(), 4);
    let tested = house.post(&format!("{path}/test"), json!({})).await.is(200);
    assert_eq!(tested.json["health"], "healthy");
    let audit = house.get("/api/v1/audit").await.is(200);
    let listed = house.get("/api/v1/connections?health=healthy&app=wordpress&q=SITE").await.is(200);
    assert_eq!(listed.json["total"], 1);
    for answer in [&found, &added, &shown, &tested, &audit, &listed] {
        assert!(!answer.text.contains(SECRET) && !answer.text.contains("EFGH"));
    }
    let secret = house.context.vault.open(&slot(&added.id(), "https://site.example")).await.unwrap();
    assert_eq!(secret.unwrap().expose(), SECRET);
}

#[tokio::test]
async fn what_fails_its_test_is_added_only_when_that_is_wanted() {
    let house = House::open().await;
    let body = |strict: bool| {
        json!({"app": "wordpress", "address": "site.example", "require_healthy": strict,
            "auth": {"method": "app-password", "account": "ada", "secret": "wrong wrong"}})
    };
    let answer = house.post("/api/v1/connections", body(true)).await.refused(422, "TEST_FAILED");
    assert_eq!(answer.json["problems"][0]["result"], "failed");
    assert!(!answer.text.contains("wrong wrong"));
    assert_eq!(house.get("/api/v1/connections?app=wordpress").await.json["total"], 0);
    let added = house.post("/api/v1/connections", body(false)).await.is(201);
    assert_eq!(added.json["health"], "failing");
    let nothing = house.post("/api/v1/connections", json!({"app": "wordpress", "address": "nothing"})).await;
    nothing.refused(422, "NOT_FOUND_THERE");
    let looked = json!({"app": "wordpress", "address": "nothing"});
    let looked = house.post("/api/v1/connections/discover", looked).await.is(200);
    assert_eq!(looked.json["problem"]["code"], "NOT_FOUND_THERE");
    assert!(looked.json["found"].is_null());
}

#[tokio::test]
async fn other_credentials_are_tested_before_they_replace_the_old_ones() {
    let house = House::open().await;
    let id = house.connection().await;
    let path = format!("/api/v1/connections/{id}/credentials");
    let auth = json!({"method": "app-password", "account": "bob", "secret": "other"});
    house.post(&path, json!({"auth": auth})).await.refused(422, "TEST_FAILED");
    let place = slot(&id, "https://site.example");
    let secret = || house.context.vault.open(&place);
    assert!(secret().await.unwrap().unwrap().expose() == SECRET);
    let saved = house.post(&path, json!({"auth": auth, "even_if_failing": true})).await.is(200);
    assert_eq!(saved.json["health"], "failing");
    assert!(secret().await.unwrap().unwrap().expose() == "other");
}

#[tokio::test]
async fn a_connection_is_paused_renamed_and_deleted_with_its_secrets() {
    let house = House::open().await;
    let id = house.connection().await;
    let path = format!("/api/v1/connections/{id}");
    house.post(&format!("{path}/pause"), json!({"reason": "holiday"})).await.is(200);
    assert_eq!(house.post(&format!("{path}/pause"), json!({})).await.is(200).json["changed"], false);
    house.post(&format!("{path}/authorise"), json!({})).await.refused(409, "CONNECTION_PAUSED");
    house.post(&format!("{path}/resume"), json!({})).await.is(200);
    let renamed = house.post(&format!("{path}/rename"), json!({"name": "Blog"})).await.is(200);
    let shown = house.get(&format!("{path}?min_position={}", renamed.position())).await.is(200);
    assert_eq!(shown.json["name"], "Blog");
    let deleted = house.delete(&path).await.is(200);
    house.get(&format!("{path}?min_position={}", deleted.position())).await.refused(404, "NOT_FOUND");
    assert!(house.context.vault.open(&slot(&id, "https://site.example")).await.unwrap().is_none());
    assert_eq!(house.delete(&path).await.is(200).json["changed"], false);
    house.delete("/api/v1/connections/cn_portal").await.refused(409, "BUILT_IN");
    house.post(&format!("{path}/test"), json!({})).await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn bad_input_078_credentials_that_could_split_a_header_are_refused_and_not_repeated() {
    let house = House::open().await;
    for account in ["ada\r\nX: 1", "a\tb", "a\u{0}b", "ada:pw", "", &"a".repeat(400)] {
        let auth = json!({"method": "app-password", "account": account, "secret": SECRET});
        let body = json!({"app": "wordpress", "address": "site.example", "auth": auth});
        house.post("/api/v1/connections", body).await.refused(422, "INVALID_ACCOUNT");
    }
    for secret in [
        json!("pass\r\nword"),
        json!("nul\u{0}word"),
        json!(""),
        json!(12_345_678),
        json!("x".repeat(5000)),
        json!(["s3cret"]),
    ] {
        let auth = json!({"method": "app-password", "account": "ada", "secret": secret});
        let body = json!({"app": "wordpress", "address": "site.example", "auth": auth});
        let answer = house.post("/api/v1/connections", body).await.refused(422, "INVALID_BODY");
        for trace in ["word", "12345678", "xxxx", "s3cret"] {
            assert!(!answer.text.contains(trace), "{}", answer.text);
        }
    }
    for address in ["", "a\r\nb.example", &"a".repeat(3000)] {
        let body = json!({"app": "wordpress", "address": address});
        house.post("/api/v1/connections", body).await.refused(422, "INVALID_ADDRESS");
    }
}

#[tokio::test]
async fn bad_input_094_a_stored_credential_goes_only_to_its_own_origin() {
    let house = House::open().await;
    let id = house.connection().await;
    let path = format!("/api/v1/connections/{id}/test");
    house.site.tested_at.lock().unwrap().clear();
    for body in [json!({"address": "evil.example"}), json!({"origin": "https://evil.example"}), json!({})] {
        house.post(&path, body).await.is(200);
    }
    let elsewhere = json!({"app": "wordpress", "address": "evil.example", "connection": id});
    house.post("/api/v1/connections/discover", elsewhere).await.refused(422, "INVALID_BODY");
    let tested = house.site.tested_at.lock().unwrap().clone();
    assert!(tested.iter().all(|origin| origin == "https://site.example"), "{tested:?}");
    let viewer = House::request(Method::POST, &path, &house.viewer).body(Body::empty()).unwrap();
    house.send(viewer).await.refused(403, "FORBIDDEN");
    assert!(ConnectionId::parse(&id).is_ok());
}

#[tokio::test]
async fn what_is_kept_in_step_is_shown_swept_and_decided_about() {
    let house = House::open().await;
    let body = json!({"app": "wordpress", "address": "site.example",
        "auth": {"method": "app-password", "account": "ada", "secret": SECRET}});
    let added = house.post("/api/v1/connections", body).await.is(201);
    let path = format!("/api/v1/connections/{}/watches", added.id());
    assert_eq!(house.get(&path).await.is(200).json["items"], json!([]));
    house.post(&format!("{path}/sweep"), json!({"resource": "posts"})).await.is(200);
    let again = house.post(&format!("{path}/sweep"), json!({"resource": "posts"})).await.is(200);
    assert_eq!(again.json["changed"], false, "it is asked for once");
    let shown = house.get(&path).await.is(200);
    assert_eq!(shown.json["items"][0]["resource"], "posts");
    assert_eq!(shown.json["items"][0]["sweep_requested"], true);
    let decided = house.post(&format!("{path}/gone"), json!({"resource": "posts", "approved": true})).await;
    assert_eq!(decided.is(422).json["code"], "NOTHING_HELD");
    house.post(&format!("{path}/sweep"), json!({"resource": "../posts"})).await.is(422);
}
