//! The bytes of deliveries have an end; what they led to has none.

use chrono::{Days, TimeDelta};
use domain::delivery::path_of;
use domain::ids::ReceiptId;
use domain::inbox::Finding;
use engine::StreamName;
use engine::ports::EventStore as _;
use projector::reactors::erase_deliveries::EraseDeliveries;

use super::super::stage::{SITE, Stage, post};
use super::sender::Sender;

const KEEP: Days = Days::new(30);

async fn bytes(stage: &Stage, receipt: &str) -> Option<bytes::Bytes> {
    let path = path_of(&ReceiptId::parse(receipt).unwrap()).unwrap();
    let event = stage.store.read_last(&[StreamName::new("delivery", path)]).await.unwrap().pop().flatten();
    engine::bodies::open(&*stage.parts.vault, &[&event.unwrap()]).await.unwrap().pop().flatten()
}

async fn look(stage: &Stage) {
    let reactor = EraseDeliveries::new(stage.parts.clone(), KEEP);
    reactor.look().await.unwrap();
}

async fn erasures(stage: &Stage) -> usize {
    let inbox = StreamName::new("inbox", SITE);
    let events = stage.store.read_stream(&inbox, 0, 1_000).await.unwrap();
    events.iter().filter(|event| &*event.event_type == "inbox.bytes-erased").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_its_retention_nobody_can_read_a_delivery_and_its_receipt_still_tells() {
    let stage = Stage::new().await;
    let sender = Sender::standard(&stage).await;
    stage.put("posts", 1, post(1, 1));
    let old = sender.changes((1, 1), &[("updated", "posts", 1)]).await;
    sender.led_to(&old).await;
    stage.clock.advance(TimeDelta::days(2));
    let newer = sender.changes((2, 2), &[("updated", "posts", 1)]).await;
    sender.led_to(&newer).await;

    stage.clock.advance(TimeDelta::days(28));
    look(&stage).await;
    assert!(bytes(&stage, &old).await.is_some(), "its day is thirty days ago, and may have an hour left");
    assert_eq!(erasures(&stage).await, 0);

    stage.clock.advance(TimeDelta::days(1));
    look(&stage).await;
    assert!(bytes(&stage, &old).await.is_none() && bytes(&stage, &newer).await.is_some());
    let keys =
        stage.parts.vault.subject_keys(&[format!("{SITE}.deliveries.2026-06-01")], false).await.unwrap();
    assert!(keys[0].is_none(), "there is no key left that could open it");
    assert_eq!(sender.led_to(&old).await.records[0].finding, Finding::Changed);
    look(&stage).await;
    assert_eq!(erasures(&stage).await, 1, "said once");

    // A clock that is set back: the day's second key has an end too.
    stage.clock.advance(TimeDelta::days(-31));
    let again = sender.changes((3, 3), &[("updated", "posts", 1)]).await;
    sender.led_to(&again).await;
    assert!(bytes(&stage, &again).await.is_some());
    stage.clock.advance(TimeDelta::days(31));
    look(&stage).await;
    assert!(bytes(&stage, &again).await.is_none());
}
