//! Sites that are broken, blocked or hostile.

use std::time::Duration;

use app_sdk::AppError;
use serde_json::{Value, json};
use wordpress_model::{Fault, HtmlPage, Injection, SAMPLE_LOGIN, SAMPLE_PASSWORD, User};

use crate::support::{Read, World};

const POSTS: &str = "/wp/v2/posts";

/// Reads all posts of a site with 350 while the fault strikes.
async fn struck(injection: Injection) -> Read {
    let world = World::generated(10, 350).await;
    let session = world.admin().await;
    world.site().inject(injection);
    world.read_all(&session, "posts").await
}

#[tokio::test]
async fn bad_input_096_pages_in_place_of_data_are_explained() {
    for (page, code) in
        [(HtmlPage::Login, "BLOCKED"), (HtmlPage::BotChallenge, "BLOCKED"), (HtmlPage::Firewall, "BLOCKED")]
    {
        let read = struck(Injection::always(POSTS, Fault::Page(page))).await;
        assert_eq!(read.error().code(), code, "{page:?}: {}", read.error());
        assert!(matches!(read.error(), AppError::Unauthorized { .. }), "{page:?}");
        assert!(!read.error().remedy().is_empty());
    }
}

#[tokio::test]
async fn bad_input_096_pages_that_go_away_are_waited_out() {
    for page in [HtmlPage::Maintenance, HtmlPage::FatalError, HtmlPage::DatabaseError] {
        let read = struck(Injection::next(POSTS, 2, Fault::Page(page))).await;
        assert_eq!(read.complete().ids().len(), 350, "{page:?}");
        assert!(read.noted("RETRIED") || read.noted("PAGE_SIZE"), "{page:?}");
    }
}

#[tokio::test]
async fn bad_input_096_a_mark_or_a_notice_before_the_data_is_tolerated_and_told() {
    let notice = "<br />\n<b>Warning</b>: Undefined array key [0] in <b>/x.php</b> on line <b>3</b><br />\n";
    for (text, headers_lost) in [("\u{feff}", false), (notice, false), (notice, true), ("\u{feff}", true)] {
        let read =
            struck(Injection::always(POSTS, Fault::JunkBefore { text: text.to_owned(), headers_lost })).await;
        assert_eq!(read.ids().len(), 350, "{text:?} {headers_lost}");
        assert!(read.noted("POLLUTED_ANSWER"));
    }
}

#[tokio::test]
async fn bad_input_097_errors_under_any_status_are_errors() {
    for (status, code, expected) in [
        (200, "rest_forbidden_context", "REQUEST_REFUSED"),
        (401, "rest_not_logged_in", "CREDENTIALS_REFUSED"),
        (401, "incorrect_password", "WRONG_CREDENTIALS"),
        (401, "application_passwords_disabled", "APPLICATION_PASSWORDS_OFF"),
        (401, "rest_disabled", "REST_CLOSED"),
        (403, "rest_cannot_read", "NOT_ALLOWED"),
        (404, "rest_no_route", "ROUTE_MISSING"),
        (418, "teapot", "REQUEST_REFUSED"),
    ] {
        let fault = Fault::ErrorObject { status, code: code.to_owned(), message: "<b>No</b>".to_owned() };
        let read = struck(Injection::always(POSTS, fault)).await;
        let found = read.error().code();
        assert!(found == expected || status == 200, "{status} {code}: {found}");
        assert!(!read.error().to_string().contains('<'), "{}", read.error());
        assert!(!read.error().remedy().is_empty());
    }
}

#[tokio::test]
async fn bad_input_097_a_plugin_that_removes_users_or_closes_the_api() {
    let world = World::sample().await;
    let session = world.admin().await;
    world.site().inject(Injection::always("", Fault::UsersRemoved));
    assert_eq!(world.read_all(&session, "users").await.error().code(), "ROUTE_MISSING");
    assert!(world.read_all(&session, "posts").await.complete().items().count() > 0);
    world.site().clear_faults();
    world.site().inject(Injection::always("", Fault::RestDisabledForVisitors));
    assert!(world.read_all(&session, "posts").await.complete().items().count() > 0, "signed in it works");
    let mut visitor = session.clone();
    visitor.credentials = None;
    assert_eq!(world.read_all(&visitor, "posts").await.error().code(), "REST_CLOSED");
}

#[tokio::test]
async fn bad_input_100_doubled_and_impossible_ids() {
    let read = struck(Injection::next(POSTS, 1, Fault::DuplicateIds)).await;
    assert_eq!(read.ids().len(), 350);
    assert!(read.noted("DOUBLED_RECORDS") || !read.unreadable().is_empty());
    for id in
        [json!(0), json!(-1), json!("7"), json!(9_007_199_254_740_993_u64), Value::Null, json!({"a": 1})]
    {
        let read = struck(Injection::next(POSTS, 1, Fault::Id(id.clone()))).await;
        assert_eq!(read.ids().len(), 349, "{id}");
        assert_eq!(read.unreadable().len(), 1, "{id}");
        assert_eq!(read.unreadable()[0].code, "UNREADABLE_RECORD");
    }
}

