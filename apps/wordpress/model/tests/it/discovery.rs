use crate::client::{call, get, served};
use wordpress_model::{Discovery, Environment, Permalinks, Shape, Site, Zone};

#[tokio::test]
async fn the_home_page_names_the_rest_root_in_a_header_an_element_or_not_at_all() {
    let running = served(&Site::sample()).await;
    let head = call(&running, "HEAD", "/", None, "").await;
    assert_eq!(
        head.header("link").unwrap(),
        format!("<{}/wp-json/>; rel=\"https://api.w.org/\"", running.url)
    );
    running.site().configure(|options| options.discovery = Discovery::Element);
    let page = get(&running, "/").await;
    assert_eq!(page.header("link"), None);
    assert!(
        page.text().contains(&format!("<link rel=\"https://api.w.org/\" href=\"{}/wp-json/\"", running.url))
    );
    running.site().configure(|options| options.discovery = Discovery::Nothing);
    assert!(!get(&running, "/").await.text().contains("api.w.org"));
}

#[tokio::test]
async fn with_plain_permalinks_wp_json_is_the_home_page_and_links_use_the_query() {
    let running = served(&Site::sample()).await;
    running.site().configure(|options| options.permalinks = Permalinks::Plain);
    let home = get(&running, "/wp-json/").await;
    assert_eq!((home.status, home.header("content-type")), (200, Some("text/html; charset=UTF-8")));
    assert!(home.header("link").unwrap().contains("/index.php?rest_route=/>"));
    assert_eq!(get(&running, "/?rest_route=/").await.json()["name"], "Harbour &amp; Hearth");
    let page = get(&running, "/?rest_route=/wp/v2/posts&per_page=5").await;
    assert!(
        page.links().contains("/index.php?rest_route=%2Fwp%2Fv2%2Fposts&per_page=5&page=2>; rel=\"next\""),
        "{}",
        page.links()
    );
    assert_eq!(get(&running, "/index.php/wp-json/").await.status, 301);
}

#[tokio::test]
async fn the_root_tells_identity_zone_namespaces_and_the_consent_page() {
    let site = Site::sample();
    site.configure(|options| options.namespaces.push("wc/v3".to_owned()));
    let running = served(&site).await;
    let root = get(&running, "/wp-json/").await.json();
    assert_eq!((&root["url"], &root["home"]), (&running.url.as_str().into(), &running.url.as_str().into()));
    assert_eq!(
        (root["timezone_string"].as_str(), root["gmt_offset"].as_f64()),
        (Some("Europe/Berlin"), Some(1.0))
    );
    assert!(root["namespaces"].as_array().unwrap().contains(&"wc/v3".into()));
    let consent = &root["authentication"]["application-passwords"]["endpoints"]["authorization"];
    assert_eq!(consent.as_str().unwrap(), format!("{}/wp-admin/authorize-application.php", running.url));
    let arguments = &root["routes"]["/wp/v2/posts"]["endpoints"][0]["args"];
    assert!(arguments.get("modified_after").is_some());
    assert!(root["routes"]["/wp/v2/users"]["endpoints"][0]["args"].get("modified_after").is_none());

    site.set_timezone(Zone::Offset(0));
    site.configure(|options| options.application_passwords = false);
    let root = get(&running, "/wp-json/").await.json();
    assert_eq!((root["timezone_string"].as_str(), root["gmt_offset"].as_str()), (Some(""), Some("0")));
    assert_eq!(root["authentication"], serde_json::json!([]));
}

#[tokio::test]
async fn a_site_in_a_sub_directory_and_one_that_moved() {
    let site = Site::sample();
    site.configure(|options| options.base_path = "/blog".to_owned());
    let running = served(&site).await;
    assert!(running.url.ends_with("/blog"));
    assert_eq!(get(&running, "/blog/wp-json/wp/v2/posts?per_page=1").await.status, 200);
    assert_eq!(get(&running, "/wp-json/wp/v2/posts").await.status, 404);
    let guid = get(&running, "/blog/wp-json/wp/v2/posts/20").await.json()["guid"]["rendered"].clone();
    site.configure(|options| options.home = Some("https://staging.example".to_owned()));
    let post = get(&running, "/blog/wp-json/wp/v2/posts/20").await.json();
    assert!(post["link"].as_str().unwrap().starts_with("https://staging.example/"));
    assert_eq!(post["guid"]["rendered"], guid);
}

