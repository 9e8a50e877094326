//! Failures in groups: they open, are looked after, resolve by themselves and come back.

use app_sdk::AppError;
use domain::views::{FAILURES, ViewSpec};
use engine::ports::{EventStore, Query, ReadStore};
use serde_json::{Value, json};

use super::api::Api;
use super::retry::{SCENARIO, failed, forgive, users};
use super::stage::{Stage, user};

/// The one failure of the stage.
async fn only(stage: &Stage, api: &Api) -> Value {
    stage.settle(&FAILURES, *stage.store.end().borrow()).await;
    let listed = api.get("/api/v1/failures").await;
    assert_eq!(listed["total"], 1, "{listed}");
    listed["items"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn items_that_fail_alike_are_one_failure_and_a_retry_resolves_it() {
    let (stage, api, run) = failed().await;
    let failure = only(&stage, &api).await;
    let id = failure["id"].as_str().unwrap();
    assert_eq!(
        (&failure["state"], &failure["count"], &failure["total"]),
        (&json!("open"), &json!(3), &json!(3))
    );
    let days = failure["days"].as_array().unwrap().iter();
    assert_eq!(days.map(|day| day["count"].as_u64().unwrap()).sum::<u64>(), 3, "day by day");
    assert_eq!((&failure["scenario"], &failure["field"]), (&json!(SCENARIO), &json!("email")));
    assert_eq!(failure["example"]["run"], run);
    let example = failure["example"]["item"].as_str().unwrap();
    assert_eq!(api.get(&format!("/api/v1/runs/{run}/items/{example}")).await["outcome"], "failed");
    let items = api.get(&format!("/api/v1/failures/{id}/items?limit=2")).await;
    assert_eq!(items["items"].as_array().unwrap().len(), 2);
    let rest = format!("/api/v1/failures/{id}/items?cursor={}", items["next_cursor"].as_str().unwrap());
    assert_eq!(api.get(&rest).await["items"].as_array().unwrap().len(), 1);

    forgive(&stage).await;
    let one = json!({"filter": {"items": [example]}, "version": "newest"});
    let retry = api.post(&format!("/api/v1/runs/{run}/retry"), one, 202).await;
    stage.over(retry["run"].as_str().unwrap()).await;
    assert_eq!(only(&stage, &api).await["count"], 2, "one of three is well");
    let retry = api.post("/api/v1/retries", json!({"version": "newest"}), 202).await;
    assert_eq!(retry["count"], 2);
    let retry = retry["runs"][0]["run"].as_str().unwrap().to_owned();
    stage.over(&retry).await;
    let shown = api.get(&format!("/api/v1/runs/{retry}")).await;
    assert_eq!(shown["retry_of"], run, "all of it failed there");
    let resolved = only(&stage, &api).await;
    assert_eq!((&resolved["state"], &resolved["count"]), (&json!("resolved"), &json!(0)));
    assert_eq!(resolved["moved_by"], format!("run:{retry}"));
    let open = api.get(&format!("/api/v1/failures?state=open&scenario={SCENARIO}")).await;
    assert_eq!(open["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resolved_failure_comes_back_and_an_ignored_one_stays_away() {
    let (stage, api, _) = failed().await;
    let failure = only(&stage, &api).await;
    let path = format!("/api/v1/failures/{}/state", failure["id"].as_str().unwrap());
    for id in [3, 13, 23] {
        stage.put("users", id, user(id));
    }
    api.post(&path, json!({"state": "acknowledged", "note": "the shop corrects them"}), 200).await;
    assert_eq!(only(&stage, &api).await["note"], "the shop corrects them");
    api.run(&stage, SCENARIO).await;
    assert_eq!(only(&stage, &api).await["state"], "resolved");

    let mut bad = user(3);
    bad["email"] = "still none".into();
    stage.put("users", 3, bad.clone());
    api.run(&stage, SCENARIO).await;
    let back = only(&stage, &api).await;
    assert_eq!(
        (&back["state"], &back["came_back"], &back["count"]),
        (&json!("open"), &json!(true), &json!(1))
    );

    let done = api.post(&path, json!({"state": "ignored"}), 200).await;
    assert_eq!(done["changed"], true);
    assert_eq!(api.post(&path, json!({"state": "ignored"}), 200).await["changed"], false);
    api.run(&stage, SCENARIO).await;
    assert_eq!(only(&stage, &api).await["state"], "ignored");
    api.refused(&path, json!({"state": "gone"}), "INVALID_BODY").await;
    api.refused("/api/v1/failures/fl_none/state", json!({"state": "open"}), "NOT_FOUND").await;
    api.refused("/api/v1/failures/rn_x/state", json!({"state": "open"}), "INVALID_ID").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_along_one_way_does_not_hide_what_failed_along_another() {
    let (stage, api, _) = failed().await;
    forgive(&stage).await;
    // Both mappings, side by side, into the same Portal.
    let mut both = users(1);
    let [mut map, mut write] = [2, 3].map(|n| both["nodes"][n].clone());
    (map["id"], map["mapping"]["revision"], write["id"]) = ("map-2".into(), 2.into(), "write-2".into());
    both["nodes"].as_array_mut().unwrap().extend([map, write]);
    let ways = [json!({"from": "f-users", "to": "map-2"}), json!({"from": "map-2", "to": "write-2"})];
    both["edges"].as_array_mut().unwrap().extend(ways);
    stage.publish(SCENARIO, &both).await;
    let run = api.run(&stage, SCENARIO).await;
    let counts = stage.run(&run).await.unwrap().counts;
    assert_eq!((counts.failed, counts.created), (3, 3), "{counts:?}");
    let failure = only(&stage, &api).await;
    assert_eq!(
        (&failure["state"], &failure["count"], &failure["example"]["run"]),
        (&json!("open"), &json!(3), &json!(run))
    );
    let path = format!("/api/v1/runs/{run}/retry");
    assert_eq!(api.post(&path, json!({"dry_run": true}), 200).await["count"], 3, "they can be retried");

    for id in [3, 13, 23] {
        stage.put("users", id, user(id));
    }
    api.run(&stage, SCENARIO).await;
    assert_eq!(only(&stage, &api).await["state"], "resolved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_that_fails_is_a_failure_until_it_succeeds() {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    stage.put("users", 1, user(1));
    stage.publish(SCENARIO, &users(1)).await;
    let api = Api::of(&stage);
    let refused = AppError::Unauthorized {
        code: "PASSWORD_REVOKED".into(),
        message: "the site no longer accepts the password".into(),
        remedy: "store a new one".into(),
    };
    *stage.source.fail_after.lock().unwrap() = Some((0, refused));
    api.run(&stage, SCENARIO).await;
    let failure = only(&stage, &api).await;
    assert_eq!((&failure["code"], &failure["fetch"]), (&json!("PASSWORD_REVOKED"), &json!(true)));
    assert!(failure["example"]["item"].is_null());
    api.refused("/api/v1/retries", json!({}), "NOTHING_TO_RETRY").await;
    api.run(&stage, SCENARIO).await;
    assert_eq!(only(&stage, &api).await["state"], "resolved");
}

#[tokio::test(flavor = "multi_thread")]
async fn retries_across_runs_follow_the_rules_that_each_item_failed_with() {
    let (stage, api, _) = failed().await;
    let mut other = users(1);
    other["nodes"][1]["name"] = "Fetch them".into();
    stage.publish("sc_other", &other).await;
    api.run(&stage, "sc_other").await;
    let count = |filter: Value| {
        let api = &api;
        async move {
            let body = json!({"filter": filter, "dry_run": true});
            api.post("/api/v1/retries", body, 200).await["count"].clone()
        }
    };
    assert_eq!(count(json!({})).await, 6);
    assert_eq!(count(json!({"scenario": SCENARIO})).await, 3);
    assert_eq!(count(json!({"code": "NO_SUCH"})).await, 0);
    assert_eq!(count(json!({"since": "2999-01-01T00:00:00Z"})).await, 0);
    let started = api.post("/api/v1/retries", json!({"filter": {"code": "NOT_AN_EMAIL"}}), 202).await;
    assert_eq!((&started["count"], started["runs"].as_array().unwrap().len()), (&json!(6), 2));
    for run in started["runs"].as_array().unwrap() {
        let view = stage.over(run["run"].as_str().unwrap()).await;
        assert_eq!((view.counts.read, view.counts.failed), (3, 3));
        assert_eq!(json!(view.scenario), run["scenario"]);
    }
}

/// What a view holds, row by row.
async fn rows(stage: &Stage, view: &'static ViewSpec) -> Vec<(String, Value)> {
    let page = stage.reads.list(view, &Query { limit: 1_000, ..Query::default() }).await.unwrap();
    page.rows.into_iter().map(|row| (row.key, serde_json::from_slice(&row.doc).unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_view_is_the_same_when_it_is_folded_anew() {
    let (mut stage, api, _) = failed().await;
    stage.put("users", 3, user(3));
    api.run(&stage, SCENARIO).await;
    let end = *stage.store.end().borrow();
    stage.settle(&FAILURES, end).await;
    let before = rows(&stage, &FAILURES).await;
    assert_eq!(before.len(), 3, "two items and their failure: {before:?}");
    stage.kill();
    stage.reads.drop_view(&FAILURES).await.unwrap();
    stage.start();
    stage.settle(&FAILURES, end).await;
    assert_eq!(rows(&stage, &FAILURES).await, before);
}