#[tokio::test]
async fn bad_input_102_compression_that_is_broken_or_a_bomb() {
    for fault in [
        Fault::TruncatedGzip,
        Fault::EncodingLabel("gzip".to_owned()),
        Fault::EncodingLabel("zstd".to_owned()),
    ] {
        let read = struck(Injection::next(POSTS, 2, fault.clone())).await;
        assert_eq!(read.complete().ids().len(), 350, "{fault:?}");
    }
    let read = struck(Injection::always(POSTS, Fault::Brotli)).await;
    assert_eq!(read.complete().ids().len(), 350);
    let read = struck(Injection::next(POSTS, 1, Fault::GzipBomb { bytes: 200 << 20 })).await;
    assert_eq!(read.complete().ids().len(), 350);
}

#[tokio::test]
async fn bad_input_103_broken_transfers_are_tried_again() {
    for fault in [
        Fault::ResetAfter(100),
        Fault::ShortBody { missing: 10 },
        Fault::EndlessChunks,
        Fault::Drip { bytes: 1, every: Duration::from_millis(100) },
    ] {
        let read = struck(Injection::next(POSTS, 1, fault.clone())).await;
        assert_eq!(read.complete().ids().len(), 350, "{fault:?}");
    }
}

#[tokio::test]
async fn bad_input_104_a_site_that_asks_for_less_gets_less() {
    for asked in [Some("0"), Some("-1"), Some("1"), Some("Wed, 21 Oct 2015 07:28:00 GMT"), Some("soon"), None]
    {
        let fault = Fault::RetryLater { status: 429, retry_after: asked.map(str::to_owned) };
        let read = struck(Injection::next(POSTS, 2, fault)).await;
        assert_eq!(read.complete().ids().len(), 350, "{asked:?}");
        assert!(read.noted("RETRIED"));
    }
}

#[tokio::test]
async fn bad_input_104_a_pause_without_end_is_clamped() {
    let world = World::generated(10, 50).await;
    let session = world.admin().await;
    let fault = Fault::RetryLater { status: 503, retry_after: Some("1000000000".to_owned()) };
    world.site().inject(Injection::next(POSTS, 1, fault));
    let reading = world.read_all(&session, "posts");
    assert!(tokio::time::timeout(Duration::from_millis(500), reading).await.is_err());
    let pause = world.egress.pace(&session.connection).paused_for().unwrap();
    assert!(pause <= Duration::from_hours(1));
}

#[tokio::test]
async fn bad_input_105_huge_answers_are_read_in_smaller_pages_or_given_up() {
    let read = struck(Injection::next(POSTS, 1, Fault::HugeBody { bytes: 1 << 30 })).await;
    assert_eq!(read.complete().ids().len(), 350);
    assert!(read.noted("PAGE_SIZE"));
}

#[tokio::test]
async fn bad_input_105_one_record_that_is_too_large_does_not_stop_the_others() {
    let world = World::generated(10, 250).await;
    let session = world.admin().await;
    world.site().update_post(123, |post| post.content = "x".repeat(10 << 20));
    let read = world.read_all(&session, "posts").await;
    assert_eq!(read.ids().len(), 249);
    assert!(!read.ids().contains(&123));
    assert_eq!(read.unreadable().len(), 1);
    assert_eq!(read.unreadable()[0].code, "RECORD_TOO_LARGE");
    let requests = world.site().requests().len();
    assert!(requests < 80, "small pages grow again: {requests} requests");
}

#[tokio::test]
async fn bad_input_106_odd_users_are_read() {
    let world = World::sample().await;
    let session = world.admin().await;
    for (login, email, roles) in
        [("nomail", "", vec![]), ("Twin", "A@x.test", vec!["editor"]), ("twin2", "a@x.test", vec![])]
    {
        let roles = roles.into_iter().map(str::to_owned).collect();
        world.site().put_user(User { roles, ..User::named(login, login, email) });
    }
    let read = world.read_all(&session, "users").await;
    assert!(read.complete().unreadable().is_empty());
    assert_eq!(read.items().count() as u64, read.end().total.unwrap());
}

#[tokio::test]
async fn bad_input_107_hostile_html_passes_byte_for_byte() {
    let world = World::generated(10, 20).await;
    let session = world.admin().await;
    let hostile =
        "<script>alert(1)</script><svg><animate onbegin=x></svg><base href=//e>O:8:\"stdClass\":0:{}";
    world.site().update_post(7, |post| hostile.clone_into(&mut post.content));
    let read = world.read_all(&session, "posts").await;
    let post: Value =
        serde_json::from_slice(&read.items().find(|item| item.id == "7").unwrap().bytes).unwrap();
    assert_eq!(post["content"]["raw"], hostile);
}

#[tokio::test]
async fn bad_input_108_zero_and_future_dates_are_versions_like_others() {
    let world = World::sample().await;
    let session = world.admin().await;
    let read = world.read_all(&session, "posts").await;
    assert!(read.complete().unreadable().is_empty());
    assert!(read.items().all(|item| item.version.is_some()));
}

