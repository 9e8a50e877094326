//! Scenarios that begin at fixed times.

use std::time::Duration;

use chrono::TimeDelta;
use domain::views::{RUNS, RunPhaseView, RunView, SCENARIOS};
use engine::ports::{EventStore, Query, ReadStore};

use super::stage::{Stage, graph, user};

const PATIENCE: Duration = Duration::from_secs(20);
/// Longer than the clock is looked at.
const TWO_LOOKS: Duration = Duration::from_millis(2_200);

async fn nightly() -> Stage {
    let stage = Stage::new().await;
    for id in 1..=5 {
        stage.put("users", id, user(id));
    }
    stage.mapping("mp_users", "users").await;
    let mut graph = graph(&[("users", "mp_users", "user")]);
    let trigger = &mut graph["nodes"][0];
    trigger["on"] = "schedule".into();
    trigger["cron"] = "0 3 * * *".into();
    trigger["zone"] = "Europe/Prague".into();
    stage.publish_new("sc_nightly", graph).await;
    let end = *stage.store.end().borrow();
    stage.settle(&SCENARIOS, end).await;
    stage
}

async fn runs(stage: &Stage) -> Vec<RunView> {
    let rows = stage.reads.list(&RUNS, &Query { limit: 500, ..Query::default() }).await.unwrap().rows;
    rows.iter().map(|row| serde_json::from_slice(&row.doc).unwrap()).collect()
}

async fn until_over(stage: &Stage, count: usize) -> Vec<RunView> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let runs = runs(stage).await;
        if runs.iter().filter(|run| RunPhaseView::is_over(run.phase)).count() >= count {
            return runs;
        }
        assert!(tokio::time::Instant::now() < deadline, "{count} runs: {runs:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_starts_its_run_when_it_is_due_and_not_before() {
    let stage = nightly().await;
    tokio::time::sleep(TWO_LOOKS).await;
    assert!(runs(&stage).await.is_empty(), "published at noon, due at three in the night");
    stage.clock.advance(TimeDelta::hours(13));
    let runs = until_over(&stage, 1).await;
    assert_eq!(runs[0].actor, "schedule");
    assert_eq!((runs[0].phase, runs[0].counts.created), (RunPhaseView::Succeeded, 5), "{runs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_139_a_thousand_missed_times_are_made_up_for_once() {
    let mut stage = nightly().await;
    stage.kill();
    stage.clock.advance(TimeDelta::days(1_000));
    stage.start();
    until_over(&stage, 1).await;
    // Started again, it still knows; set back, the clock makes nothing due anew.
    stage.kill();
    stage.start();
    stage.clock.advance(TimeDelta::days(-10));
    tokio::time::sleep(TWO_LOOKS).await;
    assert_eq!(runs(&stage).await.len(), 1);
}
