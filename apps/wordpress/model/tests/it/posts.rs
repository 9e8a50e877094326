use crate::client::{get, get_as_admin, served};
use chrono::Duration;
use std::borrow::Cow;
use wordpress_model::{Comment, Post, PostType, Site, Stamp, Taxonomy, Term, Zone, moment};

const POSTS: &str = "/wp-json/wp/v2/posts";

#[tokio::test]
async fn rendered_and_raw_titles_differ_and_raw_needs_edit() {
    let site = Site::sample();
    let id = site.put_post(Post::titled("Post & \"title\" 9"));
    let running = served(&site).await;
    let view = get(&running, &format!("{POSTS}/{id}")).await.json();
    assert_eq!(view["title"], serde_json::json!({"rendered": "Post &#038; &#8220;title&#8221; 9"}));
    let edit = get_as_admin(&running, &format!("{POSTS}/{id}?context=edit&_fields=title.raw,id")).await;
    assert_eq!(edit.text(), format!("{{\"id\":{id},\"title\":{{\"raw\":\"Post & \\\"title\\\" 9\"}}}}"));
}

#[tokio::test]
async fn dates_carry_no_zone_and_zero_dates_look_strange() {
    let site = Site::empty();
    site.set_timezone(Zone::parse("America/New_York").unwrap());
    let id = site.put_post(Post { date: Stamp::Utc(moment("2025-07-01T12:00:00")), ..Post::titled("a") });
    let zero = site.put_post(Post { date: Stamp::Zero, modified: Stamp::Zero, ..Post::titled("b") });
    let running = served(&site).await;
    let post = get(&running, &format!("{POSTS}/{id}")).await.json();
    assert_eq!(
        (post["date"].as_str(), post["date_gmt"].as_str()),
        (Some("2025-07-01T08:00:00"), Some("2025-07-01T12:00:00"))
    );
    let post = get(&running, &format!("{POSTS}/{zero}")).await.json();
    assert_eq!(
        (post["date"].as_str(), post["date_gmt"].as_str()),
        (Some("-0001-11-30T00:00:00"), Some("-0001-11-30T04:56:02"))
    );
}

#[tokio::test]
async fn modified_after_is_exclusive_and_site_local_without_a_zone() {
    let site = Site::empty();
    site.set_timezone(Zone::parse("America/New_York").unwrap());
    site.put_post(Post { date: Stamp::Utc(moment("2025-07-01T12:04:17")), ..Post::titled("a") });
    let running = served(&site).await;
    let found =
        async |bound: &str| get(&running, &format!("{POSTS}?modified_after={bound}")).await.ids().len();
    assert_eq!(found("2025-07-01T12:04:16Z").await, 1);
    assert_eq!(found("2025-07-01T12:04:17Z").await, 0);
    assert_eq!(found("2025-07-01T14:04:16%2B02:00").await, 1);
    assert_eq!(found("2025-07-01T12:04:16").await, 0, "taken as site-local, hours later");
    assert_eq!(
        get(&running, &format!("{POSTS}?modified_after=soon")).await.gist(),
        (400, "rest_invalid_param".to_owned())
    );
}

#[tokio::test]
async fn the_night_the_clock_goes_back_hides_a_change() {
    let site = Site::empty();
    site.set_timezone(Zone::parse("America/New_York").unwrap());
    site.put_post(Post { date: Stamp::Utc(moment("2025-11-02T06:20:00")), ..Post::titled("a") });
    let running = served(&site).await;
    let hidden = get(&running, &format!("{POSTS}?modified_after=2025-11-02T05:45:00Z")).await;
    assert_eq!(hidden.text(), "[]");
    assert_eq!(get(&running, &format!("{POSTS}?modified_after=2025-11-02T04:45:00Z")).await.ids().len(), 1);
}

#[tokio::test]
async fn changes_that_do_not_touch_the_modification_date() {
    let site = Site::sample();
    let due = Post {
        status: Cow::Borrowed("future"),
        date: Stamp::Utc(site.now() + Duration::hours(1)),
        ..Post::titled("due")
    };
    let id = site.put_post(due);
    let running = served(&site).await;
    let modified = async || {
        get_as_admin(&running, &format!("{POSTS}/{id}?context=edit")).await.json()["modified_gmt"].clone()
    };
    let before = modified().await;
    site.advance(Duration::hours(2));
    let _cron = get(&running, "/wp-cron.php?doing_wp_cron").await;
    assert_eq!(get(&running, &format!("{POSTS}/{id}")).await.json()["status"], "publish");
    site.update_meta_only(id, |post| {
        post.meta.insert("stock".to_owned(), 3.into());
    });
    assert_eq!(modified().await, before);
    site.update_post(id, |post| post.title.push('!'));
    assert_ne!(modified().await, before);
}

