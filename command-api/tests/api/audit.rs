//! The audit log: found, looked at, and written out.

use axum::body::Body;
use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::fake_app::SECRET;
use crate::house::{Answer, House};

async fn written_out(house: &House, form: &str, filters: &str) -> Answer {
    let path = format!("/api/v1/audit?{filters}");
    let request = House::request(Method::GET, &path, &house.administrator).header("accept", form);
    house.send(request.body(Body::empty()).unwrap()).await.is(200)
}

fn events(answer: &Value) -> Vec<&str> {
    answer["items"].as_array().unwrap().iter().map(|line| line["event"].as_str().unwrap()).collect()
}

/// A house with a story: a connection, a scenario, an hour later its new names.
async fn told() -> (House, String, u64) {
    let house = House::open().await;
    let connection = house.connection().await;
    let scenario = house.post("/api/v1/scenarios", json!({"name": "A"})).await.is(201).id();
    house.clock.advance(TimeDelta::hours(1));
    for name in ["B", "=C"] {
        let path = format!("/api/v1/scenarios/{scenario}/rename");
        house.post(&path, json!({"name": name})).await.is(200);
    }
    let path = format!("/api/v1/connections/{connection}/rename");
    let position = house.post(&path, json!({"name": "Site"})).await.is(200).position();
    (house, connection, position)
}

#[tokio::test]
async fn lines_are_found_by_who_what_on_what_and_when() {
    let (house, connection, position) = told().await;
    let found = async |filters: &str| {
        house.get(&format!("/api/v1/audit?min_position={position}&{filters}")).await.is(200).json
    };
    let all = found("").await;
    assert_eq!(events(&all)[..2], ["connection.renamed", "scenario.renamed"], "newest first");
    assert_eq!(all["total"], all["items"].as_array().unwrap().len());
    let of_connection = found(&format!("object={connection}")).await;
    let first = [
        "connection.renamed",
        "connection.tested",
        "connection.described",
        "connection.credentials-stored",
        "connection.added",
    ];
    let mut seen = events(&of_connection);
    let mut wanted = first.to_vec();
    seen.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(seen, wanted);
    assert_eq!(events(&found("action=renamed").await).len(), 3);
    assert_eq!(events(&found("action=Renamed&object=scenario-").await).len(), 2);
    assert_eq!(events(&found("actor=token:&action=scenario.created").await).len(), 1);
    assert_eq!(events(&found("actor=nobody").await).len(), 0);
    assert_eq!(events(&found("action=%25").await).len(), 0, "no wildcards");
    assert_eq!(events(&found("from=2026-06-01T13:00:00Z").await).len(), 3);
    assert_eq!(events(&found("to=2026-06-01T13:00:00Z&action=renamed").await).len(), 0);
    let mut seen = 0;
    let mut cursor = String::new();
    loop {
        let page = found(&format!("limit=1&action=renamed{cursor}")).await;
        seen += page["items"].as_array().unwrap().len();
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, 3);
    let long = "a".repeat(300);
    for bad in ["from=yesterday", "who=ada", "limit=0", &format!("actor={long}"), "cursor=AAAA"] {
        house.get(&format!("/api/v1/audit?{bad}")).await.is(400);
    }
    house.get(&format!("/api/v1/audit?action=x{cursor}")).await.refused(400, "INVALID_CURSOR");
}

#[tokio::test]
async fn a_line_says_what_it_changed_and_never_a_secret() {
    let (house, _, position) = told().await;
    let list = house.get(&format!("/api/v1/audit?min_position={position}&limit=500")).await.is(200);
    let entry = async |at: usize| {
        let position = list.json["items"][at]["position"].as_u64().unwrap();
        house.get(&format!("/api/v1/audit/{position}")).await.is(200)
    };
    let renamed = entry(1).await;
    assert_eq!(
        (&renamed.json["before"], &renamed.json["after"]),
        (&json!({"name": "B"}), &json!({"name": "=C"}))
    );
    let first = entry(2).await;
    assert_eq!((&first.json["before"], &first.json["after"]), (&json!({"name": "A"}), &json!({"name": "B"})));
    for at in 0..list.json["items"].as_array().unwrap().len() {
        let shown = entry(at).await;
        assert!(!shown.text.contains(SECRET) && shown.json["after"].get("hash").is_none(), "{}", shown.text);
        assert!(shown.json["after"].get("handle").is_none());
    }
    for unknown in ["0", "999999"] {
        house.get(&format!("/api/v1/audit/{unknown}")).await.refused(404, "NOT_FOUND");
    }
    house.get("/api/v1/audit/x").await.is(400);
}

#[tokio::test]
async fn bad_input_059_what_is_written_out_is_safe_whole_and_filtered() {
    let (house, connection, position) = told().await;
    let csv =
        written_out(&house, "text/csv", &format!("min_position={position}&limit=1&object={connection}"))
            .await;
    assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert!(csv.headers["content-disposition"].to_str().unwrap().contains("audit.csv"));
    let lines: Vec<_> = csv.text.split("\r\n").collect();
    assert_eq!(lines[0], "position,at,actor,event,stream,correlation");
    assert_eq!(lines.len(), 7, "five lines, a head, and an end: {}", csv.text);
    assert!(lines[1..6].iter().all(|line| line.starts_with('"') && line.contains(&connection)));
    let ndjson = written_out(&house, "application/x-ndjson", "action=renamed").await;
    let read: Vec<Value> = ndjson.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read.len(), 3);
    assert!(read.iter().all(|line| line["event"].as_str().unwrap().ends_with("renamed")));
    for _ in 0..600 {
        house.post("/api/v1/scenarios", json!({"name": "N"})).await.is(201);
    }
    let last = house.post("/api/v1/scenarios", json!({"name": "N"})).await.is(201).position();
    let whole =
        written_out(&house, "text/csv", &format!("min_position={last}&action=scenario.created")).await;
    assert_eq!(whole.text.lines().count(), 603, "more than one step");
    let viewer = House::request(Method::GET, "/api/v1/audit", &house.viewer).header("accept", "text/csv");
    house.send(viewer.body(Body::empty()).unwrap()).await.refused(403, "FORBIDDEN");
}
