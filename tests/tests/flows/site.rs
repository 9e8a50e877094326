//! The real WordPress app against the living model of a site: what the site knows is what Portal has.

use domain::run::RunMode;
use domain::views::RunPhaseView;
use wordpress_model::{Fault, Injection, SAMPLE_LOGIN, SAMPLE_PASSWORD, Shape, Site};

use super::stage::{Stage, graph};

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_site_is_imported_whole() {
    let site = Site::sample().serve("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let stage = Stage::at(&site.url, SAMPLE_LOGIN, SAMPLE_PASSWORD).await;
    stage.mapping("mp_users", "users").await;
    stage.mapping("mp_posts", "posts").await;
    let chains = graph(&[("users", "mp_users", "user"), ("posts", "mp_posts", "post")]);
    stage.start_run("rn_1", chains.clone(), RunMode::Apply).await;
    let run = stage.over("rn_1").await;
    assert_eq!(run.counts.failed, 0, "{run:?}");
    assert_eq!(run.phase, RunPhaseView::Succeeded, "{run:?}");
    assert_eq!(run.counts.created, run.counts.read);
    assert_eq!(stage.portal().await.iter().filter(|record| record.entity == "user").count(), 24);
    stage.start_run("rn_2", chains, RunMode::Apply).await;
    let second = stage.over("rn_2").await;
    assert_eq!(second.counts.unchanged, run.counts.read, "{second:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_097_a_site_that_breaks_midway_is_never_a_success() {
    let shape = Shape { users: 450, posts: 0, content_bytes: 500, seed: 1 };
    let model = Site::generated(shape);
    model.add_account("portal", "abcd efgh ijkl mnop qrst uvwx", "administrator");
    let site = model.serve("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let stage = Stage::at(&site.url, "portal", "abcd efgh ijkl mnop qrst uvwx").await;
    stage.mapping("mp_users", "users").await;
    let broken = Injection::always("/wp/v2/users", Fault::UsersRemoved).when_query_holds("page=3");
    let fault = site.site().inject(broken);
    stage.start_run("rn_1", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
    let run = stage.over("rn_1").await;
    assert!(matches!(run.phase, RunPhaseView::PartlyFailed | RunPhaseView::Failed), "{run:?}");
    assert!(run.fetches["f-users"].problem.is_some(), "{run:?}");
    site.site().remove_fault(fault);
    stage.start_run("rn_2", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
    let second = stage.over("rn_2").await;
    assert_eq!(second.phase, RunPhaseView::Succeeded, "{second:?}");
    assert_eq!(stage.portal().await.len(), 450);
}
