//! The staged test.

use std::time::Duration;

use domain::connection::{Health, StageResult};
use wordpress_model::{Fault, HtmlPage, Injection, SAMPLE_LOGIN, SAMPLE_PASSWORD};

use crate::support::{World, is, stage};

const ME: &str = "/wp/v2/users/me";

#[tokio::test]
async fn an_administrator_on_a_healthy_site_passes() {
    let world = World::sample().await;
    let session = world.admin().await;
    let (outcome, stages) = world.check(&session).await;
    assert_eq!(outcome.health, Health::Healthy, "{stages:#?}");
    let ids: Vec<&str> = stages.iter().map(|stage| stage.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "address",
            "connection",
            "root",
            "authorization-arrives",
            "credentials",
            "firewall",
            "capabilities",
            "clock",
            "page-cache",
            "webhooks",
            "speed"
        ]
    );
    let details = outcome.details.unwrap();
    assert_eq!(details["context"], "edit");
    assert!(details["capabilities"].as_array().unwrap().iter().any(|name| name == "list_users"));
    assert_eq!(outcome.identity.unwrap().name, "Harbour & Hearth");
}

#[tokio::test]
async fn what_cannot_be_told_apart_is_not_told_apart() {
    for fault in [None, Some(Fault::StripAuthorization), Some(Fault::ApplicationPasswordsOff)] {
        let world = World::sample().await;
        let mut session = world.admin().await;
        match fault {
            Some(fault) => drop(world.site().inject(Injection::always("", fault))),
            None => session = World::session(&world.discover().await, SAMPLE_LOGIN, "wrong"),
        }
        let (outcome, stages) = world.check(&session).await;
        assert_eq!(outcome.health, Health::Failing);
        is(&stages, "authorization-arrives", StageResult::Failed);
        is(&stages, "credentials", StageResult::Skipped);
        let stage = stage(&stages, "authorization-arrives");
        assert!(stage.finding.contains("cannot be told apart"), "{}", stage.finding);
        assert!(stage.remedy.as_deref().unwrap().contains("HTTP_AUTHORIZATION"));
    }
}

#[tokio::test]
async fn a_site_that_names_the_mistake_is_quoted() {
    let world = World::sample().await;
    world.site().configure(|options| options.early_authentication = true);
    let session = World::session(&world.discover().await, SAMPLE_LOGIN, "wrong");
    let (_, stages) = world.check(&session).await;
    is(&stages, "authorization-arrives", StageResult::Passed);
    is(&stages, "credentials", StageResult::Failed);
}

#[tokio::test]
async fn missing_capabilities_say_what_they_hide() {
    let world = World::sample().await;
    world.site().add_account("ed", "aaaa bbbb cccc dddd eeee ffff", "editor");
    let session = World::session(&world.discover().await, "ed", "aaaa bbbb cccc dddd eeee ffff");
    let (outcome, stages) = world.check(&session).await;
    assert_eq!(outcome.health, Health::Degraded);
    let stage = stage(&stages, "capabilities");
    assert_eq!(stage.result, StageResult::Warned);
    assert!(stage.finding.contains("Users: only authors"), "{}", stage.finding);
    assert!(!stage.finding.contains("Posts:"), "{}", stage.finding);
    assert!(stage.remedy.as_deref().unwrap().contains("list_users"));
    let mut visitor = session.clone();
    visitor.credentials = None;
    let (outcome, stages) = world.check(&visitor).await;
    assert_eq!(outcome.health, Health::Degraded, "{stages:#?}");
    is(&stages, "credentials", StageResult::Skipped);
}

#[tokio::test]
async fn bad_input_096_a_firewall_is_told_from_wrong_credentials() {
    for page in [HtmlPage::Firewall, HtmlPage::BotChallenge, HtmlPage::Login] {
        let world = World::sample().await;
        let session = world.admin().await;
        world.site().inject(Injection::always(ME, Fault::Page(page)));
        let (_, stages) = world.check(&session).await;
        is(&stages, "firewall", StageResult::Failed);
        is(&stages, "credentials", StageResult::Skipped);
    }
}

#[tokio::test]
async fn bad_input_112_a_clock_that_is_a_day_off_is_noticed() {
    let world = World::sample().await;
    let session = world.admin().await;
    world.site().inject(Injection::always("/", Fault::Date("Wed, 21 Oct 2015 07:28:00 GMT".to_owned())));
    let (_, stages) = world.check(&session).await;
    is(&stages, "clock", StageResult::Warned);
    assert!(stage(&stages, "clock").finding.contains("days behind"), "{}", stage(&stages, "clock").finding);
}

#[tokio::test]
async fn bad_input_104_a_test_does_not_wait_for_the_end_of_a_long_pause() {
    let world = World::sample().await;
    let session = world.admin().await;
    let pause = Fault::RetryLater { status: 503, retry_after: Some("600".to_owned()) };
    world.site().inject(Injection::always(ME, pause));
    for _ in 0..2 {
        let testing = world.check(&session);
        let (outcome, stages) = tokio::time::timeout(Duration::from_secs(5), testing).await.unwrap();
        assert_ne!(outcome.health, Health::Healthy, "{stages:#?}");
    }
}

#[tokio::test]
async fn a_page_cache_is_noticed() {
    let world = World::sample().await;
    let session = world.admin().await;
    world.site().inject(Injection::always("/wp/v2/posts", Fault::StaleCache { age: 90 }));
    let (_, stages) = world.check(&session).await;
    is(&stages, "page-cache", StageResult::Warned);
}

#[tokio::test]
async fn a_smaller_page_is_learnt() {
    let world = World::sample().await;
    let session = world.admin().await;
    world.site().configure(|options| options.per_page_max = 20);
    let (outcome, _) = world.check(&session).await;
    assert_eq!(outcome.details.unwrap()["page_max"], 20);
}

#[tokio::test]
async fn a_site_that_is_gone_skips_what_cannot_be_tested() {
    let world = World::sample().await;
    let session = World::session(&world.discover().await, SAMPLE_LOGIN, SAMPLE_PASSWORD);
    let World { running, app, .. } = world;
    running.stop().await;
    let mut stages = Vec::new();
    let outcome = app.check.as_ref().unwrap().check(&session, &mut |told| stages.extend(told.ended())).await;
    assert_eq!(outcome.health, Health::Failing);
    assert!(outcome.identity.is_none());
    is(&stages, "connection", StageResult::Failed);
    is(&stages, "speed", StageResult::Skipped);
    assert!(stage(&stages, "connection").finding.contains("refused the connection"));
}

#[tokio::test]
async fn bad_input_094_stored_credentials_are_not_sent_to_another_address() {
    let world = World::sample().await;
    let attacker = World::sample().await;
    let mut session = world.admin().await;
    session.address = format!("{}/", attacker.running.url);
    session.details = serde_json::Value::Null;
    let (outcome, stages) = world.check(&session).await;
    assert_eq!(outcome.health, Health::Failing);
    is(&stages, "root", StageResult::Failed);
    assert!(attacker.site().requests().iter().all(|request| !request.authorization));
}
