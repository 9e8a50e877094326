//! Endpoints for webhooks, receipts and the quarantine.

use app_sdk::signature::{BodyKey, SigningKey};
use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use domain::connection::{ConnectionCommand, Connections};
use domain::endpoint::{Algorithm, Encoding};
use engine::Meta;
use engine::ports::{Clock as _, Secret};
use serde_json::{Value, json};

use crate::house::{Answer, House};

/// Opens the endpoint of a fresh connection and waits until the door knows it.
async fn open(house: &House, body: Value) -> (String, Answer) {
    let id = house.connection().await;
    let opened = house.post(&format!("/api/v1/connections/{id}/webhooks"), body).await.is(201);
    house.hooks.known_to(opened.position()).await;
    (id, opened)
}

async fn shown(house: &House, id: &str) -> Answer {
    let end = *house.context.executor.store.end().borrow();
    house.get(&format!("/api/v1/connections/{id}/webhooks?min_position={end}")).await.is(200)
}

async fn deliver(house: &House, id: &str, secret: &str, age: i64) -> Answer {
    let key = SigningKey::parse(&Secret::new(secret.to_owned())).unwrap();
    let (body, at) = ("{}", house.clock.now().timestamp() - age);
    let message = format!("msg_{age}");
    let request = Request::post(format!("/hooks/{id}"))
        .header("webhook-signature", key.sign(&message, at, body.as_bytes()))
        .header("webhook-id", message)
        .header("webhook-timestamp", at.to_string());
    house.send_to(house.hooks.router(), request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn a_secret_is_shown_once_and_pairs_the_plugin() {
    let house = House::open().await;
    let (id, opened) = open(&house, json!({"mode": {"kind": "standard-webhooks"}})).await;
    let secret = opened.json["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"));
    let code = opened.json["pairing_code"].as_str().unwrap().strip_prefix("portal-pair:").unwrap();
    let pairing: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(code).unwrap()).unwrap();
    let url = format!("http://127.0.0.1:8080/hooks/{id}");
    assert_eq!(pairing, json!({"url": url, "secret": secret, "connection": id}));
    house
        .post(&format!("/api/v1/connections/{id}/webhooks"), json!({"mode": {"kind": "standard-webhooks"}}))
        .await
        .refused(409, "ALREADY_OPEN");
    let shown = shown(&house, &id).await;
    assert!(!shown.text.contains(&secret) && !shown.text.contains("slot"), "{}", shown.text);
    assert_eq!((&shown.json["phase"], &shown.json["url"]), (&json!("pending"), &json!(url)));
    assert_eq!(shown.json["secrets"][0]["number"], 1);
    deliver(&house, &id, &secret, 0).await.is(202);
    // The log holds it nowhere.
    let all = house.context.executor.store.read_all(0, &engine::ports::Filter::all(), 1_000).await.unwrap();
    let holds = |bytes: &[u8]| bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
    assert!(all.events.iter().all(|event| !holds(&event.data)));
}

#[tokio::test]
async fn a_test_goes_through_the_real_door_in_every_mode() {
    let house = House::open().await;
    for mode in [
        json!({"kind": "standard-webhooks"}),
        json!({"kind": "woocommerce", "algorithm": "sha512"}),
        json!({"kind": "hmac-body", "header": "x-sig", "encoding": "hex", "prefix": "sha256="}),
        json!({"kind": "capability-url"}),
    ] {
        let (id, opened) = open(&house, json!({"mode": mode})).await;
        let tested = house.post(&format!("/api/v1/connections/{id}/webhooks/test"), json!({})).await.is(200);
        assert_eq!(tested.json["status"], 202, "{mode}: {}", tested.text);
        let receipt = tested.json["receipt"].as_str().unwrap();
        let shown = house.get(&format!("/api/v1/receipts/{receipt}")).await.is(200);
        assert_eq!(shown.json["received"]["mode"], mode["kind"]);
        assert!(shown.json["received"]["position"].as_u64().unwrap() > opened.position());
        assert_eq!(
            (&shown.json["connection"], &shown.json["received"]["has_bytes"]),
            (&json!(id), &json!(true))
        );
        let end = *house.context.executor.store.end().borrow();
        let path = format!("/api/v1/connections/{id}/webhooks/deliveries?min_position={end}");
        let listed = house.get(&path).await.is(200);
        assert_eq!(listed.json["items"][0]["receipt"], receipt);
    }
    house.get("/api/v1/receipts/rc_nothing").await.refused(404, "NOT_FOUND");
    house.get(&format!("/api/v1/receipts/rc_{}", "a".repeat(40))).await.refused(404, "NOT_FOUND");
    house.get("/api/v1/receipts/cn_site").await.refused(400, "INVALID_ID");
}

