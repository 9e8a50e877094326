//! Imports, from the first to the one that finds nothing to do.

use std::time::Duration;

use app_sdk::AppError;
use domain::run::{Counts, RunCommand, RunMode, Runs};
use domain::views::{PORTAL_PENDING, RunPhaseView};
use engine::ports::{EventStore, Filter, Query, ReadStore};

use super::stage::{SITE, Stage, graph, post, user};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_writes_nothing() {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    for id in 1..=25 {
        stage.put("users", id, user(id));
    }
    let users = || graph(&[("users", "mp_users", "user")]);
    stage.start_run("rn_1", users(), RunMode::Apply).await;
    let first = stage.over("rn_1").await;
    assert_eq!(first.phase, RunPhaseView::Succeeded, "{first:?}");
    assert_eq!(first.counts, Counts { read: 25, created: 25, ..Counts::default() });
    let portal = stage.portal().await;
    assert_eq!(portal.len(), 25);
    assert!(portal.iter().any(|p| p.fields.as_ref().unwrap()["email"] == "user7@example.org"));

    let before = *stage.store.end().borrow();
    stage.start_run("rn_2", users(), RunMode::Apply).await;
    let second = stage.over("rn_2").await;
    assert_eq!(second.counts, Counts { read: 25, unchanged: 25, ..Counts::default() });
    let content = Filter::categories(["record", "portal"]);
    let written = stage.store.read_all(before, &content, 10).await.unwrap().events;
    assert!(written.is_empty(), "{written:?}");

    stage.put("users", 7, {
        let mut changed = user(7);
        changed["name"] = "Ada".into();
        changed
    });
    stage.start_run("rn_3", users(), RunMode::Apply).await;
    let third = stage.over("rn_3").await;
    assert_eq!(third.counts, Counts { read: 25, updated: 1, unchanged: 24, ..Counts::default() });
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_141_one_bad_record_takes_no_other_with_it() {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    for id in 1..=30 {
        stage.put("users", id, user(id));
    }
    let mut bad = user(13);
    bad["email"] = "not an address".into();
    stage.put("users", 13, bad);
    stage.start_run("rn_1", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
    let run = stage.over("rn_1").await;
    assert_eq!(run.phase, RunPhaseView::PartlyFailed);
    assert_eq!((run.counts.created, run.counts.failed), (29, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_writes_nothing_and_says_what_it_would() {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    for id in 1..=5 {
        stage.put("users", id, user(id));
    }
    stage.start_run("rn_1", graph(&[("users", "mp_users", "user")]), RunMode::DryRun).await;
    let run = stage.over("rn_1").await;
    assert_eq!(run.counts.created, 5);
    assert!(stage.portal().await.is_empty());
    stage.start_run("rn_2", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
    assert_eq!(stage.over("rn_2").await.counts.created, 5, "a dry run leaves no link behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_is_completed_when_its_target_arrives() {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    stage.mapping("mp_posts", "posts").await;
    stage.put("users", 1, user(1));
    stage.put("posts", 10, post(10, 1));
    stage.start_run("rn_1", graph(&[("posts", "mp_posts", "post")]), RunMode::Apply).await;
    stage.over("rn_1").await;
    let post = stage.portal().await.pop().unwrap();
    assert!(post.references.is_empty() && post.pending.contains_key("author"), "{post:?}");
    stage.start_run("rn_2", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
    stage.over("rn_2").await;
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    loop {
        let linked = stage.portal().await.into_iter().find(|p| p.entity == "post").unwrap();
        if linked.references.contains_key("author") && linked.pending.is_empty() {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "{linked:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// More wait than are looked at in one step, and some of those who arrive are waited for by many, by one, by nobody.
#[tokio::test(flavor = "multi_thread")]
async fn every_reference_is_completed_however_many_wait() {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    stage.mapping("mp_posts", "posts").await;
    let author = |id: u64| match id {
        ..=1_100 => 7,
        _ => 7 + id % 120,
    };
    for id in 1..=1_600 {
        stage.put("posts", id, post(id, author(id)));
    }
    for id in (1..=200).filter(|id| *id != 100) {
        stage.put("users", id, user(id));
    }
    stage.start_run("rn_1", graph(&[("posts", "mp_posts", "post")]), RunMode::Apply).await;
    assert_eq!(stage.over("rn_1").await.counts.created, 1_600);
    stage.start_run("rn_2", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
    assert_eq!(stage.over("rn_2").await.counts.created, 199);
    let deadline = tokio::time::Instant::now() + Duration::from_mins(1);
    let left = (1..=1_600).filter(|id| author(*id) == 100).count();
    let all = Query { limit: 1_000, ..Query::default() };
    loop {
        let waiting = stage.reads.list(&PORTAL_PENDING, &all).await.unwrap().rows;
        if waiting.len() <= left {
            let waits_for = format!("{SITE}.users.100|");
            assert!(left > 0 && waiting.len() == left, "{left} are to wait: {waiting:?}");
            assert!(waiting.iter().all(|row| row.key.starts_with(&waits_for)), "{waiting:?}");
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "{} still wait", waiting.len());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_109_a_source_that_refuses_midway_is_never_a_success() {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    for id in 1..=50 {
        stage.put("users", id, user(id));
    }
    let refused = AppError::Unauthorized {
        code: "PASSWORD_REVOKED".into(),
        message: "the site no longer accepts the password".into(),
        remedy: "store a new one".into(),
    };
    *stage.source.fail_after.lock().unwrap() = Some((2, refused));
    stage.start_run("rn_1", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
    let run = stage.over("rn_1").await;
    assert_eq!(run.phase, RunPhaseView::PartlyFailed);
    assert_eq!(run.counts.created, 20);
    let problem = run.fetches["f-users"].problem.clone().unwrap();
    assert_eq!(problem.code, "PASSWORD_REVOKED");
    stage.start_run("rn_2", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
    let counts = stage.over("rn_2").await.counts;
    assert_eq!((counts.created, counts.unchanged), (30, 20));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_153_a_run_goes_on_after_a_crash_without_doubles() {
    let mut stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    for id in 1..=200 {
        stage.put("users", id, user(id));
    }
    stage.start_run("rn_1", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
    for _ in 0..6 {
        tokio::time::sleep(Duration::from_millis(3)).await;
        stage.kill();
        stage.start();
    }
    let run = stage.over("rn_1").await;
    assert_eq!(run.phase, RunPhaseView::Succeeded, "{run:?}");
    assert_eq!(stage.portal().await.len(), 200);
    assert_eq!(run.counts.settled(), 200, "{run:?}");
    assert_eq!(run.counts.created, 200, "{run:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_142_a_run_can_be_paused_resumed_and_cancelled() {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    for id in 1..=300 {
        stage.put("users", id, user(id));
    }
    stage.start_run("rn_1", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
    stage.command::<Runs>("rn_1", RunCommand::Pause).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let paused = stage.run("rn_1").await.unwrap();
    assert_eq!(paused.phase, RunPhaseView::Paused);
    stage.command::<Runs>("rn_1", RunCommand::Resume).await;
    let done = stage.over("rn_1").await;
    assert_eq!((done.phase, done.counts.created), (RunPhaseView::Succeeded, 300));

    stage.start_run("rn_2", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
    stage.command::<Runs>("rn_2", RunCommand::Cancel { reason: "enough".into() }).await;
    assert_eq!(stage.over("rn_2").await.phase, RunPhaseView::Cancelled);
}