#[tokio::test]
async fn deleting_a_user_moves_posts_without_modifying_them() {
    let site = Site::sample();
    let id = site.put_post(Post { author: 3, ..Post::titled("mine") });
    let before = site.post(id).unwrap().modified;
    site.advance(Duration::hours(2));
    assert!(site.delete_user(3, Some(2)));
    let after = site.post(id).unwrap();
    assert_eq!((after.author, after.modified), (2, before));
}

#[tokio::test]
async fn trash_is_a_status_that_any_does_not_mean_and_deletion_leaves_no_trace() {
    let site = Site::sample();
    let id = site.put_post(Post::titled("Short lived"));
    site.trash(id);
    let running = served(&site).await;
    let found = async |status: &str| {
        get_as_admin(&running, &format!("{POSTS}?context=edit&include={id}&{status}")).await.ids()
    };
    assert_eq!(found("status=any").await, [] as [u64; 0]);
    assert_eq!(found("status=any,trash").await, [id]);
    assert_eq!(found("status[]=any&status[]=trash").await, [id]);
    let row = get_as_admin(&running, &format!("{POSTS}/{id}")).await;
    assert_eq!((row.status, row.json()["slug"].as_str()), (200, Some("short-lived__trashed")));
    site.delete_post(id);
    assert_eq!(
        get_as_admin(&running, &format!("{POSTS}/{id}")).await.gist(),
        (404, "rest_post_invalid_id".to_owned())
    );
}

#[tokio::test]
async fn hidden_is_not_gone() {
    let site = Site::sample();
    let id = site.put_post(Post { status: Cow::Borrowed("private"), ..Post::titled("ours") });
    let running = served(&site).await;
    assert_eq!(get(&running, &format!("{POSTS}/{id}")).await.gist(), (401, "rest_forbidden".to_owned()));
}

#[tokio::test]
async fn custom_types_terms_media_and_comments() {
    let site = Site::sample();
    site.register_type(PostType {
        name: "book".to_owned(),
        rest_base: "books".to_owned(),
        label: "Books".to_owned(),
        hierarchical: false,
        taxonomies: Vec::new(),
    });
    site.register_taxonomy(Taxonomy {
        name: "genre".to_owned(),
        rest_base: "genres".to_owned(),
        label: "Genres".to_owned(),
        hierarchical: true,
        types: vec!["book".to_owned()],
    });
    let genre = site.put_term(Term::named("genre", "Sea stories"));
    let mut book = Post { kind: Cow::Borrowed("book"), ..Post::titled("The tide") };
    book.terms.insert("genre".to_owned(), vec![genre]);
    let id = site.put_post(book);
    let comment = site.put_comment(Comment {
        post: id,
        author_email: "a@example.org".to_owned(),
        ..Comment::default()
    });
    let running = served(&site).await;
    let books = get(&running, &format!("/wp-json/wp/v2/books?genres={genre}")).await;
    assert_eq!((books.ids(), &books.json()[0]["genres"][0]), (vec![id], &genre.into()));
    assert_eq!(get(&running, "/wp-json/wp/v2/genres").await.json()[0]["count"], 1);
    assert!(
        get(&running, "/wp-json/wp/v2/media?media_type=image").await.json()[0]["media_details"]["filesize"]
            .is_u64()
    );
    let ignored =
        get(&running, &format!("/wp-json/wp/v2/comments?post={id}&modified_after=2030-01-01T00:00:00Z"))
            .await;
    assert_eq!(ignored.ids(), [comment]);
    assert!(ignored.json()[0].get("author_email").is_none());
    assert_eq!(
        get(&running, "/wp-json/wp/v2/comments?status=hold").await.gist(),
        (401, "rest_forbidden_param".to_owned())
    );
    assert_eq!(
        get_as_admin(&running, "/wp-json/wp/v2/comments?status=hold&context=edit").await.ids().len(),
        1
    );
}