#[tokio::test]
async fn bad_input_041_rotation_overlaps_and_a_third_secret_waits() {
    let house = House::open().await;
    let (id, opened) = open(&house, json!({"mode": {"kind": "standard-webhooks"}})).await;
    let old = opened.json["secret"].as_str().unwrap().to_owned();
    let rotate = format!("/api/v1/connections/{id}/webhooks/rotate");
    let rotated = house.post(&rotate, json!({"overlap_hours": 2})).await.is(200);
    let new = rotated.json["secret"].as_str().unwrap().to_owned();
    assert!(new != old && rotated.json["pairing_code"].is_string());
    house.hooks.known_to(rotated.position()).await;
    house.post(&rotate, json!({})).await.refused(409, "ROTATION_UNDER_WAY");
    house.post(&rotate, json!({"overlap_hours": 169})).await.refused(422, "INVALID_OVERLAP");
    deliver(&house, &id, &old, 1).await.is(202);
    deliver(&house, &id, &new, 2).await.is(202);
    let seen = shown(&house, &id).await;
    assert!(
        seen.json["secrets"][0]["last_used_at"].is_string() && seen.json["secrets"][0]["until"].is_string()
    );
    let revoke = format!("/api/v1/connections/{id}/webhooks/revoke");
    house.post(&revoke, json!({"number": 2})).await.refused(409, "LAST_SECRET");
    let revoked = house.post(&revoke, json!({"number": 1, "reason": "leaked"})).await.is(200);
    house.hooks.known_to(revoked.position()).await;
    deliver(&house, &id, &old, 3).await.refused_by_the_door(401, "BAD_SIGNATURE");
    deliver(&house, &id, &new, 4).await.is(202);
    let closed = house.delete(&format!("/api/v1/connections/{id}/webhooks")).await.is(200);
    house.hooks.known_to(closed.position()).await;
    deliver(&house, &id, &new, 5).await.refused_by_the_door(404, "NO_SUCH_SOURCE");
    house.post(&rotate, json!({})).await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn bad_input_042_weak_secrets_and_odd_modes_are_refused() {
    let house = House::open().await;
    let id = house.connection().await;
    let path = format!("/api/v1/connections/{id}/webhooks");
    let long = "a".repeat(4_000);
    for (kind, secret) in [
        ("standard-webhooks", "whsec_AAAA"),
        ("standard-webhooks", "whsec_%%%"),
        ("standard-webhooks", "whpk_AAAA"),
        ("woocommerce", "s3cr3t & <portal>"),
        ("woocommerce", "&amp;&amp;&amp;&amp;&amp;&amp;"),
        ("capability-url", "with a space and more letters"),
        ("capability-url", &long),
    ] {
        let body = json!({"mode": {"kind": kind}, "secret": secret});
        let answer = house.post(&path, body).await.refused(422, "INVALID_SECRET");
        assert!(!answer.text.contains(secret), "what was sent is not repeated");
        assert_eq!(answer.json["field"], "secret");
    }
    for secret in ["", "a\nb with enough letters to be long"] {
        house.post(&path, json!({"mode": {"kind": "woocommerce"}, "secret": secret})).await.is(422);
    }
    for mode in [
        json!({"kind": "none"}),
        json!({}),
        json!({"kind": "hmac-body"}),
        json!({"kind": "woocommerce", "x": 1}),
    ] {
        house.post(&path, json!({"mode": mode})).await.refused(422, "INVALID_BODY");
    }
    let header = json!({"mode": {"kind": "hmac-body", "header": "Content-Type"}});
    house.post(&path, header).await.refused(422, "INVALID_HEADER");
    house
        .post("/api/v1/connections/cn_nobody/webhooks", json!({"mode": {"kind": "woocommerce"}}))
        .await
        .is(404);
    house.get(&path).await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn bad_input_040_a_shops_own_secret_is_taken_as_it_is_stored_there() {
    let house = House::open().await;
    let secret = "tom &amp; jerry &lt;3 cheese, always";
    let (id, opened) = open(&house, json!({"mode": {"kind": "woocommerce"}, "secret": secret})).await;
    assert!(opened.json["secret"].is_null() && !opened.text.contains("cheese"));
    let key = BodyKey::new(&Secret::new("tom & jerry <3 cheese, always".to_owned()));
    let body = r#"{"id":1}"#;
    let signature = key.sign((Algorithm::Sha256, Encoding::Base64, ""), body.as_bytes());
    let request = Request::post(format!("/hooks/{id}")).header("x-wc-webhook-signature", signature);
    house.send_to(house.hooks.router(), request.body(Body::from(body)).unwrap()).await.is(202);
}

#[tokio::test]
async fn a_stale_delivery_can_be_let_in_once_and_a_forged_one_never() {
    let house = House::open().await;
    let (id, opened) = open(&house, json!({"mode": {"kind": "standard-webhooks"}})).await;
    let secret = opened.json["secret"].as_str().unwrap().to_owned();
    deliver(&house, &id, &secret, 4_000).await.refused_by_the_door(401, "STALE");
    deliver(&house, &id, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 0)
        .await
        .refused_by_the_door(401, "BAD_SIGNATURE");
    let kept = house.quarantine(&id, 2).await;
    let of = |reason: &str| {
        let items = kept.json["items"].as_array().unwrap();
        items.iter().find(|item| item["reason"] == reason).unwrap().clone()
    };
    let (stale, forged) = (of("stale"), of("mismatch"));
    assert_eq!((&stale["can_be_released"], &forged["can_be_released"]), (&json!(true), &json!(false)));
    let release = |entry: &Value| format!("/api/v1/quarantine/{}/release", entry["id"].as_str().unwrap());
    house.post(&release(&forged), json!({})).await.refused(409, "NOT_RELEASABLE");
    let released = house.post(&release(&stale), json!({})).await.is(200);
    assert_eq!((&released.json["changed"], &released.json["receipt"]), (&json!(true), &stale["receipt"]));
    let again = house.post(&release(&stale), json!({})).await.is(200);
    assert_eq!(again.json["changed"], false);
    let receipt = stale["receipt"].as_str().unwrap();
    let shown = house.get(&format!("/api/v1/receipts/{receipt}")).await.is(200);
    assert_eq!(shown.json["received"]["verdict"], "released");
    assert_eq!(shown.json["received"]["has_bytes"], true, "sealed anew for its own stream");
    house.post("/api/v1/quarantine/qn_none0000000000/release", json!({})).await.refused(404, "NOT_FOUND");
    let seen = self::shown(&house, &id).await;
    assert_eq!(seen.json["refused"], json!({"mismatch": 1, "stale": 1}));
}

#[tokio::test]
async fn a_handshake_can_be_expected_again_and_a_deleted_connection_has_no_endpoint() {
    let house = House::open().await;
    let (id, _) = open(&house, json!({"mode": {"kind": "woocommerce"}})).await;
    let expect = format!("/api/v1/connections/{id}/webhooks/expect-handshake");
    assert_eq!(house.post(&expect, json!({})).await.is(200).json["changed"], false);
    let tested = house.post(&format!("/api/v1/connections/{id}/webhooks/test"), json!({})).await.is(200);
    assert_eq!(tested.json["status"], 202);
    assert_eq!(shown(&house, &id).await.json["phase"], "live");
    assert_eq!(house.post(&expect, json!({})).await.is(200).json["changed"], true);
    let deleted =
        house.context.executor.execute::<Connections>(&id, ConnectionCommand::Delete, Meta::by("test"));
    house.hooks.known_to(deleted.await.unwrap().position).await;
    house.clock.advance(TimeDelta::seconds(1));
    let tested = house.post(&format!("/api/v1/connections/{id}/webhooks/test"), json!({})).await.is(200);
    assert_eq!(tested.json["code"], "NO_SUCH_SOURCE");
}
