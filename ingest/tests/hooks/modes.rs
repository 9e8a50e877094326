//! The other modes, and how senders introduce themselves.

use app_sdk::signature::BodyKey;
use axum::body::Body;
use axum::http::Request;
use domain::delivery::Verdict;
use domain::endpoint::{Algorithm, Encoding, Mode};
use engine::ports::Secret;

use super::door::{Door, SECRET, SITE, post};

const SHOP: &str = "s3cr3t &amp; <portal> with more letters";
const CAPABILITY: &str = "0123456789abcdefghijklmnopqrstuv";

/// A shop's delivery, as it is sent.
pub fn order(secret: &str, body: &str) -> Request<Body> {
    let key = BodyKey::new(&Secret::new(secret.to_owned()));
    let signature = key.sign((Algorithm::Sha256, Encoding::Base64, ""), body.as_bytes());
    post("/hooks/cn_site")
        .header("x-wc-webhook-signature", signature)
        .header("x-wc-webhook-topic", "order.updated")
        .header("x-wc-webhook-resource", "order")
        .header("x-wc-webhook-delivery-id", "d41d8cd98f00b204")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

fn shop() -> Mode {
    Mode::WooCommerce { algorithm: Algorithm::Sha256 }
}

fn ping(path: &str) -> Request<Body> {
    Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("webhook_id=1"))
        .unwrap()
}

