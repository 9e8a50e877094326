//! Who is believed: bad inputs 21 to 32 as far as a whole request is needed, and what the log then holds.

use axum::body::Body;
use domain::delivery::Verdict;

use super::door::{Door, OTHER_SECRET, SECRET, SITE, post, signed};

#[tokio::test]
async fn an_authentic_delivery_is_in_the_log_byte_for_byte() {
    let door = Door::standard().await;
    let body = r#"{"type":"wp.changes", "data":{"name":"Zoë"}}"#;
    let receipt = door.deliver("msg_1", body).await.is(202).receipt();
    assert!(receipt.starts_with("rc_site"), "{receipt}");
    let deliveries = door.deliveries().await;
    let [(received, bytes)] = &deliveries[..] else { panic!("{deliveries:?}") };
    assert_eq!(bytes.as_deref(), Some(body.as_bytes()));
    assert_eq!((received.verdict, received.bytes, received.secret), (Verdict::Signed, 45, Some(1)));
    assert_eq!(received.headers["webhook-id"], "msg_1");
    assert!(!received.headers.contains_key("webhook-signature"));
    let raw = door.events("delivery").await;
    let stored = raw[0].body.as_ref().unwrap();
    assert!(!stored.windows(3).any(|part| part == "Zo\u{eb}".as_bytes()), "bodies are sealed");
}

#[tokio::test]
async fn bad_input_021_an_unsigned_delivery_is_refused_and_counted() {
    let door = Door::standard().await;
    let request = post("/hooks/cn_site").body(Body::from("{}")).unwrap();
    door.send(request).await.refused(401, "NO_SIGNATURE");
    assert_eq!(door.kept(1).await[0].reason.word(), "unsigned");
    assert!(door.deliveries().await.is_empty());
}

#[tokio::test]
async fn bad_input_023_two_signature_headers_are_refused_in_either_order() {
    let door = Door::standard().await;
    let good = signed(SITE, SECRET, "msg_1", door.now(), "{}");
    let signature = good.headers()["webhook-signature"].clone();
    for (first, second) in [("v1,AAAA", None), ("", Some("v1,AAAA"))] {
        let mut request = signed(SITE, SECRET, "msg_1", door.now(), "{}");
        let headers = request.headers_mut();
        headers.remove("webhook-signature");
        if !first.is_empty() {
            headers.append("webhook-signature", first.parse().unwrap());
        }
        headers.append("webhook-signature", signature.clone());
        if let Some(second) = second {
            headers.append("webhook-signature", second.parse().unwrap());
        }
        door.send(request).await.refused(400, "BAD_SIGNATURE_HEADERS");
    }
    for name in ["webhook-id", "webhook-timestamp"] {
        let mut request = signed(SITE, SECRET, "msg_1", door.now(), "{}");
        request.headers_mut().append(name, "1".parse().unwrap());
        door.send(request).await.refused(400, "BAD_SIGNATURE_HEADERS");
    }
    assert!(door.deliveries().await.is_empty());
}

#[tokio::test]
async fn bad_input_026_a_long_list_of_signatures_is_refused() {
    let door = Door::standard().await;
    let mut request = signed(SITE, SECRET, "msg_1", door.now(), "{}");
    let good = request.headers()["webhook-signature"].to_str().unwrap().to_owned();
    let list = format!("{}{good}", "v1,AAAA ".repeat(16));
    request.headers_mut().insert("webhook-signature", list.parse().unwrap());
    door.send(request).await.refused(400, "BAD_SIGNATURE_HEADERS");
    let mut request = signed(SITE, SECRET, "msg_1", door.now(), "{}");
    let list = format!("{}{good}", "v1,AAAA ".repeat(15));
    request.headers_mut().insert("webhook-signature", list.parse().unwrap());
    door.send(request).await.is(202);
}

#[tokio::test]
async fn bad_input_028_a_signature_is_good_at_its_own_address_only() {
    let door = Door::standard().await;
    door.connect("cn_other").await;
    door.open("cn_other", domain::endpoint::Mode::StandardWebhooks {}, OTHER_SECRET).await;
    let mut request = signed(SITE, SECRET, "msg_1", door.now(), "{}");
    *request.uri_mut() = "/hooks/cn_other".parse().unwrap();
    door.send(request).await.refused(401, "BAD_SIGNATURE");
    door.send(signed("cn_other", OTHER_SECRET, "msg_1", door.now(), "{}")).await.is(202);
    door.deliver("msg_1", "{}").await.is(202);
    assert_eq!(door.deliveries().await.len(), 2, "the same id at two addresses is two deliveries");
}

#[tokio::test]
async fn the_names_of_the_first_implementer_are_understood_but_never_mixed() {
    let door = Door::standard().await;
    let mut request = signed(SITE, SECRET, "msg_1", door.now(), "{}");
    let headers = request.headers_mut();
    for part in ["id", "timestamp", "signature"] {
        let value = headers.remove(format!("webhook-{part}")).unwrap();
        headers.insert(axum::http::HeaderName::try_from(format!("svix-{part}")).unwrap(), value);
    }
    let receipt = door.send(request).await.is(202).receipt();
    assert_eq!(door.deliver("msg_1", "{}").await.is(200).receipt(), receipt);
    let mut mixed = signed(SITE, SECRET, "msg_2", door.now(), "{}");
    let id = mixed.headers_mut().remove("webhook-id").unwrap();
    mixed.headers_mut().insert("svix-id", id);
    door.send(mixed).await.refused(401, "NO_SIGNATURE");
}

#[tokio::test]
async fn bad_input_030_at_the_edge_of_the_window() {
    let door = Door::standard().await;
    for (index, offset) in [-300, 0, 300].into_iter().enumerate() {
        door.send(signed(SITE, SECRET, &format!("in_{index}"), door.now() + offset, "{}")).await.is(202);
    }
    for offset in [-301, 301] {
        door.send(signed(SITE, SECRET, "out", door.now() + offset, "{}")).await.refused(401, "STALE");
    }
    assert_eq!(door.deliveries().await.len(), 3);
}
