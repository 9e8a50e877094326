//! With the plugin on the site: what it holds and nobody sent is pulled, and its feed is what a watch asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use app_sdk::signature::{SignedRequest, SigningKey};
use engine::ports::Secret;
use wordpress_model::{Judge, Post};

use super::super::deliveries::sender::{SECRET, Sender};
use super::super::stage::graph;
use super::{World, titled};

const HOUR: Duration = Duration::from_hours(1);
/// Whether the plugin of the feed's test answers.
static OPEN: AtomicBool = AtomicBool::new(true);

/// Believes what the pairing's secret signed, where the text has one of these words.
pub fn judge(words: &'static [&'static str]) -> Judge {
    Arc::new(move |text: &str, signature: &str| {
        let key = SigningKey::parse(&Secret::new(SECRET.to_owned())).unwrap();
        let lines: Vec<&str> = text.splitn(6, '\n').collect();
        let [_, nonce, timestamp, method, target, body] = lines[..] else { return false };
        let Ok(timestamp) = timestamp.parse() else { return false };
        let request = SignedRequest { nonce, timestamp, method, target, body: body.as_bytes() };
        words.iter().any(|word| target.contains(word)) && key.sign_request(&request) == signature
    })
}

impl World {
    /// A site with the plugin, paired, and a scenario that begins when the site tells of changes.
    async fn paired(posts: u64) -> (Self, Sender) {
        let world = Self::silent(posts).await;
        world.site().install_plugin("e1", judge(&["/portal/v1/"]));
        let sender = Sender::standard(&world.stage).await;
        world.stage.begin_on("sc_a", graph(&[("posts", "mp_posts", "post")]), "webhook").await;
        (world, sender)
    }

    /// Plays the plugin's sender: what was taken, or was not.
    async fn send(&self, sender: &Sender, arrives: bool) -> Option<String> {
        let batch = self.site().next_batch(100).unwrap();
        self.site().acknowledge(batch.last);
        if !arrives {
            return None;
        }
        let body = serde_json::json!({"type": "wp.changes", "data": batch.data});
        Some(sender.raw(&format!("msg_e1_{}_{}", batch.first, batch.last), &body.to_string()).await)
    }

    /// Starts anew, asking this often. Where a scenario watches, its first question is over when this returns.
    pub async fn restart(&mut self, ask: Duration, watches: bool) {
        // Nobody is folding views when the old process ends: two at once is what only a test can do.
        self.stage.portal().await;
        self.stage.kill();
        self.stage.pace.ask = Some(ask);
        self.site().forget_requests();
        self.stage.start();
        if watches {
            self.until("the first question", |_| self.asked("order=desc")).await;
        }
    }