#[tokio::test]
async fn bad_input_109_credentials_revoked_in_the_middle() {
    let world = World::generated(10, 900).await;
    let session = world.tested(SAMPLE_LOGIN, SAMPLE_PASSWORD).await;
    world.site().after_requests(POSTS, 5, |site| site.revoke_application_passwords(SAMPLE_LOGIN));
    let read = world.read_all(&session, "posts").await;
    assert!(matches!(read.error(), AppError::Unauthorized { .. }), "{}", read.error());
    assert!(read.pages.len() >= 2, "what was read before is handed out");
    assert!(read.end.is_none());
}

#[tokio::test]
async fn bad_input_109_a_demoted_user_does_not_silently_see_less() {
    let world = World::generated(10, 900).await;
    let session = world.tested(SAMPLE_LOGIN, SAMPLE_PASSWORD).await;
    world.site().after_requests(POSTS, 5, |site| {
        site.set_roles(SAMPLE_LOGIN, &["subscriber"]);
    });
    let read = world.read_all(&session, "posts").await;
    assert!(matches!(read.error(), AppError::Unauthorized { .. }), "{}", read.error());
}

#[tokio::test]
async fn bad_input_110_a_redirect_during_a_scan_is_not_followed() {
    let to = "http://127.0.0.1:1/wp-json/wp/v2/posts".to_owned();
    for status in [301, 302, 307, 308] {
        let read = struck(Injection::always(POSTS, Fault::Redirect { status, to: to.clone() })).await;
        assert_eq!(read.error().code(), "SITE_REDIRECTS");
        assert!(read.error().to_string().contains("127.0.0.1:1"));
    }
}

#[tokio::test]
async fn bad_input_111_links_to_other_hosts_are_never_followed() {
    let read = struck(Injection::always("", Fault::LinkOrigin("http://169.254.169.254".to_owned()))).await;
    assert_eq!(read.complete().ids().len(), 350);
}

#[tokio::test]
async fn bad_input_112_a_304_that_nobody_asked_for_is_tried_again() {
    let fault = Fault::Answer {
        status: 304,
        content_type: "text/html".to_owned(),
        body: String::new(),
        headers: Vec::new(),
    };
    let read = struck(Injection::next(POSTS, 1, fault)).await;
    assert_eq!(read.complete().ids().len(), 350);
}

#[tokio::test]
async fn bad_input_114_addresses_of_media_are_data_and_never_called() {
    let world = World::sample().await;
    let session = world.admin().await;
    let file =
        wordpress_model::MediaFile { path: "http://169.254.169.254/latest".to_owned(), ..Default::default() };
    world.site().put_post(wordpress_model::Post::media("inner", file));
    let read = world.read_all(&session, "media").await;
    let found =
        read.complete().items().any(|item| item.bytes.windows(15).any(|part| part == b"169.254.169.254"));
    assert!(found);
}

#[tokio::test]
async fn bad_input_115_a_plugin_that_changes_field_types_breaks_nothing_here() {
    let fault = Fault::Field { name: "title".to_owned(), value: json!("a string") };
    let read = struck(Injection::always(POSTS, fault)).await;
    assert_eq!(read.complete().ids().len(), 350);
    let dates = Fault::Field { name: "modified_gmt".to_owned(), value: json!({"a": 1}) };
    let read = struck(Injection::always(POSTS, dates)).await;
    assert!(read.complete().items().all(|item| item.version.is_none()));
}

#[tokio::test]
async fn bad_input_095_another_site_behind_the_same_address_is_not_read() {
    let world = World::sample().await;
    let session = world.admin().await;
    world.site().configure(|options| options.home = Some("https://new-owner.example".to_owned()));
    let read = world.read_all(&session, "posts").await;
    assert_eq!(read.error().code(), "IDENTITY_CHANGED");
    assert!(read.pages.is_empty());
}

#[tokio::test]
async fn a_site_that_stays_broken_is_given_up_within_bounds() {
    let world = World::generated(10, 350).await;
    let session = world.admin().await;
    world.site().forget_requests();
    world.site().inject(Injection::always(POSTS, Fault::Page(HtmlPage::FatalError)));
    let read = world.read_all(&session, "posts").await;
    assert!(matches!(read.error(), AppError::Transient { .. }), "{}", read.error());
    assert!(world.site().requests().len() <= 20, "{}", world.site().requests().len());
}

#[tokio::test]
async fn dropping_the_stream_stops_the_requests() {
    let world = World::generated(10, 5_000).await;
    let session = world.admin().await;
    world.site().inject(Injection::always(POSTS, Fault::Slow(Duration::from_millis(30))));
    {
        let mut stream = world.app.source.as_ref().unwrap().pages(&session, crate::support::request("posts"));
        let first = futures::StreamExt::next(&mut stream).await;
        assert!(matches!(first, Some(Ok(_))));
    }
    let asked = world.site().request_count();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(world.site().request_count() <= asked + 4);
}
