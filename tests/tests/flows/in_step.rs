//! A scenario that begins when records change keeps Portal in step with the living model of a site: nobody starts
//! anything by hand.

use std::time::Duration;

use domain::run::Trigger;
use domain::views::{PortalView, RUNS, RunView, WATCHES, WatchView};
use domain::watch::{WatchCommand, Watches};
use engine::ports::{EventStore, Filter, Query, ReadStore};
use engine::trace::TraceContext;
use wordpress_model::{Post, Running, Shape, Site, Stamp, moment};

use super::api::Api;
use super::stage::{SITE, Stage, graph};

const PASSWORD: &str = "abcd efgh ijkl mnop qrst uvwx";
const PATIENCE: Duration = Duration::from_secs(30);

mod companion;
mod fields;
mod loss;
mod set_back;
mod unread;

struct World {
    site: Running,
    stage: Stage,
}

impl World {
    /// A site with posts, and a scenario that keeps them in step.
    async fn new(posts: u64) -> Self {
        let world = Self::silent(posts).await;
        world.stage.watch("sc_a", graph(&[("posts", "mp_posts", "post")])).await;
        world.until("everything is there", |portal| portal.len() as u64 == posts).await;
        world
    }

    /// The same without a scenario.
    async fn silent(posts: u64) -> Self {
        let model = Site::generated(Shape { users: 3, posts, content_bytes: 300, seed: 5 });
        model.set_now(moment("2026-06-01T12:00:00"));
        model.add_account("portal", PASSWORD, "administrator");
        let site = model.serve("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let stage = Stage::at(&site.url, "portal", PASSWORD).await;
        stage.mapping("mp_posts", "posts").await;
        Self { site, stage }
    }

    fn site(&self) -> &Site {
        self.site.site()
    }

    async fn until(&self, what: &str, holds: impl Fn(&[PortalView]) -> bool) -> Vec<PortalView> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let portal = self.stage.portal().await;
            if holds(&portal) {
                return portal;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "{what}: {} records, {:?}",
                portal.len(),
                self.runs().await
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn runs(&self) -> Vec<RunView> {
        let rows =
            self.stage.reads.list(&RUNS, &Query { limit: 500, ..Query::default() }).await.unwrap().rows;
        rows.iter().map(|row| serde_json::from_slice(&row.doc).unwrap()).collect()
    }

    async fn watch(&self) -> WatchView {
        let key = format!("{SITE}.posts");
        let doc = self.stage.reads.get(&WATCHES, &[key]).await.unwrap().pop().flatten().unwrap();
        serde_json::from_slice(&doc).unwrap()
    }

    /// Has everything read, and waits until it was.
    async fn sweep(&self) -> WatchView {
        let before = self.watch().await.sweep.map(|sweep| (sweep.seen, sweep.ended, sweep.missed));
        let key = format!("{SITE}.posts");
        let position = self.stage.command::<Watches>(&key, WatchCommand::RequestSweep).await;
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            self.stage.settle(&WATCHES, position).await;
            let view = self.watch().await;
            if !view.sweep_requested {
                return view;
            }
            assert!(tokio::time::Instant::now() < deadline, "no sweep: {before:?} {view:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn of(portal: &[PortalView], id: u64) -> &PortalView {
    let end = format!(".posts.{id}");
    portal.iter().find(|record| record.external.ends_with(&end)).unwrap()
}

fn titled(portal: &[PortalView], id: u64, title: &str) -> bool {
    let end = format!(".posts.{id}");
    portal.iter().any(|record| {
        record.external.ends_with(&end)
            && record.fields.as_ref().is_some_and(|fields| fields["title"] == title)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_on_the_site_changes_in_portal() {
    let world = World::new(40).await;
    world.site().update_post(7, |post| post.title = "Seven".into());
    let id = world.site().put_post(Post::titled("Forty-one"));
    let portal =
        world.until("both", |portal| titled(portal, 7, "Seven") && titled(portal, id, "Forty-one")).await;
    assert_eq!(portal.len(), 41);
    assert_eq!(of(&portal, 8).revision, 0, "the others were not written again");
    assert!(
        world.runs().await.iter().all(|run| run.recall.is_some()),
        "every run worked on what was recorded"
    );
    assert_eq!(serde_json::to_value(Trigger::RecordChanged).unwrap(), "record-changed");
    // Each such run names a recorded change as its cause, so that a trace goes through it.
    let store = &world.stage.store;
    let started = store.read_all(0, &Filter::categories(["run"]), 1_000).await.unwrap().events;
    let changes = store.read_all(0, &Filter::categories(["record"]), 1_000).await.unwrap().events;
    for started in started.iter().filter(|event| &*event.event_type == "run.started") {
        let cause = TraceContext::cause(started).expect("a cause");
        assert!(changes.iter().any(|change| TraceContext::of(change) == cause));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_is_deleted_is_archived_and_one_that_comes_back_is_not() {
    let world = World::new(40).await;
    let kept = world.site().post(9).unwrap();
    world.site().delete_post(9);
    let watch = world.sweep().await;
    assert_eq!(watch.sweep.unwrap().gone, 1);
    let portal = world.until("archived", |portal| of(portal, 9).archived).await;
    assert_eq!(portal.iter().filter(|record| record.archived).count(), 1);
    assert!(of(&portal, 9).fields.is_some(), "nothing is deleted");
    world.site().put_post(Post { modified: Stamp::Utc(moment("2026-06-01T12:00:30")), ..kept });
    world.until("back", |portal| !of(portal, 9).archived).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_missing_posts_wait_for_a_person() {
    let world = World::new(40).await;
    for id in 1..=20 {
        world.site().delete_post(id);
    }
    let watch = world.sweep().await;
    assert_eq!(watch.sweep.unwrap().gone, 0);
    assert_eq!(watch.held.len(), 20);
    let overview = Api::of(&world.stage).get("/api/v1/overview").await;
    let held: Vec<_> = overview["attention"].as_array().unwrap().iter().map(|line| &line["kind"]).collect();
    assert!(held.iter().any(|kind| **kind == "gone-held"), "{held:?}");
    assert!(world.stage.portal().await.iter().all(|record| !record.archived));
    let key = format!("{SITE}.posts");
    world.stage.command::<Watches>(&key, WatchCommand::Decide { approved: true }).await;
    world.until("archived", |portal| portal.iter().filter(|record| record.archived).count() == 20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_question_finds_a_sweep_finds_and_counts() {
    let world = World::new(40).await;
    world.site().update_meta_only(5, |post| post.slug = "moved-silently".into());
    let watch = world.sweep().await;
    assert_eq!(watch.sweep.unwrap().missed, 1);
    let found = world
        .until("the slug", |portal| {
            of(portal, 5).fields.as_ref().is_some_and(|fields| fields["slug"] == "moved-silently")
        })
        .await;
    assert_eq!(found.len(), 40);
    assert_eq!(watch.days.values().map(|day| day.missed).sum::<u64>(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_and_started_again_nothing_is_missed_or_done_twice() {
    let mut world = World::new(40).await;
    world.stage.kill();
    world.site().update_post(3, |post| post.title = "while nobody listened".into());
    world.stage.start();
    let portal = world.until("heard later", |portal| titled(portal, 3, "while nobody listened")).await;
    assert_eq!(of(&portal, 3).revision, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_edit_within_one_second_arrives_whole() {
    let world = World::new(900).await;
    for id in 1..=900 {
        world.site().update_post(id, |post| post.title = "bulk".into());
    }
    world
        .until("all", |portal| portal.iter().all(|record| record.fields.as_ref().unwrap()["title"] == "bulk"))
        .await;
}
