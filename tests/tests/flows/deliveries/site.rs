//! The same against the real WordPress app and the living model of a site.

use domain::inbox::Finding;
use domain::run::RunMode;
use wordpress_model::{SAMPLE_LOGIN, SAMPLE_PASSWORD, Site};

use super::super::stage::{Stage, graph};
use super::sender::Sender;

#[tokio::test(flavor = "multi_thread")]
async fn a_change_on_the_site_is_recorded_and_what_an_import_saw_is_not_recorded_again() {
    let site = Site::sample().serve("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let stage = Stage::at(&site.url, SAMPLE_LOGIN, SAMPLE_PASSWORD).await;
    stage.mapping("mp_users", "users").await;
    stage.mapping("mp_posts", "posts").await;
    let chains = graph(&[("users", "mp_users", "user"), ("posts", "mp_posts", "post")]);
    stage.start_run("rn_1", chains, RunMode::Apply).await;
    stage.over("rn_1").await;
    let id = stage.posts().await[0];
    let sender = Sender::standard(&stage).await;
    let receipt = sender.changes((1, 2), &[("updated", "posts", id), ("updated", "users", 1)]).await;
    let led = sender.led_to(&receipt).await;
    let findings: Vec<_> = led.records.iter().map(|record| record.finding).collect();
    assert_eq!(findings, [Finding::Unchanged, Finding::Unchanged], "{led:?}");
    assert!(site.site().update_post(id, |post| post.title = "Another title".into()));
    let receipt = sender.changes((3, 3), &[("updated", "posts", id)]).await;
    assert_eq!(sender.led_to(&receipt).await.records[0].finding, Finding::Changed);
    assert!(site.site().trash(id));
    let receipt = sender.changes((4, 4), &[("trashed", "posts", id)]).await;
    assert_eq!(
        sender.led_to(&receipt).await.records[0].finding,
        Finding::Changed,
        "the trash is still there"
    );
    assert!(site.site().delete_post(id));
    let receipt = sender.changes((5, 5), &[("deleted", "posts", id)]).await;
    assert_eq!(sender.led_to(&receipt).await.records[0].finding, Finding::Gone);
    let receipt = sender.changes((6, 6), &[("updated", "nothing", 1)]).await;
    let led = sender.led_to(&receipt).await;
    assert_eq!(led.records[0].finding, Finding::Failed);
    assert!(led.records[0].note.as_ref().unwrap().contains("does not offer"), "{led:?}");
}