    fn asked(&self, what: &str) -> bool {
        self.site().requests().iter().any(|seen| format!("{}?{}", seen.path, seen.query).contains(what))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_sends_is_pulled_and_taken() {
    let (mut world, _sender) = World::paired(40).await;
    // The endpoint is known from the beginning, as after any restart.
    world.restart(Duration::from_millis(20), false).await;
    world.site().update_post(7, |post| post.title = "Seven".into());
    world.site().update_meta_only(8, |post| post.title = "Eight, silently".into());
    let id = world.site().put_post(Post::titled("Forty-one"));
    let all = |portal: &[_]| {
        titled(portal, 7, "Seven") && titled(portal, 8, "Eight, silently") && titled(portal, id, "Forty-one")
    };
    let portal = world.until("pulled", all).await;
    assert_eq!(portal.len(), 3, "nothing else was looked at");
    world.until("taken", |_| world.site().waiting_changes() == 0).await;
    world.site().delete_post(id);
    let gone = |portal: &[domain::views::PortalView]| portal.iter().any(|record| record.archived);
    world.until("its end", gone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_is_pulled_at_once() {
    let (mut world, sender) = World::paired(40).await;
    world.restart(HOUR, false).await;
    for (id, arrives) in [(1, true), (2, false), (3, true)] {
        world.site().update_post(id, |post| post.title = format!("changed {id}"));
        if let Some(receipt) = world.send(&sender, arrives).await {
            sender.led_to(&receipt).await;
        }
    }
    world.until("all three", |portal| (1..=3).all(|id| titled(portal, id, &format!("changed {id}")))).await;
    let inbox = sender.inbox().await;
    assert_eq!((inbox.gaps.len(), inbox.outboxes.values().copied().collect::<Vec<_>>()), (0, vec![3]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_outbox_holds_no_longer_is_swept() {
    let mut world = World::new(40).await;
    world.site().install_plugin("e1", judge(&["/drain", "/outbox"]));
    let sender = Sender::standard(&world.stage).await;
    world.restart(HOUR, true).await;
    for (id, arrives) in [(1, true), (2, false), (3, true)] {
        world.site().update_post(id, |post| post.title = format!("changed {id}"));
        world.site().prune_outbox(id - 1);
        if let Some(receipt) = world.send(&sender, arrives).await {
            sender.led_to(&receipt).await;
        }
    }
    world.until("the lost one", |portal| titled(portal, 2, "changed 2")).await;
    assert!(sender.inbox().await.gaps.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_that_cannot_be_pulled_is_swept_at_once() {
    let mut world = World::new(40).await;
    world.site().install_plugin("e1", Arc::new(|_, _| false));
    let sender = Sender::standard(&world.stage).await;
    world.restart(HOUR, true).await;
    for (id, arrives) in [(1, true), (2, false), (3, true)] {
        world.site().update_post(id, |post| post.title = format!("changed {id}"));
        if let Some(receipt) = world.send(&sender, arrives).await {
            sender.led_to(&receipt).await;
        }
    }
    world.until("the one that never came", |portal| titled(portal, 2, "changed 2")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outbox_that_began_anew_is_read_from_its_beginning() {
    let (mut world, sender) = World::paired(40).await;
    world.site().update_post(1, |post| post.title = "before".into());
    let receipt = world.send(&sender, true).await.unwrap();
    sender.led_to(&receipt).await;
    world.stage.portal().await;
    world.stage.kill();
    world.site().install_plugin("e2", judge(&["/portal/v1/"]));
    world.site().update_post(2, |post| post.title = "after".into());
    world.stage.start();
    world.until("the new list", |portal| titled(portal, 1, "before") && titled(portal, 2, "after")).await;
    let known: Vec<u64> = sender.inbox().await.outboxes.values().copied().collect();
    assert_eq!(known, [1, 1], "each list has its own numbers");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_is_what_a_watch_asks() {
    let mut world = World::new(40).await;
    let _sender = Sender::standard(&world.stage).await;
    let feed = judge(&["/changes"]);
    world.site().install_plugin(
        "e1",
        Arc::new(move |text, signature| OPEN.load(Ordering::SeqCst) && feed(text, signature)),
    );
    world.restart(Duration::from_millis(20), false).await;
    world.until("the feed is asked from its present", |_| world.asked("cursor=now")).await;
    world.until("and then from a place", |_| world.asked("/portal/v1/changes?cursor=2")).await;
    world.site().forget_requests();
    world.site().update_meta_only(5, |post| post.slug = "silent".into());
    world.site().update_post(6, |post| post.title = "loud".into());
    world
        .until("both", |portal| {
            let slug = |record: &&domain::views::PortalView| {
                record.fields.as_ref().is_some_and(|fields| fields["slug"] == "silent")
            };
            titled(portal, 6, "loud") && portal.iter().any(|record| slug(&record))
        })
        .await;
    assert!(!world.asked("modified_after"), "one question is enough");
    // By SQL, with a date: no hook, but the feed's posts have it once their second is over.
    world.site().advance(chrono::Duration::seconds(10));
    world.stage.clock.advance(chrono::TimeDelta::seconds(10));
    let modified = wordpress_model::Stamp::Utc(wordpress_model::moment("2026-06-01T12:00:05"));
    world.site().update_by_sql(9, |post| {
        post.title = "past WordPress".into();
        post.modified = modified;
    });
    world.until("by its date", |portal| titled(portal, 9, "past WordPress")).await;
    // The plugin stops answering: WordPress itself is asked again.
    OPEN.store(false, Ordering::SeqCst);
    world.site().update_post(10, |post| post.title = "without the plugin".into());
    world.until("the old way", |portal| titled(portal, 10, "without the plugin")).await;
    assert!(world.asked("modified_after"));
}
