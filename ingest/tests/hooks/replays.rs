//! The same thing twice: bad inputs 33 to 37, 41 and 179.

use chrono::TimeDelta;
use domain::endpoint::{Algorithm, EndpointCommand, Endpoints, Mode};

use super::door::{Door, OTHER_SECRET, SECRET, SITE, signed};
use super::modes::order;

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_033_a_thousand_copies_at_once_are_one_delivery() {
    let door = Door::standard().await;
    let sends = (0..1_000).map(|_| door.deliver("msg_1", r#"{"a":1}"#));
    let mut receipts: Vec<String> = vec![];
    let mut first = 0;
    for answer in futures::future::join_all(sends).await {
        if answer.status == 503 {
            // More at once than one endpoint may have: told to come again.
            assert_eq!(answer.headers["retry-after"], "2");
            continue;
        }
        first += u32::from(answer.status == 202);
        receipts.push(answer.receipt());
    }
    receipts.sort();
    receipts.dedup();
    assert_eq!((first, receipts.len()), (1, 1));
    assert_eq!(door.deliveries().await.len(), 1);
}

#[tokio::test]
async fn bad_input_034_a_replay_after_a_restart_has_the_same_receipt() {
    let door = Door::standard().await;
    let receipt = door.deliver("msg_1", "{}").await.is(202).receipt();
    door.at(200);
    let restarted = door.restarted();
    let end = *engine::ports::EventStore::end(&*door.store).borrow();
    restarted.hooks.known_to(end).await;
    assert_eq!(restarted.deliver("msg_1", "{}").await.is(200).receipt(), receipt);
    // A year later, when every window is over: signed anew, it is still the same message.
    restarted.at(366 * 86_400);
    assert_eq!(restarted.deliver("msg_1", "{}").await.is(200).receipt(), receipt);
    assert_eq!(restarted.deliveries().await.len(), 1);
}

#[tokio::test]
async fn bad_input_035_one_id_with_two_contents_is_refused_and_both_are_kept() {
    let door = Door::standard().await;
    door.deliver("msg_1", r#"{"a":1}"#).await.is(202);
    door.deliver("msg_1", r#"{"a":2}"#).await.refused(409, "OTHER_CONTENT");
    let kept = door.kept(1).await;
    assert_eq!(kept[0].reason.word(), "other-content");
    assert!(kept[0].receipt.is_some());
    assert!(door.events("quarantine").await[0].body.is_some(), "the evidence is kept");
    assert_eq!(door.deliveries().await[0].1.as_deref(), Some(&br#"{"a":1}"#[..]));
}

#[tokio::test]
async fn bad_input_036_179_a_shops_deliveries_are_never_taken_for_repeats() {
    let door =
        Door::with(Mode::WooCommerce { algorithm: Algorithm::Sha256 }, "a shop's long secret, really").await;
    let mut receipts = vec![];
    // Two in one second with one delivery id, then the same bytes again, days later.
    for body in [r#"{"id":1}"#, r#"{"id":2}"#, r#"{"id":5}"#, r#"{"id":5}"#] {
        receipts.push(door.send(order("a shop's long secret, really", body)).await.is(202).receipt());
        if body.contains('5') {
            door.at(3 * 86_400);
        }
    }
    receipts.dedup();
    assert_eq!((receipts.len(), door.deliveries().await.len()), (4, 4));
}

#[tokio::test]
async fn bad_input_041_secrets_overlap_and_end() {
    let door = Door::standard().await;
    door.rotate(OTHER_SECRET, TimeDelta::hours(1)).await;
    let send = |secret: &'static str, id: &'static str| {
        let request = signed(SITE, secret, id, door.now(), "{}");
        door.send(request)
    };
    send(SECRET, "old").await.is(202);
    send(OTHER_SECRET, "new").await.is(202);
    let both: Vec<_> = door.deliveries().await.iter().map(|(received, _)| received.secret).collect();
    assert_eq!(both, [Some(1), Some(2)]);
    door.at(3_599);
    send(SECRET, "last").await.is(202);
    door.at(1);
    send(SECRET, "after").await.refused(401, "BAD_SIGNATURE");
    send(OTHER_SECRET, "still").await.is(202);
    door.rotate(SECRET, TimeDelta::hours(1)).await;
    let revoke = EndpointCommand::Revoke { number: 2, reason: "leaked".into() };
    door.command::<Endpoints>(SITE, revoke).await;
    send(OTHER_SECRET, "revoked").await.refused(401, "BAD_SIGNATURE");
    send(SECRET, "third").await.is(202);
}
