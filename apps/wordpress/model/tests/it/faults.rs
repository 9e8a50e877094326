use crate::client::{get, get_as_admin, send, served};
use serde_json::json;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use wordpress_model::{Fault, HtmlPage, Injection, Running, Site, Totals};

const POSTS: &str = "/wp-json/wp/v2/posts";

async fn with(fault: Fault) -> Running {
    let site = Site::sample();
    site.inject(Injection::always("/wp/v2/posts", fault));
    served(&site).await
}

#[tokio::test]
async fn a_fault_strikes_where_when_and_as_often_as_it_was_told() {
    let site = Site::sample();
    let wait = Fault::RetryLater { status: 429, retry_after: Some("-1".to_owned()) };
    site.inject(Injection::next("/wp/v2/posts", 2, wait).after(1).when_query_holds("per_page=3"));
    let running = served(&site).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(get(&running, &format!("{POSTS}?per_page=3")).await.status);
        assert_eq!(get(&running, POSTS).await.status, 200);
    }
    assert_eq!(seen, [200, 429, 429, 200]);
}

#[tokio::test]
async fn bad_input_096_pages_notices_and_marks_in_place_of_json() {
    let running = with(Fault::Page(HtmlPage::Login)).await;
    assert_eq!((get(&running, POSTS).await.status, get(&running, "/wp-json/").await.status), (200, 200));
    let running = with(Fault::Page(HtmlPage::MaintenanceFile)).await;
    let reply = get(&running, POSTS).await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("600")));
    let junk =
        |headers_lost| Fault::JunkBefore { text: "<br />\n<b>Warning</b>: x".to_owned(), headers_lost };
    let reply = get(&with(junk(true)).await, &format!("{POSTS}?context=edit")).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("text/html; charset=UTF-8")));
    assert!(reply.text().contains("rest_forbidden_context") && reply.header("x-wp-total").is_none());
    let reply = get(&with(junk(false)).await, POSTS).await;
    assert!(reply.text().starts_with("<br />") && reply.header("x-wp-total").is_some());
}

#[tokio::test]
async fn bad_input_097_errors_under_status_200_and_routes_that_are_gone() {
    let error =
        Fault::ErrorObject { status: 200, code: "rest_forbidden".to_owned(), message: "No.".to_owned() };
    assert_eq!(get(&with(error).await, POSTS).await.gist(), (200, "rest_forbidden".to_owned()));
    let site = Site::sample();
    site.inject(Injection::always("", Fault::UsersRemoved));
    site.inject(Injection::always("", Fault::RestDisabledForVisitors));
    let running = served(&site).await;
    assert_eq!(get(&running, POSTS).await.gist(), (401, "rest_disabled".to_owned()));
    assert_eq!(get_as_admin(&running, POSTS).await.status, 200);
    assert_eq!(
        get_as_admin(&running, "/wp-json/wp/v2/users").await.gist(),
        (404, "rest_no_route".to_owned())
    );
}

#[tokio::test]
async fn bad_input_098_totals_lie() {
    let reply = get(&with(Fault::Totals(Totals::Missing)).await, &format!("{POSTS}?_envelope=1")).await;
    assert!(reply.header("x-wp-total").is_none() && reply.json()["headers"]["X-WP-Total"].is_u64());
    let fixed = Totals::Fixed { total: "-1".to_owned(), pages: "1000000000000".to_owned() };
    let reply = get(&with(Fault::Totals(fixed)).await, POSTS).await;
    assert_eq!(
        (reply.header("x-wp-total"), reply.header("x-wp-totalpages")),
        (Some("-1"), Some("1000000000000"))
    );
    let running = with(Fault::Totals(Totals::Rising)).await;
    let (one, two) = (get(&running, POSTS).await, get(&running, POSTS).await);
    assert_ne!(one.header("x-wp-total"), two.header("x-wp-total"));
}

#[tokio::test]
async fn bad_input_099_large_pages_are_refused_or_fail() {
    let running = with(Fault::PerPageRefusedAbove(20)).await;
    assert_eq!(
        get(&running, &format!("{POSTS}?per_page=100")).await.gist(),
        (400, "rest_invalid_param".to_owned())
    );
    let running = with(Fault::PerPageFailsAbove(50)).await;
    assert_eq!(get(&running, &format!("{POSTS}?per_page=100")).await.status, 500);
    assert_eq!(get(&running, &format!("{POSTS}?per_page=50")).await.status, 200);
}

#[tokio::test]
async fn bad_input_100_and_115_ids_and_fields_of_the_wrong_kind() {
    let reply = get(&with(Fault::DuplicateIds).await, &format!("{POSTS}?per_page=4")).await;
    assert_eq!(reply.ids()[0], reply.ids()[4]);
    for id in [json!(0), json!(-1), json!("12"), json!(9_007_199_254_740_993_u64)] {
        assert_eq!(get(&with(Fault::Id(id.clone())).await, POSTS).await.json()[0]["id"], id);
    }
    let title = Fault::Field { name: "title".to_owned(), value: json!("a string") };
    assert_eq!(get(&with(title).await, POSTS).await.json()[3]["title"], "a string");
}