#[tokio::test]
async fn bad_input_040_a_shop_signs_with_the_decoded_secret() {
    let door = Door::with(shop(), SHOP).await;
    door.send(order(SHOP, r#"{"id":1}"#)).await.refused(401, "BAD_SIGNATURE");
    door.send(order("s3cr3t & <portal> with more letters", r#"{"id":1}"#)).await.is(202);
    let deliveries = door.deliveries().await;
    assert_eq!(deliveries[0].0.verdict, Verdict::BodySigned);
    assert_eq!(deliveries[0].0.headers["x-wc-webhook-topic"], "order.updated");
}

#[tokio::test]
async fn bad_input_039_a_ping_gets_200_until_the_first_delivery_and_does_nothing() {
    let door = Door::with(shop(), SHOP).await;
    let before = *engine::ports::EventStore::end(&*door.store).borrow();
    for _ in 0..60 {
        door.send(ping("/hooks/cn_site")).await.is(200);
    }
    door.send(ping("/hooks/cn_site")).await.refused(401, "NO_SIGNATURE");
    let odd =
        [("webhook_id=1&x=2", true), ("webhook_id=", true), ("webhook_id=x", true), ("webhook_id=1", false)];
    for (body, is_form) in odd {
        let kind = if is_form { "application/x-www-form-urlencoded" } else { "text/plain" };
        let request = Request::post("/hooks/cn_site").header("content-type", kind).body(Body::from(body));
        door.send(request.unwrap()).await.refused(401, "NO_SIGNATURE");
    }
    door.kept(5).await;
    assert_eq!(door.events("endpoint").await.len(), 1, "a ping confirms nothing");
    assert!(
        door.deliveries().await.is_empty() && before < *engine::ports::EventStore::end(&*door.store).borrow()
    );
    door.at(3_600);
    door.send(order("s3cr3t & <portal> with more letters", "{}")).await.is(202);
    let confirmed = door.events("endpoint").await;
    assert_eq!(&*confirmed[1].event_type, "endpoint.confirmed");
    door.hooks.known_to(confirmed[1].position).await;
    door.send(ping("/hooks/cn_site")).await.refused(401, "NO_SIGNATURE");
}

#[tokio::test]
async fn a_ping_is_for_shops_only() {
    let door = Door::standard().await;
    door.send(ping("/hooks/cn_site")).await.refused(401, "NO_SIGNATURE");
    door.send(ping("/hooks/cn_nobody")).await.refused(404, "NO_SUCH_SOURCE");
}

#[tokio::test]
async fn a_mac_in_a_declared_header_is_verified_as_declared() {
    let secret = "github-like secret of some length";
    let mode = Mode::HmacBody {
        header: "x-hub-signature-256".into(),
        algorithm: Algorithm::Sha256,
        encoding: Encoding::Hex,
        prefix: "sha256=".into(),
    };
    let door = Door::with(mode, secret).await;
    let key = BodyKey::new(&Secret::new(secret.to_owned()));
    let form = (Algorithm::Sha256, Encoding::Hex, "sha256=");
    let body = r#"{"resource":"posts","id":7}"#;
    let send = |signature: String| {
        let request = post("/hooks/cn_site").header("x-hub-signature-256", signature);
        door.send(request.body(Body::from(body)).unwrap())
    };
    send(key.sign(form, body.as_bytes())).await.is(202);
    send(key.sign((Algorithm::Sha1, Encoding::Hex, "sha1="), body.as_bytes()))
        .await
        .refused(401, "BAD_SIGNATURE");
    send(key.sign((Algorithm::Sha256, Encoding::Hex, ""), body.as_bytes()))
        .await
        .refused(401, "BAD_SIGNATURE");
    let two = post("/hooks/cn_site")
        .header("x-hub-signature-256", key.sign(form, body.as_bytes()))
        .header("x-hub-signature-256", "sha256=00");
    door.send(two.body(Body::from(body)).unwrap()).await.refused(400, "BAD_SIGNATURE_HEADERS");
}

#[tokio::test]
async fn a_capability_lets_hints_in_and_nothing_else() {
    let door = Door::with(Mode::CapabilityUrl {}, CAPABILITY).await;
    let send = |path: String| {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        door.send(request.body(Body::from("hook=publish_post&ID=5")).unwrap())
    };
    send(format!("/hooks/cn_site/{CAPABILITY}")).await.is(202);
    assert_eq!(door.deliveries().await[0].0.verdict, Verdict::Hint);
    for path in [
        "/hooks/cn_site".to_owned(),
        "/hooks/cn_site/".to_owned(),
        format!("/hooks/cn_site/{}", &CAPABILITY[1..]),
        format!("/hooks/cn_site/{}", CAPABILITY.to_uppercase()),
        format!("/hooks/{CAPABILITY}"),
        format!("/hooks/cn_other/{CAPABILITY}"),
        format!("/hooks/cn_site/{CAPABILITY}/"),
        format!("/hooks/cn_site/{CAPABILITY}/more"),
    ] {
        send(path).await.refused(404, "NO_SUCH_SOURCE");
    }
    assert_eq!(door.deliveries().await.len(), 1);
}

#[tokio::test]
async fn a_challenge_is_echoed_once_the_sender_may_introduce_itself_and_only_then() {
    let mode = || Mode::HmacBody {
        header: "x-sig".into(),
        algorithm: Algorithm::Sha256,
        encoding: Encoding::Base64,
        prefix: String::new(),
    };
    let secret = "a secret of more than 24 bytes";
    let door = Door::with(mode(), secret).await;
    let send = |body: &str| door.send(post("/hooks/cn_site").body(Body::from(body.to_owned())).unwrap());
    let echoed = send(r#"{"challenge":"3eZbrw1aBm2rZgRNFdxV2595"}"#).await.is(200);
    assert_eq!(echoed.json["challenge"], "3eZbrw1aBm2rZgRNFdxV2595");
    for odd in [
        r#"{"challenge":"<script>"}"#,
        r#"{"challenge":""}"#,
        r#"{"challenge":7}"#,
        r#"{"challenge":"a","id":1}"#,
        &format!(r#"{{"challenge":"{}"}}"#, "a".repeat(257)),
    ] {
        send(odd).await.refused(401, "NO_SIGNATURE");
    }
    let key = BodyKey::new(&Secret::new(secret.to_owned()));
    let body = r#"{"id":1}"#;
    let signature = key.sign((Algorithm::Sha256, Encoding::Base64, ""), body.as_bytes());
    let request = post("/hooks/cn_site").header("x-sig", signature).body(Body::from(body)).unwrap();
    door.send(request).await.is(202);
    let confirmed = door.events("endpoint").await[1].position;
    door.hooks.known_to(confirmed).await;
    send(r#"{"challenge":"3eZbrw1aBm2rZgRNFdxV2595"}"#).await.refused(401, "NO_SIGNATURE");
}

#[tokio::test]
async fn bad_input_042_a_secret_that_is_missing_or_unreadable_lets_nothing_in() {
    let door = Door::with(Mode::StandardWebhooks {}, "whsec_%%%").await;
    door.deliver("msg_1", "{}").await.refused(401, "BAD_SIGNATURE");
    door.parts.vault.destroy(SITE).await.unwrap();
    door.rotate(SECRET, chrono::TimeDelta::hours(1)).await;
    door.deliver("msg_1", "{}").await.is(202);
}
