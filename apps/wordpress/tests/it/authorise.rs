//! Consent on the site's own page.

use std::collections::BTreeMap;

use app_sdk::egress::{Egress, EgressError, Request, Url};
use app_sdk::{ConsentRequest, Session};
use wordpress_model::{Fault, Injection, SAMPLE_LOGIN, SAMPLE_PASSWORD};

use crate::support::World;

const APP_ID: &str = "6f1c7f5e-7d4b-4b57-9f5e-0d6c2c1c9a11";
const SUCCESS: &str = "https://portal.example/oauth/wp/nonce";

fn asked() -> ConsentRequest<'static> {
    ConsentRequest {
        app_name: "Portal Integrations",
        app_id: APP_ID,
        success_url: SUCCESS,
        reject_url: SUCCESS,
    }
}

/// Plays the person who approves, and returns what the browser would bring.
async fn approved(egress: &Egress, url: &str) -> BTreeMap<String, String> {
    let mut page = Url::parse(url).unwrap();
    let form = format!("{}&approve=1", page.query().unwrap());
    page.set_query(None);
    let request =
        Request::post(page, form.into()).header("content-type", "application/x-www-form-urlencoded").unwrap();
    match egress.send(None, request).await {
        Err(EgressError::Redirect { location, .. }) => {
            Url::parse(&location).unwrap().query_pairs().into_owned().collect()
        }
        other => panic!("{other:?}"),
    }
}

fn visitor(session: &Session) -> Session {
    Session { credentials: None, ..session.clone() }
}

#[tokio::test]
async fn consent_gives_a_password_that_works_and_can_be_withdrawn() {
    let world = World::sample().await;
    let found = world.discover().await;
    let authorise = world.app.authorise.as_ref().unwrap();
    let url = authorise.consent_url(&found, &asked()).unwrap();
    assert!(url.starts_with(&world.running.url) && url.contains(APP_ID), "{url}");
    let query = approved(&world.egress, &url).await;
    let session = visitor(&World::session(&found, "", ""));
    let answer = authorise.accept(&session, APP_ID, &query).await.unwrap();
    let handle = answer.handle.expect("a handle");
    let session = Session { credentials: Some(answer.credentials), ..session };
    assert!(world.read_all(&session, "users").await.complete().items().count() > 0);
    authorise.revoke(&session, &handle).await.unwrap();
    assert_eq!(world.read_all(&session, "users").await.error().code(), "CREDENTIALS_REFUSED");
    authorise.revoke(&session, &handle).await.expect("withdrawing twice is withdrawn");
    assert!(authorise.revoke(&session, "../../users/1").await.is_err());
}

#[tokio::test]
async fn bad_input_113_a_consent_page_on_a_foreign_domain_is_refused() {
    for page in [
        "https://evil.example/wp-admin/authorize-application.php",
        "javascript:alert(1)",
        "http://user@127.0.0.1/",
    ] {
        let world = World::sample().await;
        world.site().inject(Injection::always("", Fault::ForeignConsentPage(page.to_owned())));
        let found = world.discover().await;
        let error = world.app.authorise.as_ref().unwrap().consent_url(&found, &asked()).unwrap_err();
        assert_eq!(error.code(), "FOREIGN_CONSENT_PAGE", "{page}");
    }
}

#[tokio::test]
async fn a_site_without_a_consent_page_says_what_to_do() {
    let world = World::sample().await;
    world.site().configure(|options| options.application_passwords = false);
    let found = world.discover().await;
    let error = world.app.authorise.as_ref().unwrap().consent_url(&found, &asked()).unwrap_err();
    assert_eq!(error.code(), "NO_CONSENT_PAGE");
}

#[tokio::test]
async fn bad_input_148_answers_that_are_not_ours_are_refused() {
    let world = World::sample().await;
    let found = world.discover().await;
    let authorise = world.app.authorise.as_ref().unwrap();
    let session = visitor(&World::session(&found, "", ""));
    let url = authorise.consent_url(&found, &asked()).unwrap();
    let good = approved(&world.egress, &url).await;
    let with = |key: &str, value: &str| {
        let mut query = good.clone();
        query.insert(key.to_owned(), value.to_owned());
        query
    };
    let without = |key: &str| {
        let mut query = good.clone();
        query.remove(key);
        query
    };
    for (query, code) in [
        (with("success", "false"), "CONSENT_REFUSED"),
        (with("site_url", "https://evil.example"), "OTHER_SITE"),
        (with("site_url", "not a url"), "OTHER_SITE"),
        (with("site_url", &format!("{}0", world.running.url)), "OTHER_SITE"),
        (with("user_login", "somebody"), "CREDENTIALS_REFUSED"),
        (with("password", "wrong"), "CREDENTIALS_REFUSED"),
        (with("password", &"x".repeat(10_000)), "INCOMPLETE_CONSENT"),
        (with("user_login", ""), "INCOMPLETE_CONSENT"),
        (without("password"), "INCOMPLETE_CONSENT"),
        (without("site_url"), "INCOMPLETE_CONSENT"),
        (BTreeMap::new(), "INCOMPLETE_CONSENT"),
    ] {
        let refused = authorise.accept(&session, APP_ID, &query).await;
        assert_eq!(refused.err().map(|error| error.code().to_owned()).as_deref(), Some(code), "{query:?}");
    }
    let other = authorise.accept(&session, "00000000-0000-4000-8000-000000000000", &good).await;
    assert_eq!(other.err().unwrap().code(), "OTHER_APPLICATION");
}

#[tokio::test]
async fn bad_input_148_a_password_that_was_not_made_for_us_is_refused() {
    let world = World::sample().await;
    let found = world.discover().await;
    let session = visitor(&World::session(&found, "", ""));
    let query: BTreeMap<String, String> = [
        ("site_url", world.running.url.as_str()),
        ("user_login", SAMPLE_LOGIN),
        ("password", SAMPLE_PASSWORD),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    let refused = world.app.authorise.as_ref().unwrap().accept(&session, APP_ID, &query).await;
    assert_eq!(refused.err().unwrap().code(), "OTHER_APPLICATION");
}
