//! Retrying what failed, and nothing else.

use std::time::Duration;

use domain::mappings::{MappingCommand, Mappings};
use domain::run::{Counts, RunMode};
use domain::views::RunPhaseView;
use engine::ports::{EventStore, Filter};
use serde_json::{Value, json};

use super::api::Api;
use super::stage::{Stage, graph, user};

pub const SCENARIO: &str = "sc_users";

/// Thirty users, three of them with an address that is none, imported once.
pub async fn failed() -> (Stage, Api, String) {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    for id in 1..=30 {
        stage.put("users", id, user(id));
    }
    for id in [3, 13, 23] {
        let mut bad = user(id);
        bad["email"] = "not an address".into();
        stage.put("users", id, bad);
    }
    stage.publish(SCENARIO, &users(1)).await;
    let api = Api::of(&stage);
    let run = api.run(&stage, SCENARIO).await;
    let counts = stage.run(&run).await.unwrap().counts;
    assert_eq!((counts.created, counts.failed), (27, 3));
    (stage, api, run)
}

pub fn users(revision: u64) -> Value {
    let mut graph = graph(&[("users", "mp_users", "user")]);
    graph["nodes"][2]["mapping"]["revision"] = revision.into();
    graph
}

/// Publishes a version whose mapping makes up an address.
pub async fn forgive(stage: &Stage) {
    let ready = domain::mapping::READY_MADE.iter().find(|ready| ready.resource == "users").unwrap();
    let mut definition: Value = serde_json::from_str(ready.json).unwrap();
    let fields = definition["fields"].as_array_mut().unwrap();
    fields.retain(|field| field["to"] != "email");
    fields.push(json!({"to": "email", "from": {"template": "user{id}@example.net"}}));
    let revise = MappingCommand::Revise { expected: None, definition };
    stage.command::<Mappings>("mp_users", revise).await;
    stage.publish(SCENARIO, &users(2)).await;
}

async fn retried(stage: &Stage, api: &Api, run: &str, body: Value) -> String {
    let answer = api.post(&format!("/api/v1/runs/{run}/retry"), body, 202).await;
    let retry = answer["run"].as_str().unwrap().to_owned();
    stage.over(&retry).await;
    retry
}

