//! A site that is well.

use std::time::Duration;

use app_sdk::PageRequest;
use serde_json::{Value, json};
use wordpress_model::{Fault, Injection, Options, Permalinks, SAMPLE_LOGIN, SAMPLE_PASSWORD, Site};

use crate::support::{World, request};

#[tokio::test]
async fn every_kind_of_record_is_read_completely() {
    let world = World::sample().await;
    let session = world.tested(SAMPLE_LOGIN, SAMPLE_PASSWORD).await;
    for resource in ["users", "posts", "pages", "media", "comments", "categories", "tags"] {
        let read = world.read_all(&session, resource).await;
        read.complete();
        assert_eq!(read.items().count() as u64, read.end().total.unwrap(), "{resource}");
        assert!(read.items().count() > 0, "{resource}");
        let first: Value = serde_json::from_slice(&read.items().next().unwrap().bytes).unwrap();
        assert_eq!(first["id"].to_string(), read.items().next().unwrap().id);
        assert!(read.pages.last().unwrap().cursor.is_none());
    }
}

#[tokio::test]
async fn all_fields_and_all_statuses_come_with_the_capability() {
    let world = World::sample().await;
    let session = world.tested(SAMPLE_LOGIN, SAMPLE_PASSWORD).await;
    let posts = world.read_all(&session, "posts").await;
    let records: Vec<Value> =
        posts.items().map(|item| serde_json::from_slice(&item.bytes).unwrap()).collect();
    assert!(records.iter().all(|post| post["title"]["raw"].is_string()));
    for status in ["publish", "draft", "future", "trash"] {
        assert!(records.iter().any(|post| post["status"] == status), "{status}");
    }
    let item = posts.items().next().unwrap();
    assert!(item.version.as_deref().unwrap().starts_with("20"));
    let users = world.read_all(&session, "users").await;
    let user = users.items().next().unwrap();
    assert_eq!(user.subject.as_deref(), Some(format!("users.{}", user.id).as_str()));
    let record: Value = serde_json::from_slice(&user.bytes).unwrap();
    assert!(record["email"].is_string());
}

#[tokio::test]
async fn thousands_of_records_come_in_order_and_several_pages_at_once() {
    let world = World::generated(10, 2_345).await;
    let session = world.tested(SAMPLE_LOGIN, SAMPLE_PASSWORD).await;
    world.site().forget_requests();
    let read = world.read_all(&session, "posts").await;
    read.complete();
    let ids: Vec<u64> = read.items().map(|item| item.id.parse().unwrap()).collect();
    assert_eq!(ids, (1..=2_345).collect::<Vec<_>>());
    assert_eq!(read.pages.len(), 24);
    let requests = world.site().requests();
    assert_eq!(requests.len(), 25, "the root once, then one request a page");
    assert!(requests.iter().all(|request| request.user.as_deref() == Some(SAMPLE_LOGIN)));
    world.site().inject(Injection::always("/wp/v2/posts", Fault::Slow(Duration::from_millis(5))));
    world.read_all(&session, "posts").await;
    assert!((2..=4).contains(&world.site().max_concurrency_seen()));
}

#[tokio::test]
async fn a_scan_goes_on_from_any_cursor() {
    let world = World::generated(10, 730).await;
    let session = world.admin().await;
    let whole = world.read_all(&session, "posts").await;
    for page in &whole.pages[..whole.pages.len() - 1] {
        let rest =
            world.read(&session, PageRequest { cursor: page.cursor.clone(), ..request("posts") }).await;
        rest.complete();
        let last: u64 = page.items.last().unwrap().id.parse().unwrap();
        assert_eq!(rest.ids(), (last + 1..=730).collect());
    }
    let bad = PageRequest { cursor: Some(json!({"page": "x"})), ..request("posts") };
    assert_eq!(world.read(&session, bad).await.error().code(), "BAD_CURSOR");
}

#[tokio::test]
async fn only_the_fields_and_statuses_that_were_asked_for_are_read() {
    let world = World::sample().await;
    let session = world.admin().await;
    world.site().forget_requests();
    let wanted = PageRequest {
        fields: vec!["title.raw".to_owned()],
        statuses: vec!["draft".to_owned()],
        ..request("posts")
    };
    let read = world.read(&session, wanted).await;
    read.complete();
    let record: Value = serde_json::from_slice(&read.items().next().unwrap().bytes).unwrap();
    let keys: Vec<&String> = record.as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), 3, "{keys:?}");
    assert!(record["title"]["raw"].is_string() && record["title"]["rendered"].is_null());
    let query = world.site().requests().last().unwrap().query.clone();
    assert!(
        query.contains("orderby=id") && query.contains("order=asc") && query.contains("context=edit"),
        "{query}"
    );
}

