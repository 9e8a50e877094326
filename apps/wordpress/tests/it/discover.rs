//! Finding sites.

use app_sdk::Progress;
use domain::connection::StageResult;
use serde_json::Value;
use wordpress_model::{Discovery, Fault, Injection, Permalinks, PostType, Site, Taxonomy};

use crate::support::{World, is};

#[tokio::test]
async fn a_site_is_found_however_it_tells_where_its_api_is() {
    for discovery in [Discovery::Header, Discovery::Element, Discovery::Nothing] {
        for permalinks in [Permalinks::Pretty, Permalinks::Plain] {
            for base in ["", "/blog"] {
                let site = Site::sample();
                site.configure(|options| {
                    options.discovery = discovery;
                    options.permalinks = permalinks;
                    base.clone_into(&mut options.base_path);
                });
                let world = World::of(site).await;
                let found = world.discover().await;
                assert_eq!(
                    found.address,
                    format!("{}/", world.running.url),
                    "{discovery:?} {permalinks:?} {base}"
                );
                assert!(world.running.url.starts_with(&found.origin));
                assert_eq!(found.details["pretty"], permalinks == Permalinks::Pretty);
                assert_eq!(found.identity.name, "Harbour & Hearth");
            }
        }
    }
}

#[tokio::test]
async fn who_watches_hears_each_stage_begin_and_end() {
    let world = World::sample().await;
    let mut told = vec![];
    let app = world.app.discover.as_ref().unwrap();
    app.discover(&world.running.url, &mut |progress| told.push(progress)).await.unwrap();
    let begun =
        |wanted: &str| told.iter().position(|it| matches!(it, Progress::Begun { id, .. } if id == wanted));
    let ended =
        |wanted: &str| told.iter().position(|it| matches!(it, Progress::Ended(stage) if stage.id == wanted));
    for id in ["address", "dns", "root", "types"] {
        assert!(begun(id).unwrap() < ended(id).unwrap(), "{id}: {told:?}");
    }
    for id in ["https", "site", "application-passwords"] {
        assert!(ended(id).is_some(), "{id}");
    }
}

#[tokio::test]
async fn own_types_and_taxonomies_are_found() {
    let site = Site::sample();
    site.register_type(PostType {
        name: "event".to_owned(),
        rest_base: "events".to_owned(),
        label: "Events".to_owned(),
        hierarchical: false,
        taxonomies: vec!["genre".to_owned()],
    });
    site.register_taxonomy(Taxonomy {
        name: "genre".to_owned(),
        rest_base: "genres".to_owned(),
        label: "Genres".to_owned(),
        hierarchical: false,
        types: vec!["event".to_owned()],
    });
    let world = World::of(site).await;
    let found = world.discover().await;
    let ids: Vec<&str> = found.details["resources"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|info| info["id"].as_str())
        .collect();
    for id in ["users", "posts", "pages", "media", "comments", "categories", "tags", "events", "genres"] {
        assert!(ids.contains(&id), "{id} in {ids:?}");
    }
    assert!(!ids.iter().any(|id| id.contains('(')), "no patterns: {ids:?}");
}

#[tokio::test]
async fn bad_input_089_redirects_are_followed_a_few_times_and_shown() {
    let world = World::sample().await;
    let target = World::sample().await;
    let to = format!("{}/", target.running.url);
    world.site().inject(Injection::always("", Fault::Redirect { status: 301, to: to.clone() }));
    let (found, stages) = world.try_discover(&world.running.url).await;
    assert_eq!(found.unwrap().address, to, "the final address is shown");
    assert!(crate::support::stage(&stages, "root").finding.contains("redirect"));
}

#[tokio::test]
async fn bad_input_089_redirects_inward_and_in_circles_are_refused() {
    for to in [
        "http://169.254.169.254/",
        "//10.0.0.1/",
        "http://127.0.0.1:22/",
        "file:///etc/passwd",
        "http://[::]/",
    ] {
        let world = World::sample().await;
        world.site().inject(Injection::always("", Fault::Redirect { status: 302, to: to.to_owned() }));
        let (found, stages) = world.try_discover(&world.running.url).await;
        assert_eq!(found.unwrap_err().code(), "ADDRESS_REFUSED", "{to}");
        is(&stages, "root", StageResult::Failed);
    }
    let world = World::sample().await;
    world.site().inject(Injection::always("", Fault::RedirectLoop));
    let (found, _) = world.try_discover(&world.running.url).await;
    assert_eq!(found.unwrap_err().code(), "REDIRECT_LOOP");
}

#[tokio::test]
async fn bad_input_081_to_088_refused_addresses_say_which_rule() {
    let world = World::sample().await;
    for typed in [
        "http://10.0.0.1/",
        "http://[fd00::1]/",
        "http://169.254.169.254/",
        "http://0x7f.1:22/",
        "http://intranet/",
    ] {
        let (found, stages) = world.try_discover(typed).await;
        assert_eq!(found.unwrap_err().code(), "ADDRESS_REFUSED", "{typed}");
        is(&stages, "dns", StageResult::Failed);
        assert!(stages.last().unwrap().remedy.is_some());
    }
}

#[tokio::test]
async fn bad_input_111_an_api_on_another_host_is_not_called() {
    let world = World::sample().await;
    let headers =
        vec![("Link".to_owned(), "<http://169.254.169.254/wp-json/>; rel=\"https://api.w.org/\"".to_owned())];
    world.site().configure(|options| options.discovery = Discovery::Nothing);
    world.site().inject(Injection::always("/", Fault::Headers(headers)).when_query_holds(""));
    let (found, _) = world.try_discover(&world.running.url).await;
    // Either the usual places hold the API, or the foreign one is named and refused; it is never called.
    match found {
        Ok(found) => assert!(found.details["root"].as_str().unwrap().starts_with(&world.running.url)),
        Err(error) => assert_eq!(error.code(), "FOREIGN_API"),
    }
}

#[tokio::test]
async fn something_that_is_no_wordpress_is_not_one() {
    let world = World::sample().await;
    let page = Fault::Answer {
        status: 200,
        content_type: "text/html".to_owned(),
        body: "<html>hello</html>".to_owned(),
        headers: Vec::new(),
    };
    world.site().inject(Injection::always("", page));
    let (found, stages) = world.try_discover(&world.running.url).await;
    assert_eq!(found.unwrap_err().code(), "NOT_WORDPRESS");
    is(&stages, "root", StageResult::Failed);
    let (found, stages) = world.try_discover("ftp://example.org").await;
    assert_eq!(found.unwrap_err().code(), "INVALID_ADDRESS");
    is(&stages, "address", StageResult::Failed);
}

#[tokio::test]
async fn details_can_be_read_back() {
    let world = World::sample().await;
    let details: app_wordpress::Details = serde_json::from_value(world.discover().await.details).unwrap();
    assert!(details.authorization_endpoint.is_some());
    assert_eq!(details.timezone.as_deref(), Some("Europe/Berlin"));
    assert_ne!(serde_json::to_value(details).unwrap(), Value::Null);
}