#[tokio::test(flavor = "multi_thread")]
async fn the_failed_items_are_retried_with_a_new_mapping_and_no_other_is_touched() {
    let (stage, api, run) = failed().await;
    let path = format!("/api/v1/runs/{run}/retry");
    let counted = api.post(&path, json!({"filter": {"outcome": "failed"}, "dry_run": true}), 200).await;
    assert_eq!((&counted["count"], &counted["not_recorded"]), (&json!(3), &json!(0)));
    forgive(&stage).await;
    let (before, read) = (*stage.store.end().borrow(), *stage.source.pages_read.lock().unwrap());
    let retry = retried(&stage, &api, &run, json!({"version": "newest"})).await;
    let shown = api.get(&format!("/api/v1/runs/{retry}")).await;
    assert_eq!((&shown["kind"], &shown["retry_of"]), (&json!("retry"), &json!(run)));
    assert_eq!((&shown["version"], &shown["phase"]), (&json!(2), &json!("succeeded")));
    let counts = stage.run(&retry).await.unwrap().counts;
    assert_eq!(counts, Counts { read: 3, created: 3, ..Counts::default() });
    assert_eq!(*stage.source.pages_read.lock().unwrap(), read, "the source was asked");
    let written = stage.store.read_all(before, &Filter::categories(["record", "portal"]), 100).await.unwrap();
    assert_eq!(written.events.len(), 3, "others were touched: {:?}", written.events);
    assert_eq!(stage.portal().await.len(), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_works_on_the_recorded_revision_even_when_the_site_is_corrected() {
    let (stage, api, run) = failed().await;
    stage.put("users", 3, user(3));
    let pinned = retried(&stage, &api, &run, json!({})).await;
    let counts = stage.run(&pinned).await.unwrap().counts;
    assert_eq!(counts, Counts { read: 3, failed: 3, ..Counts::default() });
    assert_eq!(stage.run(&pinned).await.unwrap().phase, RunPhaseView::Failed);

    // Another scenario brings the corrected record; the old revision must not come back after it.
    stage.publish("sc_other", &users(1)).await;
    api.run(&stage, "sc_other").await;
    forgive(&stage).await;
    let newest = retried(&stage, &api, &run, json!({"version": "newest"})).await;
    let counts = stage.run(&newest).await.unwrap().counts;
    assert_eq!(counts, Counts { read: 3, created: 2, skipped: 1, ..Counts::default() });
    let items = api.get(&format!("/api/v1/runs/{newest}/items?outcome=skipped")).await;
    assert_eq!(items["items"][0]["notes"][0]["code"], "SUPERSEDED");
    let kept = stage.portal().await.into_iter().find(|p| p.external.ends_with(".users.3")).unwrap();
    assert_eq!(kept.fields.unwrap()["email"], "user3@example.org");
    let rest = api.post(&format!("/api/v1/runs/{run}/retry"), json!({"dry_run": true}), 200).await;
    assert_eq!((&rest["count"], &rest["settled_since"]), (&json!(0), &json!(3)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_narrows_a_retry_and_nonsense_is_refused() {
    let (stage, api, run) = failed().await;
    let path = format!("/api/v1/runs/{run}/retry");
    let items = api.get(&format!("/api/v1/runs/{run}/items?outcome=failed")).await;
    let first = items["items"][0].clone();
    let count = |filter: Value| {
        let (api, path) = (&api, &path);
        async move { api.post(path, json!({"filter": filter, "dry_run": true}), 200).await["count"].clone() }
    };
    assert_eq!(count(json!({"code": first["notes"][0]["code"]})).await, 3);
    assert_eq!(count(json!({"step": first["notes"][0]["step"]})).await, 3);
    assert_eq!(count(json!({"code": "NO_SUCH"})).await, 0);
    assert_eq!(count(json!({"items": [first["id"]]})).await, 1);
    api.refused(&path, json!({"filter": {"items": ["../1"]}}), "INVALID_ITEM").await;
    api.refused(&path, json!({"filter": {"outcome": "created"}}), "INVALID_BODY").await;
    api.refused(&path, json!({"filter": {"code": "NO_SUCH"}}), "NOTHING_TO_RETRY").await;
    api.refused("/api/v1/runs/rn_none/retry", json!({}), "NOT_FOUND").await;
    let mut elsewhere = users(1);
    elsewhere["nodes"][1]["resource"] = "posts".into();
    stage.publish(SCENARIO, &elsewhere).await;
    api.refused(&path, json!({"version": "newest"}), "NOT_IN_THIS_VERSION").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_153_a_retry_goes_on_after_a_crash_without_doubles() {
    let mut stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    for id in 1..=900 {
        let mut bad = user(id);
        bad["email"] = "not an address".into();
        stage.put("users", id, bad);
    }
    stage.publish(SCENARIO, &users(1)).await;
    let api = Api::of(&stage);
    let run = api.run(&stage, SCENARIO).await;
    forgive(&stage).await;
    let retry = api.post(&format!("/api/v1/runs/{run}/retry"), json!({"version": "newest"}), 202).await;
    for _ in 0..6 {
        tokio::time::sleep(Duration::from_millis(4)).await;
        stage.kill();
        stage.start();
    }
    let retry = stage.over(retry["run"].as_str().unwrap()).await;
    assert_eq!(retry.counts, Counts { read: 900, created: 900, ..Counts::default() });
    let written = stage.store.read_all(0, &Filter::categories(["portal"]), 5_000).await.unwrap();
    assert_eq!(written.events.len(), 900);
}

/// Time is the test's: minutes of waiting pass at once.
#[tokio::test(start_paused = true)]
async fn what_cannot_be_got_past_is_parked_after_a_bounded_number_of_attempts() {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    for id in 1..=30 {
        stage.put("users", id, user(id));
    }
    *stage.source.broken.lock().unwrap() = Some(25);
    stage.start_run("rn_1", users(1), RunMode::Apply).await;
    let mut seen = stage.run("rn_1").await;
    let patience = tokio::time::Instant::now() + Duration::from_mins(30);
    while !seen.as_ref().is_some_and(|run| run.phase.is_over()) {
        assert!(tokio::time::Instant::now() < patience, "{seen:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
        seen = stage.run("rn_1").await;
    }
    let run = seen.unwrap();
    assert_eq!((run.phase, run.counts.created), (RunPhaseView::PartlyFailed, 20));
    assert_eq!(run.fetches["f-users"].problem.as_ref().unwrap().code, "INTERRUPTED");
    let read = *stage.source.pages_read.lock().unwrap();
    assert!((8..=100).contains(&read), "{read} pages were read");
}
