//! Sites that change while they are read.

use wordpress_model::{Fault, Injection, Totals};

use crate::support::World;

#[tokio::test]
async fn bad_input_099_deletions_between_pages_skip_nobody() {
    for deleted in [1_u64, 5, 130] {
        let world = World::generated(10, 900).await;
        let session = world.admin().await;
        world.site().after_requests("/wp/v2/posts", 4, move |site| {
            for id in 1..=deleted {
                site.delete_post(id);
            }
        });
        let read = world.read_all(&session, "posts").await;
        read.complete();
        let kept: std::collections::BTreeSet<u64> = (deleted + 1..=900).collect();
        assert!(
            read.ids().is_superset(&kept),
            "{deleted}: {:?}",
            kept.difference(&read.ids()).collect::<Vec<_>>()
        );
        assert!(read.noted("READ_AGAIN"));
    }
}

#[tokio::test]
async fn bad_input_099_a_list_that_shrinks_below_the_page_ends_rightly() {
    let world = World::generated(10, 500).await;
    let session = world.admin().await;
    world.site().after_requests("/wp/v2/posts", 2, |site| {
        for id in 1..=350 {
            site.delete_post(id);
        }
    });
    let read = world.read_all(&session, "posts").await;
    read.complete();
    assert!(read.ids().is_superset(&(351..=500).collect()));
    assert_eq!(read.end().total, Some(150));
}

#[tokio::test]
async fn bad_input_099_insertions_come_at_the_end() {
    let world = World::generated(10, 450).await;
    let session = world.admin().await;
    world.site().after_requests("/wp/v2/posts", 3, |site| {
        for n in 0..120 {
            site.put_post(wordpress_model::Post::titled(&format!("new {n}")));
        }
    });
    let read = world.read_all(&session, "posts").await;
    read.complete();
    assert_eq!(read.items().count(), 570);
    assert_eq!(read.end().total, Some(570));
}

#[tokio::test]
async fn bad_input_098_missing_totals_are_asked_for_in_the_body() {
    let world = World::generated(10, 350).await;
    let session = world.admin().await;
    world.site().inject(Injection::always("/wp/v2/posts", Fault::Totals(Totals::Missing)));
    let read = world.read_all(&session, "posts").await;
    read.complete();
    assert_eq!(read.ids().len(), 350);
    assert!(read.noted("TOTALS_MISSING"));
}

#[tokio::test]
async fn bad_input_098_impossible_totals_never_end_a_scan_too_soon() {
    for (total, pages) in
        [("0", "0"), ("-1", "-1"), ("1000000000000", "10000000000"), ("many", ""), ("3", "1")]
    {
        let world = World::generated(10, 350).await;
        let session = world.admin().await;
        let lie = Totals::Fixed { total: total.to_owned(), pages: pages.to_owned() };
        world.site().inject(Injection::always("/wp/v2/posts", Fault::Totals(lie)));
        let read = world.read_all(&session, "posts").await;
        assert_eq!(read.ids().len(), 350, "{total}");
        let end = read.end();
        // Where the envelope tells the truth the scan is complete, else it says that it cannot be proven.
        assert!(end.complete || end.problem.is_some(), "{total}: {end:?}");
    }
}

#[tokio::test]
async fn bad_input_098_totals_that_rise_all_the_time() {
    let world = World::generated(10, 350).await;
    let session = world.admin().await;
    world.site().inject(Injection::always("/wp/v2/posts", Fault::Totals(Totals::Rising)));
    let read = world.read_all(&session, "posts").await;
    read.end();
    assert_eq!(read.ids().len(), 350);
}

#[tokio::test]
async fn bad_input_101_endless_pages_are_stopped() {
    let world = World::generated(10, 350).await;
    let session = world.admin().await;
    world.site().inject(Injection::always("/wp/v2/posts", Fault::EndlessPages));
    let read = world.read_all(&session, "posts").await;
    assert_eq!(read.problem(), "ENDLESS_PAGES");
    assert!(!read.end().complete);
    assert!(read.pages.len() < 200);
}

#[tokio::test]
async fn bad_input_101_the_same_page_again_and_again_is_stopped() {
    let world = World::generated(10, 350).await;
    let session = world.admin().await;
    world.site().inject(Injection::always("/wp/v2/posts", Fault::StaleCache { age: 0 }));
    let first = world.read_all(&session, "posts").await;
    assert_eq!(
        first.complete().ids().len(),
        350,
        "a cache that tells questions apart does no harm to one scan"
    );
    world.site().clear_faults();
    let body = serde_json::json!([{"id": 1}, {"id": 2}]).to_string();
    let headers = [("X-WP-Total", "900"), ("X-WP-TotalPages", "9")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let same = Fault::Answer { status: 200, content_type: "application/json".to_owned(), body, headers };
    world.site().inject(Injection::always("/wp/v2/posts", same));
    let read = world.read_all(&session, "posts").await;
    assert_eq!(read.problem(), "ENDLESS_PAGES");
}

#[tokio::test]
async fn bad_input_099_a_site_that_grants_smaller_pages_is_read_in_smaller_pages() {
    let world = World::generated(10, 350).await;
    let session = world.admin().await;
    world.site().configure(|options| options.per_page_max = 20);
    let read = world.read_all(&session, "posts").await;
    assert_eq!(read.complete().ids().len(), 350);
    assert_eq!(read.pages.len(), 18);
}

#[tokio::test]
async fn bad_input_099_a_site_that_dies_of_full_pages_is_read_in_smaller_ones() {
    let world = World::generated(10, 350).await;
    let session = world.admin().await;
    world.site().inject(Injection::always("/wp/v2/posts", Fault::PerPageFailsAbove(20)));
    let read = world.read_all(&session, "posts").await;
    assert_eq!(read.complete().ids().len(), 350);
    assert!(read.noted("PAGE_SIZE"));
    assert!(world.site().requests().iter().any(|request| request.query.contains("per_page=50")));
}