#[tokio::test]
async fn a_limit_ends_early_and_is_not_complete() {
    let world = World::generated(10, 500).await;
    let session = world.admin().await;
    world.site().forget_requests();
    for (limit, expected) in [(5, 5), (100, 100), (250, 250), (900, 500)] {
        let read = world.read(&session, PageRequest { limit: Some(limit), ..request("posts") }).await;
        assert_eq!(read.items().count(), expected);
        assert_eq!(read.end().complete, limit > 500);
        assert_eq!(read.end().problem, None);
    }
}

#[tokio::test]
async fn some_records_are_read_by_their_ids() {
    let world = World::generated(10, 500).await;
    let session = world.admin().await;
    let ids: Vec<String> = (1..=250).map(|id| (id * 3).to_string()).collect();
    let read = world.read(&session, PageRequest { ids, ..request("posts") }).await;
    read.complete();
    assert_eq!(read.ids(), (1..=166).map(|id| id * 3).collect());
    assert_eq!(read.end().hidden, 84, "those above 500 are not there");
    assert!(read.noted("IDS_NOT_SHOWN"));
    let bad = PageRequest { ids: vec!["1&status=any".to_owned()], ..request("posts") };
    assert_eq!(world.read(&session, bad).await.error().code(), "BAD_ID");
}

#[tokio::test]
async fn without_the_capability_public_fields_are_read_and_it_is_said() {
    let world = World::sample().await;
    world.site().add_account("sam", "aaaa bbbb cccc dddd eeee ffff", "subscriber");
    for session in [
        world.tested("sam", "aaaa bbbb cccc dddd eeee ffff").await,
        // Nothing is known of the account yet: asked for everything, refused, and asked for less.
        World::session(&world.discover().await, "sam", "aaaa bbbb cccc dddd eeee ffff"),
    ] {
        for resource in ["users", "posts", "media", "comments", "tags"] {
            let read = world.read_all(&session, resource).await;
            read.end();
            assert!(read.noted("PUBLIC_FIELDS_ONLY"), "{resource}");
            assert!(read.items().count() > 0, "{resource}");
        }
    }
}

#[tokio::test]
async fn a_password_that_no_longer_counts_is_a_failure_and_never_a_look_at_what_everybody_sees() {
    let world = World::sample().await;
    let tested = world.tested(SAMPLE_LOGIN, SAMPLE_PASSWORD).await;
    let untested = World::session(&world.discover().await, SAMPLE_LOGIN, "wrong");
    world.site().inject(Injection::always("", Fault::StripAuthorization));
    for session in [tested, untested] {
        for resource in ["users", "posts", "pages", "media", "comments", "categories", "tags"] {
            let read = world.read_all(&session, resource).await;
            assert_eq!(read.items().count(), 0, "{resource}");
            assert!(!read.noted("PUBLIC_FIELDS_ONLY"), "{resource}");
            assert_eq!(read.error().code(), "CREDENTIALS_REFUSED", "{resource}");
        }
    }
}

#[tokio::test]
async fn records_that_an_author_may_not_see_are_counted_as_hidden() {
    let world = World::generated(10, 350).await;
    world.site().add_account("ann", "aaaa bbbb cccc dddd eeee ffff", "author");
    let session = World::session(&world.discover().await, "ann", "aaaa bbbb cccc dddd eeee ffff");
    let read = world.read_all(&session, "posts").await;
    let end = read.complete().end();
    assert_eq!(end.hidden + read.items().count() as u64, end.total.unwrap());
    assert!(end.hidden > 0);
    assert_eq!(read.pages.len(), 4, "an empty page is not the end");
}

#[tokio::test]
async fn bad_input_115_plain_permalinks_and_sub_directories_are_read() {
    for change in [plain as fn(&mut Options), in_a_directory, both] {
        let site = Site::sample();
        site.configure(change);
        let world = World::of(site).await;
        let session = world.tested(SAMPLE_LOGIN, SAMPLE_PASSWORD).await;
        let read = world.read_all(&session, "posts").await;
        assert!(read.complete().items().count() > 0);
    }
}

fn plain(options: &mut Options) {
    options.permalinks = Permalinks::Plain;
}

fn in_a_directory(options: &mut Options) {
    "/blog".clone_into(&mut options.base_path);
}

fn both(options: &mut Options) {
    plain(options);
    in_a_directory(options);
}

#[tokio::test]
async fn an_unknown_resource_and_an_untested_connection_are_explained() {
    let world = World::sample().await;
    let mut session = world.admin().await;
    assert_eq!(world.read_all(&session, "products").await.error().code(), "RESOURCE_MISSING");
    session.details = Value::Null;
    assert_eq!(world.read_all(&session, "posts").await.error().code(), "NOT_DISCOVERED");
}
