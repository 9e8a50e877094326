//! What is kept of what is not let in, and how much at most.

use axum::body::Body;

use super::door::{Door, OTHER_SECRET, SECRET, SITE, post, signed};

#[tokio::test]
async fn bad_input_047_a_flood_of_forgeries_is_kept_within_bounds_and_counted_beyond() {
    let door = Door::standard().await;
    for number in 0..200 {
        let forged = signed(SITE, OTHER_SECRET, &format!("msg_{number}"), door.now(), "{}");
        door.send(forged).await.refused(401, "BAD_SIGNATURE");
    }
    door.kept(60).await;
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    assert_eq!(door.events("quarantine").await.len(), 60);
    door.at(3_600);
    door.send(post("/hooks/cn_site").body(Body::from("{}")).unwrap()).await.is(401);
    let kept = door.kept(61).await;
    assert_eq!(kept[60].counted["mismatch"], 140, "the rest is not forgotten");
    assert!(door.deliveries().await.is_empty());
}

#[tokio::test]
async fn large_forgeries_leave_only_their_digest() {
    let door = Door::standard().await;
    let small = signed(SITE, OTHER_SECRET, "msg_1", door.now(), "small");
    let large = signed(SITE, OTHER_SECRET, "msg_2", door.now(), &"x".repeat(20_000));
    door.send(small).await.is(401);
    door.kept(1).await;
    door.send(large).await.is(401);
    let kept = door.kept(2).await;
    let has_body: Vec<_> = door.events("quarantine").await.iter().map(|event| event.body.is_some()).collect();
    assert_eq!((has_body, kept[1].bytes), (vec![true, false], 20_000));
}

#[tokio::test]
async fn a_stale_delivery_is_kept_once_with_the_receipt_it_would_have() {
    let door = Door::standard().await;
    let at = door.now() - 3_600;
    for _ in 0..5 {
        door.send(signed(SITE, SECRET, "msg_1", at, r#"{"a":1}"#)).await.refused(401, "STALE");
    }
    let kept = door.kept(1).await;
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    assert_eq!(door.events("quarantine").await.len(), 1, "its repeats are only counted");
    assert_eq!(kept[0].reason.word(), "stale");
    let receipt = door.deliver("msg_1", r#"{"a":1}"#).await.is(202).receipt();
    assert_eq!(kept[0].receipt.as_ref().unwrap().as_str(), receipt);
}
