//! Three of ten webhooks never arrive, and nobody can say which: a sweep finds them all.

use std::collections::BTreeSet;
use std::time::Duration;

use super::super::deliveries::sender::Sender;
use super::{World, titled};

const POSTS: u64 = 300;
const DROPPED_IN_TEN: u64 = 3;

/// Chance that is the same every time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_of_the_webhooks_dropped_leaves_nothing_different_after_one_sweep() {
    let mut world = World::new(POSTS).await;
    // Nothing but webhooks and the sweep tells of changes.
    world.restart(Duration::from_hours(1), true).await;
    let sender = Sender::standard(&world.stage).await;
    let mut chance = Chance(0x5eed_0003);
    let (mut dropped, mut receipts) = (BTreeSet::new(), vec![]);
    for id in 1..=POSTS {
        world.site().update_post(id, |post| post.title = format!("changed {id}"));
        if chance.next() % 10 < DROPPED_IN_TEN {
            dropped.insert(id);
            continue;
        }
        let body = serde_json::json!({"resource": "posts", "id": id});
        receipts.push(sender.raw(&format!("msg_{id}"), &body.to_string()).await);
    }
    for receipt in &receipts {
        sender.led_to(receipt).await;
    }
    let told = |id: &u64| !dropped.contains(id);
    let portal = world
        .until("what arrived", |portal| {
            (1..=POSTS).filter(told).all(|id| titled(portal, id, &format!("changed {id}")))
        })
        .await;
    let differ =
        |portal: &[_]| (1..=POSTS).filter(|id| !titled(portal, *id, &format!("changed {id}"))).count();
    assert!((60..=120).contains(&dropped.len()), "{}", dropped.len());
    assert_eq!(differ(&portal), dropped.len(), "without the sweep they would stay different");
    let watch = world.sweep().await;
    assert_eq!(watch.sweep.unwrap().missed, dropped.len() as u64, "and it counts what was missed");
    let portal = world.until("nothing differs", |portal| differ(portal) == 0).await;
    assert_eq!(portal.len() as u64, POSTS);
}
