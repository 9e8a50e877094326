use crate::client::{get, get_as, get_as_admin, served};
use std::collections::HashSet;
use wordpress_model::{Post, Shape, Site, Stamp, moment};

const POSTS: &str = "/wp-json/wp/v2/posts";

async fn all(running: &wordpress_model::Running, query: &str, pages: u32) -> Vec<u64> {
    let mut ids = Vec::new();
    for page in 1..=pages {
        let reply = get(running, &format!("{POSTS}?_fields=id&{query}&page={page}")).await;
        if reply.status == 200 {
            ids.extend(reply.ids());
        }
    }
    ids
}

#[tokio::test]
async fn bounds_of_pages_are_refused_in_cores_words() {
    let running = served(&Site::sample()).await;
    let long = get(&running, &format!("{POSTS}?per_page=101")).await;
    assert_eq!(long.gist(), (400, "rest_invalid_param".to_owned()));
    assert_eq!(
        long.json()["data"]["params"]["per_page"],
        "per_page must be between 1 (inclusive) and 100 (inclusive)"
    );
    assert_eq!(
        get(&running, &format!("{POSTS}?page=0")).await.gist(),
        (400, "rest_invalid_param".to_owned())
    );
    let past = get(&running, &format!("{POSTS}?page=100")).await;
    assert_eq!(past.gist(), (400, "rest_post_invalid_page_number".to_owned()));
    running.site().configure(|options| options.per_page_max = 20);
    let lowered = get(&running, &format!("{POSTS}?per_page=100")).await;
    assert!(lowered.text().contains("per_page must be between 1 (inclusive) and 20 (inclusive)"));
}

#[tokio::test]
async fn totals_and_links_lead_through_the_pages() {
    let running = served(&Site::sample()).await;
    let page = get_as_admin(&running, &format!("{POSTS}?status=any&per_page=10&page=2&context=edit")).await;
    let total: u64 = page.header("x-wp-total").unwrap().parse().unwrap();
    assert_eq!(page.header("x-wp-totalpages").unwrap(), total.div_ceil(10).to_string());
    let next =
        format!("<{}{POSTS}?status%5B0%5D=any&per_page=10&context=edit&page=3>; rel=\"next\"", running.url);
    assert!(page.links().contains(&next), "{}", page.links());
    assert!(page.links().contains("page=1>; rel=\"prev\""));
    let envelope = get(&running, &format!("{POSTS}?_envelope=1&per_page=3")).await.json();
    assert_eq!((envelope["body"].as_array().unwrap().len(), &envelope["status"]), (3, &200.into()));
    assert!(envelope["headers"]["X-WP-Total"].is_u64());
}

#[tokio::test]
async fn ordering_by_modified_loses_rows_of_one_second_and_ordering_by_id_does_not() {
    let site = Site::empty();
    for number in 0..300 {
        let date = Stamp::Utc(moment("2025-05-05T05:05:05"));
        site.put_post(Post { date, modified: date, ..Post::titled(&format!("n {number}")) });
    }
    let running = served(&site).await;
    let lossy = all(&running, "orderby=modified&order=asc&per_page=10", 30).await;
    let distinct: HashSet<u64> = lossy.iter().copied().collect();
    assert_eq!(lossy.len(), 300);
    assert!(distinct.len() < 300, "{} distinct", distinct.len());
    let safe =
        all(&running, "orderby=id&order=asc&per_page=10&modified_after=2025-05-05T00:00:00Z", 30).await;
    assert_eq!(safe.into_iter().collect::<HashSet<_>>().len(), 300);
}

#[tokio::test]
async fn bad_input_099_rows_come_and_go_between_pages() {
    let site = Site::generated(Shape { users: 5, posts: 150, content_bytes: 80, seed: 3 });
    for page in 1..=14 {
        site.after_requests("/wp/v2/posts", page, move |site| {
            site.delete_post(u64::from(page));
        });
    }
    let running = served(&site).await;
    let ids: HashSet<u64> = all(&running, "orderby=id&order=asc&per_page=10", 15).await.into_iter().collect();
    let remaining = (15..=150).filter(|id| !ids.contains(id)).count();
    assert!(remaining > 5, "{remaining} rows that exist were skipped");

    let site = Site::generated(Shape { users: 5, posts: 50, content_bytes: 80, seed: 3 });
    site.after_requests("/wp/v2/posts", 1, |site| {
        site.put_post(Post::titled("new"));
    });
    let running = served(&site).await;
    let ids = all(&running, "per_page=10", 5).await;
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 49, "one row comes twice, the newest never");
}

#[tokio::test]
async fn a_generated_site_is_the_same_every_time_and_takes_changes() {
    let shape = Shape { users: 3, posts: 500_000, content_bytes: 600, seed: 11 };
    let (one, two) = (Site::generated(shape), Site::generated(shape));
    one.add_account("admin", "x", "administrator");
    two.configure(|options| options.install_url = Some("http://h".to_owned()));
    let (first, second) = (served(&one).await, served(&two).await);
    let page = "/wp-json/wp/v2/posts?per_page=50&page=10000&_fields=id,content.rendered,modified_gmt";
    let (a, b) = (get(&first, page).await, get_as(&second, "nobody", "x", page).await);
    assert_eq!(a.text(), b.text());
    one.update_post(7, |post| post.title = "Changed".to_owned());
    assert_eq!(get(&first, &format!("{POSTS}/7")).await.json()["title"]["rendered"], "Changed");
    assert_eq!(get(&first, &format!("{POSTS}?modified_after=2026-03-02T08:30:00Z")).await.ids(), [7]);
}
