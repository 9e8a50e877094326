//! Hearing what changed, and what each question misses.

use app_sdk::{Hint, Hints, HintsRequest, Presence, Session};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use wordpress_model::{Fault, Injection, Post, Stamp, Zone, moment};

use crate::support::World;

struct Listener<'w> {
    world: &'w World,
    session: Session,
    cursor: Value,
}

impl<'w> Listener<'w> {
    /// Listens to posts from now on.
    async fn new(world: &'w World) -> Self {
        let session = world.admin().await;
        let changes = world.app.changes.as_ref().unwrap();
        let cursor = changes.cursor(&session, "posts", now(world));
        let mut listener = Self { world, session, cursor };
        listener.hear("posts").await;
        listener
    }

    async fn hear_once(&mut self, resource: &str) -> Hints {
        let request =
            HintsRequest { resource: resource.into(), cursor: self.cursor.clone(), now: now(self.world) };
        let heard = self.world.app.changes.as_ref().unwrap().hints(&self.session, &request).await.unwrap();
        self.cursor = heard.cursor.clone();
        heard
    }

    async fn hear(&mut self, resource: &str) -> Vec<Hint> {
        let mut hints = vec![];
        loop {
            let heard = self.hear_once(resource).await;
            hints.extend(heard.hints);
            if !heard.more {
                return hints;
            }
        }
    }

    async fn ids(&mut self) -> Vec<u64> {
        let mut ids: Vec<u64> =
            self.hear("posts").await.iter().map(|hint| hint.id.parse().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

fn now(world: &World) -> DateTime<Utc> {
    world.site().now().and_utc()
}

/// Far from the generated posts' own times.
async fn quiet_world(posts: u64) -> World {
    let world = World::generated(5, posts).await;
    world.site().set_now(moment("2027-06-01T12:00:00"));
    world
}

#[tokio::test]
async fn edits_trash_and_restores_are_heard_and_silence_is_silence() {
    let world = quiet_world(50).await;
    let mut listener = Listener::new(&world).await;
    assert_eq!(listener.ids().await, Vec::<u64>::new());
    world.site().update_post(7, |post| post.title = "new".into());
    world.site().trash(9);
    assert_eq!(listener.ids().await, [7, 9]);
    world.site().restore(9);
    let heard = listener.hear("posts").await;
    assert!(heard.iter().any(|hint| hint.id == "9" && hint.version.is_some() && !hint.surely));
}

#[tokio::test]
async fn a_post_inserted_with_a_date_of_the_past_is_heard_by_its_id() {
    let world = quiet_world(50).await;
    let mut listener = Listener::new(&world).await;
    let old = Stamp::Utc(moment("2019-01-01T08:00:00"));
    let id = world.site().put_post(Post { date: old, modified: old, ..Post::titled("imported") });
    assert_eq!(listener.ids().await, [id]);
    assert_eq!(listener.ids().await, Vec::<u64>::new());
}

#[tokio::test]
async fn a_scheduled_post_is_heard_when_its_time_comes() {
    let world = quiet_world(10).await;
    let soon = Stamp::Utc(moment("2027-06-01T14:00:00"));
    let past = Stamp::Utc(moment("2027-05-01T08:00:00"));
    let scheduled = Post { status: "future".into(), date: soon, modified: past, ..Post::titled("later") };
    let id = world.site().put_post(scheduled);
    let mut listener = Listener::new(&world).await;
    assert_eq!(listener.ids().await, Vec::<u64>::new());
    world.site().set_now(moment("2027-06-01T14:00:30"));
    world.site().publish_due();
    let heard = listener.hear("posts").await;
    assert_eq!(heard, [Hint { id: id.to_string(), version: None, surely: true }]);
}

#[tokio::test]
async fn five_thousand_changes_of_one_second_are_all_heard() {
    let world = quiet_world(5_000).await;
    let mut listener = Listener::new(&world).await;
    for id in 1..=5_000 {
        world.site().update_post(id, |post| post.title.push('!'));
    }
    assert_eq!(listener.ids().await.len(), 5_000);
}

#[tokio::test]
async fn a_future_time_of_change_does_not_hide_what_follows() {
    let world = quiet_world(20).await;
    let mut listener = Listener::new(&world).await;
    let later = Stamp::Utc(moment("2031-01-01T00:00:00"));
    world.site().put_post(Post { modified: later, date: later, ..Post::titled("from the future") });
    listener.ids().await;
    world.site().advance(TimeDelta::minutes(10));
    world.site().update_post(3, |post| post.title = "seen".into());
    assert!(listener.ids().await.contains(&3));
}

#[tokio::test]
async fn the_hour_that_runs_twice_and_a_changed_zone_hide_nothing() {
    let world = quiet_world(20).await;
    world.site().set_timezone(Zone::parse("America/New_York").unwrap());
    world.site().set_now(moment("2027-11-07T05:44:00"));
    let mut listener = Listener::new(&world).await;
    world.site().set_now(moment("2027-11-07T06:20:00"));
    world.site().update_post(4, |post| post.title = "in the second of the two hours".into());
    world.site().set_now(moment("2027-11-07T06:46:00"));
    assert_eq!(listener.ids().await, [4]);
    world.site().set_now(moment("2027-11-08T12:00:00"));
    world.site().update_post(5, |post| post.title = "before the zone changed".into());
    world.site().set_timezone(Zone::parse("Asia/Tokyo").unwrap());
    assert!(listener.ids().await.contains(&5));
}

#[tokio::test]
async fn of_users_only_new_ones_are_heard() {
    let world = quiet_world(5).await;
    let mut listener = Listener::new(&world).await;
    listener.cursor = world.app.changes.as_ref().unwrap().cursor(&listener.session, "users", now(&world));
    assert!(listener.hear("users").await.is_empty());
    let id = world.site().put_user(wordpress_model::User { login: "ada".into(), ..Default::default() });
    let heard = listener.hear("users").await;
    assert_eq!(heard, [Hint { id: id.to_string(), version: None, surely: false }]);
}

#[tokio::test]
async fn gone_is_told_from_hidden() {
    let world = quiet_world(10).await;
    world.site().delete_post(4);
    let session = world.admin().await;
    let changes = world.app.changes.as_ref().unwrap();
    let ids = ["3", "4"].map(str::to_owned);
    let found = changes.presence(&session, "posts", &ids).await.unwrap();
    assert_eq!(found, [Presence::Here, Presence::Gone("404 rest_post_invalid_id".into())]);
}

#[tokio::test]
async fn a_password_that_no_longer_counts_hears_nothing_and_says_so() {
    let world = quiet_world(10).await;
    let mut listener = Listener::new(&world).await;
    world.site().inject(Injection::always("", Fault::StripAuthorization));
    world.site().update_post(7, |post| post.title = "new".into());
    let request =
        HintsRequest { resource: "posts".into(), cursor: listener.cursor.clone(), now: now(&world) };
    let refused = world.app.changes.as_ref().unwrap().hints(&listener.session, &request).await;
    assert_eq!(refused.unwrap_err().code(), "CREDENTIALS_REFUSED");
    world.site().clear_faults();
    assert_eq!(listener.ids().await, [7], "nothing was passed over");
}
