//! The figures of the overview, and what people say of runs.

use chrono::TimeDelta;
use domain::run::{RunCommand, Runs};
use engine::Meta;
use serde_json::json;

use crate::house::House;
use crate::runs::{Ran, ran};

async fn complete(ran: &Ran) -> u64 {
    let executor = &ran.house.context.executor;
    executor.execute::<Runs>(&ran.run, RunCommand::Complete, Meta::by("test")).await.unwrap().position
}

#[tokio::test]
async fn the_overview_of_an_empty_installation_is_all_zeroes() {
    let house = House::open().await;
    for (range, hours) in [("", 24), ("range=24h", 24), ("range=7d", 168), ("range=30d", 720)] {
        let answer = house.get(&format!("/api/v1/overview?{range}")).await.is(200);
        let listed = answer.json["hours"].as_array().unwrap();
        assert_eq!(listed.len(), hours);
        assert!(listed.iter().all(|hour| hour["imported"] == 0 && hour["failed"] == 0));
        assert_eq!(listed.last().unwrap()["at"], "2026-06-01T12:00:00Z");
        for absent in ["success_rate", "run_time_p95_ms"] {
            assert!(answer.json[absent].is_null(), "{absent}");
        }
        assert_eq!(answer.json["attention"], json!([]));
        assert_eq!(
            answer.json["metrics"]["connections_established"], 0,
            "the built-in Portal does not count"
        );
    }
    house.get("/api/v1/overview?range=1y").await.refused(400, "INVALID_PARAMETER");
}

#[tokio::test]
async fn what_runs_did_is_counted_by_the_hour_and_in_all() {
    let ran = ran().await;
    ran.house.clock.advance(TimeDelta::seconds(90));
    let position = complete(&ran).await;
    let shown = ran.house.get(&format!("/api/v1/overview?min_position={position}")).await.is(200);
    let json = &shown.json;
    assert_eq!((&json["records_imported"], &json["records_failed"]), (&json!(1), &json!(1)));
    assert_eq!(json["success_rate"], 0.75);
    assert_eq!(json["open_failures"], 1);
    assert_eq!(json["run_time_p95_ms"], 90_000);
    let hour = json["hours"].as_array().unwrap().last().unwrap();
    assert_eq!((&hour["imported"], &hour["failed"]), (&json!(1), &json!(1)));
    let metrics = &json["metrics"];
    assert_eq!((&metrics["connections_established"], &metrics["scenarios_created"]), (&json!(1), &json!(1)));
    assert_eq!((&metrics["records_imported"], &metrics["error_rate"]), (&json!(1), &json!(0.25)));

    ran.house.clock.advance(TimeDelta::hours(25));
    let later = ran.house.get("/api/v1/overview").await.is(200);
    assert_eq!(later.json["records_imported"], 0, "another day");
    assert_eq!(later.json["metrics"]["records_imported"], 1, "in all");
    assert_eq!(later.json["attention"][0]["kind"], "failures-open");
    assert_eq!(later.json["attention"][0]["action"]["href"], format!("/runs/{}", ran.run));
    let week = ran.house.get("/api/v1/overview?range=7d").await.is(200);
    assert_eq!(week.json["records_imported"], 1);
}

#[tokio::test]
async fn what_needs_somebody_is_named_worst_first() {
    let house = House::open().await;
    let good = house.connection().await;
    let scenario = house.scenario(&good).await;
    house.post(&format!("/api/v1/scenarios/{scenario}/turn-off"), json!({})).await.is(200);
    let auth = json!({"method": "app-password", "account": "ada", "secret": "wrong wrong wrong"});
    let body =
        json!({"app": "wordpress", "address": "broken.example", "name": "<b>Broken</b>", "auth": auth});
    let broken = house.post("/api/v1/connections", body).await.is(201);
    let shown = house.get(&format!("/api/v1/overview?min_position={}", broken.position())).await.is(200);
    let lines = shown.json["attention"].as_array().unwrap();
    let kinds: Vec<_> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["connection-failing", "scenario-off"]);
    assert_eq!(lines[0]["title"], "<b>Broken</b> does not work");
    assert_eq!(lines[0]["detail"], "The site answers: the password was tried");
    assert_eq!(lines[0]["object"], json!({"kind": "connection", "id": broken.id()}));
}

#[tokio::test]
async fn what_is_kept_is_said_with_how_long_and_what_changes_it() {
    let house = House::open().await;
    let shown = house.get("/api/v1/retention").await.is(200);
    let kept = |kind: &str, days: Option<u64>, setting: Option<&str>| json!({"kind": kind, "days": days, "setting": setting});
    let wanted = [
        kept("events", None, None),
        kept("contents", None, None),
        kept("deliveries", Some(30), Some("PORTAL_KEEP_DELIVERIES")),
    ];
    assert_eq!(shown.json["items"], json!(wanted));
}

#[tokio::test]
async fn a_run_is_rated_after_its_end_and_counted_once() {
    let ran = ran().await;
    let path = format!("/api/v1/runs/{}/feedback", ran.run);
    ran.house.post(&path, json!({"satisfied": true})).await.refused(409, "STILL_RUNNING");
    complete(&ran).await;
    ran.house.post(&path, json!({"satisfied": true})).await.is(200);
    let note = json!({"satisfied": false, "note": " one is missing "});
    let done = ran.house.post(&path, note.clone()).await.is(200);
    assert_eq!(ran.house.post(&path, note).await.is(200).json["changed"], false);
    let position = done.position();
    let shown = ran.house.get(&format!("/api/v1/overview?min_position={position}")).await.is(200);
    assert_eq!(shown.json["metrics"]["satisfaction"], json!({"good": 0, "bad": 1}));
    let run = ran.house.get(&format!("/api/v1/runs/{}", ran.run)).await.is(200);
    assert_eq!(
        (&run.json["rating"]["satisfied"], &run.json["rating"]["note"]),
        (&json!(false), &json!("one is missing"))
    );
    for note in ["a\u{0}b".to_owned(), "x".repeat(1_001)] {
        ran.house.post(&path, json!({"satisfied": true, "note": note})).await.refused(422, "INVALID_NOTE");
    }
    ran.house
        .post("/api/v1/runs/rn_none/feedback", json!({"satisfied": true}))
        .await
        .refused(404, "NOT_FOUND");
    ran.house.post(&path, json!({"note": "x"})).await.refused(422, "INVALID_BODY");
}