#[tokio::test]
async fn types_taxonomies_statuses_and_schema() {
    let running = served(&Site::sample()).await;
    let types = get(&running, "/wp-json/wp/v2/types").await.json();
    assert_eq!(types["attachment"]["rest_base"], "media");
    assert!(types["wp_font_face"]["rest_base"].as_str().unwrap().contains("(?P<font_family_id>"));
    assert_eq!(
        get(&running, "/wp-json/wp/v2/types?context=edit").await.gist(),
        (401, "rest_cannot_view".to_owned())
    );
    assert_eq!(get(&running, "/wp-json/wp/v2/taxonomies?type=page").await.text(), "[]");
    assert_eq!(get(&running, "/wp-json/wp/v2/statuses").await.json().as_object().unwrap().len(), 1);
    assert_eq!(get(&running, "/wp-json/wp/v2/settings").await.gist(), (401, "rest_forbidden".to_owned()));
    let schema = call(&running, "OPTIONS", "/wp-json/wp/v2/posts", None, "").await.json();
    assert_eq!(schema["schema"]["title"], "post");
    assert_eq!(schema["schema"]["properties"]["acf"]["type"], "object");
    assert_eq!(get(&running, "/wp-json/wp/v2/nothing").await.gist(), (404, "rest_no_route".to_owned()));
}

#[tokio::test]
async fn the_consent_page_makes_a_password_that_introspect_knows() {
    let running = served(&Site::sample()).await;
    let app = "9c5f2d0e-6a3b-4d8a-9f6e-0b1c2d3e4f50";
    let form = |more: &str| {
        format!(
            "app_name=Portal&app_id={app}&success_url=http%3A%2F%2F127.0.0.1%3A9%2Foauth%2Fwp%2Fnonce{more}"
        )
    };
    let page = "/wp-admin/authorize-application.php";
    assert_eq!(get(&running, &format!("{page}?{}", form(""))).await.status, 200);
    let sent = call(&running, "POST", page, None, &form("&approve=1")).await;
    assert_eq!(sent.status, 302);
    let to = sent.header("location").unwrap();
    assert!(to.starts_with("http://127.0.0.1:9/oauth/wp/nonce?site_url=http%3A%2F%2F127.0.0.1%3A"), "{to}");
    let value = |name: &str| to.split(&format!("{name}=")).nth(1).unwrap().split('&').next().unwrap();
    let known = crate::client::get_as(
        &running,
        value("user_login"),
        value("password"),
        "/wp-json/wp/v2/users/me/application-passwords/introspect",
    )
    .await;
    assert_eq!((known.json()["app_id"].as_str(), known.json()["name"].as_str()), (Some(app), Some("Portal")));
    let refused = call(&running, "POST", page, None, &form("")).await;
    assert_eq!(refused.header("location"), Some("http://127.0.0.1:9/oauth/wp/nonce?success=false"));
    assert_eq!(call(&running, "POST", page, None, "app_name=x&app_id=none&approve=1").await.status, 400);
    running.site().configure(|options| options.environment = Environment::Production);
    assert_eq!(call(&running, "POST", page, None, &form("&approve=1")).await.status, 400);
}

#[tokio::test]
async fn the_site_remembers_who_came() {
    let running = served(&Site::generated(Shape { users: 10, posts: 10, content_bytes: 100, seed: 1 })).await;
    let _page = get(&running, "/?rest_route=/wp/v2/posts&page=1").await;
    let seen = running.site().requests();
    assert_eq!((seen.len(), seen[0].route.as_str(), seen[0].status), (1, "/wp/v2/posts", 200));
    assert_eq!(running.site().requests_by_path()["/wp/v2/posts"], 1);
    assert!(running.site().bytes_served() > 1000);
    assert_eq!(running.site().max_concurrency_seen(), 1);
    running.stop().await;
}
