//! Bodies and headers that a delivery may not have. What the accept loop refuses is tested beside it.

use axum::body::Body;
use domain::delivery::Verdict;

use super::door::{Door, SECRET, SITE, post, signed};

#[tokio::test]
async fn bad_input_015_no_encoding_is_accepted_whatever_the_address() {
    let door = Door::standard().await;
    for encoding in ["gzip", "gzip, gzip", "br", "zstd", "identity", ""] {
        for path in ["/hooks/cn_site", "/hooks/cn_nobody"] {
            let request = post(path).header("content-encoding", encoding).body(Body::from("x")).unwrap();
            door.send(request).await.refused(415, "ENCODED_BODY");
        }
    }
}

#[tokio::test]
async fn bad_input_014_a_body_of_the_limit_is_taken_and_one_byte_more_is_not() {
    let door = Door::standard().await;
    let largest = "x".repeat(ingest::BODY_BYTES_MAX);
    door.deliver("msg_1", &largest).await.is(202);
    door.deliver("msg_2", &format!("{largest}x")).await.refused(413, "BODY_TOO_LARGE");
    let chunks = (0..1_025).map(|_| Ok::<_, std::io::Error>("x".repeat(1 << 10)));
    let endless = Body::from_stream(futures::stream::iter(chunks));
    door.send(post("/hooks/cn_site").body(endless).unwrap()).await.refused(413, "BODY_TOO_LARGE");
    assert_eq!(door.deliveries().await.len(), 1);
}

#[tokio::test]
async fn bad_input_016_a_body_that_breaks_off_leaves_nothing() {
    let door = Door::standard().await;
    let broken = Body::from_stream(futures::stream::iter([
        Ok("{".to_owned()),
        Err(std::io::Error::other("connection reset")),
    ]));
    door.send(post("/hooks/cn_site").body(broken).unwrap()).await.refused(400, "BODY_BROKEN");
    assert!(door.deliveries().await.is_empty() && door.events("quarantine").await.is_empty());
}

#[tokio::test]
async fn bad_input_020_what_a_body_claims_to_be_changes_nothing_but_refusals() {
    let door = Door::standard().await;
    for kind in ["multipart/form-data; boundary=x", "application/json; charset=utf-16"] {
        let mut request = signed(SITE, SECRET, "msg_1", door.now(), "{}");
        request.headers_mut().insert("content-type", kind.parse().unwrap());
        door.send(request).await.refused(415, "CONTENT_TYPE");
    }
    let files = r#"{"files":{"0":{"filepath":"/etc/passwd"}}}"#;
    let mut request = signed(SITE, SECRET, "msg_1", door.now(), files);
    request.headers_mut().remove("content-type");
    door.send(request).await.is(202);
    let deliveries = door.deliveries().await;
    assert_eq!(deliveries[0].1.as_deref(), Some(files.as_bytes()), "bytes, and no more than that");
}

#[tokio::test]
async fn bad_input_018_forwarding_headers_are_neither_believed_nor_kept() {
    let door = Door::standard().await;
    let mut request = signed(SITE, SECRET, "msg_1", door.now(), "{}");
    for name in ["x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-host"] {
        request.headers_mut().insert(name, "127.0.0.1".parse().unwrap());
    }
    door.send(request).await.is(202);
    let (received, _) = door.deliveries().await.remove(0);
    assert_eq!(received.verdict, Verdict::Signed);
    assert_eq!(
        received.headers.keys().collect::<Vec<_>>(),
        ["content-type", "webhook-id", "webhook-timestamp"]
    );
}