#[tokio::test]
async fn bad_input_101_pages_never_end() {
    let reply = get(&with(Fault::EndlessPages).await, &format!("{POSTS}?per_page=10&page=5000")).await;
    assert_eq!((reply.status, reply.ids()[9], reply.header("x-wp-totalpages")), (200, 50_000, Some("5002")));
}

#[tokio::test]
async fn bad_input_102_encodings() {
    let reply = get(&with(Fault::GzipBomb { bytes: 5_000_000 }).await, POSTS).await;
    assert_eq!((reply.header("content-encoding"), reply.body.len() < 50_000), (Some("gzip"), true));
    let reply = get(&with(Fault::EncodingLabel("gzip".to_owned())).await, POSTS).await;
    assert!(reply.header("content-encoding") == Some("gzip") && reply.text().starts_with('['));
    assert_eq!(get(&with(Fault::Brotli).await, POSTS).await.header("content-encoding"), Some("br"));
    assert!(get(&with(Fault::TruncatedGzip).await, POSTS).await.body.starts_with(&[0x1f, 0x8b]));
}

#[tokio::test]
async fn bad_input_103_bodies_that_break_off_crawl_or_never_end() {
    let whole = get(&with(Fault::Slow(Duration::from_millis(1))).await, POSTS).await.body.len();
    let short = get(&with(Fault::ShortBody { missing: 10 }).await, POSTS).await;
    assert_eq!(short.header("content-length").unwrap(), whole.to_string());
    assert!(short.body.len() < whole);
    let reset = get(&with(Fault::ResetAfter(20)).await, POSTS).await;
    assert!(reset.body.len() <= 20 && reset.header("content-length").is_some());

    let running = with(Fault::Drip { bytes: 1, every: Duration::from_millis(20) }).await;
    let mut stream = send(&running, "GET", POSTS, None, "").await;
    let mut bytes = [0; 4096];
    let read = tokio::time::timeout(Duration::from_millis(300), stream.read_exact(&mut bytes)).await;
    assert!(read.is_err(), "the body crawls");
    drop(stream);

    let running = with(Fault::EndlessChunks).await;
    let mut stream = send(&running, "GET", POSTS, None, "").await;
    let mut much = vec![0; 4_000_000];
    tokio::time::timeout(Duration::from_secs(10), stream.read_exact(&mut much)).await.unwrap().unwrap();
    let huge = get(&with(Fault::HugeBody { bytes: 3_000_000 }).await, POSTS).await;
    assert_eq!(huge.body.len(), 3_000_000);
}

#[tokio::test]
async fn bad_input_110_to_113_redirects_links_dates_caches_and_foreign_pages() {
    let to = "http://169.254.169.254/".to_owned();
    let reply = get(&with(Fault::Redirect { status: 308, to: to.clone() }).await, POSTS).await;
    assert_eq!((reply.status, reply.header("location")), (308, Some(to.as_str())));
    let running = with(Fault::RedirectLoop).await;
    let next = get(&running, POSTS).await.header("location").unwrap().to_owned();
    assert_eq!(get(&running, &next).await.status, 302);

    let reply = get(&with(Fault::LinkOrigin("http://evil.example".to_owned())).await, POSTS).await;
    assert!(reply.links().contains("<http://evil.example/wp-json/wp/v2/posts?"));
    assert!(
        reply.json()[0]["_links"]["self"][0]["href"].as_str().unwrap().starts_with("http://evil.example/")
    );

    let date = "Mon, 01 Jan 2001 00:00:00 GMT".to_owned();
    assert_eq!(get(&with(Fault::Date(date.clone())).await, POSTS).await.header("date"), Some(date.as_str()));

    let running = with(Fault::StaleCache { age: 90 }).await;
    let first = get(&running, POSTS).await;
    running.site().delete_post(first.ids()[0]);
    let second = get(&running, POSTS).await;
    assert_eq!(
        (second.ids(), second.header("x-cache"), second.header("age")),
        (first.ids(), Some("HIT"), Some("90"))
    );

    let site = Site::sample();
    site.inject(Injection::always(
        "/",
        Fault::ForeignConsentPage("https://evil.example/authorize".to_owned()),
    ));
    let root = get(&served(&site).await, "/wp-json/").await.json();
    assert_eq!(
        root["authentication"]["application-passwords"]["endpoints"]["authorization"],
        "https://evil.example/authorize"
    );
}

#[tokio::test]
async fn a_client_that_gives_up_is_remembered_and_no_longer_counted() {
    let running = with(Fault::Slow(Duration::from_mins(1))).await;
    let waiting = tokio::time::timeout(Duration::from_millis(200), get(&running, POSTS)).await;
    assert!(waiting.is_err());
    running.site().clear_faults();
    for _ in 0..50 {
        running.site().forget_requests();
        let _page = get(&running, POSTS).await;
        if running.site().max_concurrency_seen() == 1 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the request that was given up is still counted");
}
