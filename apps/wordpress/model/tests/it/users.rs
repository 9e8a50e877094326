use crate::client::{get, get_as, get_as_admin, served};
use wordpress_model::{Shape, Site, User};

const USERS: &str = "/wp-json/wp/v2/users";

#[tokio::test]
async fn a_page_of_users_past_the_end_is_an_empty_list() {
    let running = served(&Site::sample()).await;
    let page = get_as_admin(&running, &format!("{USERS}?context=edit&page=9")).await;
    assert_eq!((page.status, page.text().as_str()), (200, "[]"));
    assert_eq!(page.header("x-wp-total"), Some("24"));
}

#[tokio::test]
async fn a_filter_that_users_do_not_know_is_ignored() {
    let running = served(&Site::sample()).await;
    let page = get_as_admin(
        &running,
        &format!("{USERS}?context=edit&modified_after=2030-01-01T00:00:00Z&per_page=100"),
    )
    .await;
    assert_eq!(page.ids().len(), 24);
}

#[tokio::test]
async fn visitors_see_authors_only_and_little_of_them() {
    let running = served(&Site::sample()).await;
    let page = get(&running, USERS).await;
    assert!(page.ids().len() < 10 && !page.ids().is_empty());
    let first = &page.json()[0];
    assert!(first.get("email").is_none() && first.get("username").is_none() && first.get("roles").is_none());
    assert_eq!(
        get(&running, &format!("{USERS}?roles=author")).await.gist(),
        (401, "rest_user_cannot_view".to_owned())
    );
    assert_eq!(
        get(&running, &format!("{USERS}?orderby=email")).await.gist(),
        (401, "rest_forbidden_orderby".to_owned())
    );
    assert_eq!(
        get(&running, &format!("{USERS}?context=edit")).await.gist(),
        (401, "rest_forbidden_context".to_owned())
    );
}

#[tokio::test]
async fn in_edit_context_a_user_is_whole_and_odd_ones_look_odd() {
    let running = served(&Site::sample()).await;
    let page = get_as_admin(&running, &format!("{USERS}?context=edit&per_page=100&orderby=id&order=asc"))
        .await
        .json();
    assert_eq!(page[0]["capabilities"]["list_users"], true);
    assert!(page[1]["registered_date"].as_str().unwrap().ends_with("+00:00"));
    let by =
        |login: &str| page.as_array().unwrap().iter().find(|user| user["username"] == login).unwrap().clone();
    assert_eq!(
        (by("letters")["email"].as_str(), by("letters")["registered_date"].as_str()),
        (Some(""), Some("-001-11-30T00:00:00+00:00"))
    );
    assert_eq!(by("intern")["roles"], serde_json::json!([]));
    assert_eq!(by("rossi")["name"], "O. & C. Rossi");
}

#[tokio::test]
async fn only_administrators_list_users_whole() {
    let site = Site::sample();
    site.add_account("marta", "one", "editor");
    let running = served(&site).await;
    let page = get_as(&running, "marta", "one", &format!("{USERS}?context=edit")).await;
    assert_eq!(page.gist(), (403, "rest_forbidden_context".to_owned()));
    assert_eq!(
        get_as(&running, "marta", "one", &format!("{USERS}/4711")).await.gist(),
        (404, "rest_user_invalid_id".to_owned())
    );
}

#[tokio::test]
async fn in_a_network_other_people_are_left_out_although_they_are_counted() {
    let site = Site::sample();
    site.configure(|options| options.multisite = true);
    let elsewhere =
        site.put_user(User { elsewhere: true, ..User::named("far", "Far Away", "far@example.org") });
    let running = served(&site).await;
    let page = get_as_admin(&running, &format!("{USERS}?context=edit&per_page=100")).await;
    assert_eq!((page.ids().len(), page.header("x-wp-total")), (1, Some("24")));
    assert_eq!(
        get_as_admin(&running, &format!("{USERS}/{elsewhere}")).await.gist(),
        (404, "rest_user_invalid_id".to_owned())
    );
    site.make_super_admin("portal");
    assert_eq!(get_as_admin(&running, &format!("{USERS}?context=edit&per_page=100")).await.ids().len(), 24);
}

#[tokio::test]
async fn a_generated_user_has_the_size_of_a_real_one() {
    let site = Site::generated(Shape { users: 1_000_000, posts: 0, content_bytes: 0, seed: 7 });
    site.add_account("admin", "secret", "administrator");
    let running = served(&site).await;
    let path = format!("{USERS}?context=edit&per_page=100&orderby=id&order=asc&page=9999");
    let page = get_as(&running, "admin", "secret", &path).await;
    assert_eq!((page.ids()[0], page.header("x-wp-total")), (999_801, Some("1000000")));
    let each = page.body.len() / 100;
    assert!((1000..1400).contains(&each), "{each} bytes");
}
