//! Scenarios from a template to a published version.

use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn a_template_becomes_a_scenario_that_can_be_published() {
    let house = House::open().await;
    let connection = house.connection().await;
    let templates = house.get("/api/v1/templates").await.is(200);
    assert_eq!(templates.json["total"], 4);
    for template in ["import-users", "import-posts", "import-site", "keep-site-in-step"] {
        let body = json!({"name": template, "template": template, "connection": connection});
        let made = house.post("/api/v1/scenarios", body).await.is(201);
        let path = format!("/api/v1/scenarios/{}", made.id());
        let checked = house.post(&format!("{path}/validate"), json!({})).await.is(200);
        assert_eq!(checked.json, json!({"publishable": true, "problems": []}), "{template}");
        let published =
            house.post(&format!("{path}/publish"), json!({"draft": 1, "note": "first"})).await.is(200);
        let shown = house.get(&format!("{path}?min_position={}", published.position())).await.is(200);
        assert_eq!(
            (&shown.json["version"], &shown.json["versions"][0]["note"]),
            (&json!(1), &json!("first"))
        );
        let version = house.get(&format!("{path}/versions/1")).await.is(200);
        let nodes = version.json["graph"]["nodes"].as_array().unwrap();
        for node in nodes.iter().filter(|node| node["kind"] == "map") {
            assert_eq!(node["mapping"]["revision"], 1, "publishing pins mappings");
        }
        house.get(&format!("{path}/versions/2")).await.refused(404, "NOT_FOUND");
    }
    let wrong = json!({"name": "x", "template": "import-users", "connection": "cn_portal"});
    house.post("/api/v1/scenarios", wrong).await.refused(422, "OTHER_APP");
    let missing = json!({"name": "x", "template": "import-users"});
    house.post("/api/v1/scenarios", missing).await.refused(422, "REQUIRED");
}

#[tokio::test]
async fn bad_input_068_stale_drafts_and_two_writers() {
    let house = House::open().await;
    let id = house.post("/api/v1/scenarios", json!({"name": "A"})).await.is(201).id();
    let path = format!("/api/v1/scenarios/{id}/draft");
    let graph =
        |n: u64| json!({"nodes": [{"id": "t", "name": n.to_string(), "kind": "trigger", "on": "manual"}]});
    let first = house.put(&path, json!({"expected": 0, "graph": graph(1)}));
    let second = house.put(&path, json!({"expected": 0, "graph": graph(2)}));
    let (first, second) = tokio::join!(first, second);
    let mut both = [first.status.as_u16(), second.status.as_u16()];
    both.sort_unstable();
    assert_eq!(both, [200, 409]);
    house.put(&path, json!({"expected": 0, "graph": graph(3)})).await.refused(409, "STALE_DRAFT");
    for missing in [
        json!({"graph": graph(3)}),
        json!({"expected": "*", "graph": graph(3)}),
        json!({"expected": -1, "graph": graph(3)}),
    ] {
        house.put(&path, missing).await.refused(422, "INVALID_BODY");
    }
    house.put(&path, json!({"expected": 1, "graph": graph(3)})).await.is(200);
    house
        .post(&format!("/api/v1/scenarios/{id}/publish"), json!({"draft": 1}))
        .await
        .refused(409, "STALE_DRAFT");
}

#[tokio::test]
async fn what_cannot_run_is_not_published_and_says_everything_that_is_wrong() {
    let house = House::open().await;
    let id = house.post("/api/v1/scenarios", json!({"name": "A"})).await.is(201).id();
    let path = format!("/api/v1/scenarios/{id}");
    for graph in [json!([]), json!({"nodes": [1]}), json!({"code": "rm"})] {
        let answer = house.put(&format!("{path}/draft"), json!({"expected": 0, "graph": graph})).await;
        answer.refused(422, "SCENARIO_HAS_PROBLEMS");
    }
    let graph = json!({"nodes": [
        {"id": "t", "name": "t", "kind": "trigger", "on": "manual"},
        {"id": "f", "name": "f", "kind": "fetch", "connection": "cn_gone", "resource": "users"},
        {"id": "m", "name": "m", "kind": "map", "mapping": {"id": "mp_gone"}},
        {"id": "w", "name": "w", "kind": "write", "connection": "cn_portal"}],
        "edges": [{"from": "t", "to": "f"}, {"from": "f", "to": "m"}, {"from": "m", "to": "w"}]});
    house.put(&format!("{path}/draft"), json!({"expected": 0, "graph": graph})).await.is(200);
    let refused = house.post(&format!("{path}/publish"), json!({"draft": 1})).await;
    let refused = refused.refused(422, "SCENARIO_HAS_PROBLEMS");
    let codes: Vec<_> =
        refused.json["problems"].as_array().unwrap().iter().map(|p| p["code"].clone()).collect();
    for code in ["UNKNOWN_CONNECTION", "UNKNOWN_MAPPING", "ENTITY_MISSING"] {
        assert!(codes.contains(&json!(code)), "{codes:?}");
    }
}

#[tokio::test]
async fn bad_input_134_a_run_needs_connections_that_may_be_used() {
    let house = House::open().await;
    let connection = house.connection().await;
    let id = house.scenario(&connection).await;
    let runs = format!("/api/v1/scenarios/{id}/runs");
    house.post(&format!("/api/v1/scenarios/{id}/turn-off"), json!({"reason": "later"})).await.is(200);
    house.post(&runs, json!({})).await.refused(409, "SCENARIO_OFF");
    house.post(&format!("/api/v1/scenarios/{id}/turn-on"), json!({})).await.is(200);
    house.post(&format!("/api/v1/connections/{connection}/pause"), json!({})).await.is(200);
    house.post(&runs, json!({})).await.refused(409, "CONNECTION_PAUSED");
    house.post(&format!("/api/v1/connections/{connection}/resume"), json!({})).await.is(200);
    house.post(&runs, json!({"draft": true})).await.refused(422, "DRAFT_IS_DRY");
    house.post(&runs, json!({"limit": 0})).await.refused(422, "INVALID_LIMIT");
    house.post(&runs, json!({"dry_run": true, "draft": true, "limit": 3})).await.is(202);
    house.delete(&format!("/api/v1/connections/{connection}")).await.is(200);
    house.post(&runs, json!({})).await.refused(409, "CONNECTION_GONE");
    let empty = house.post("/api/v1/scenarios", json!({"name": "B"})).await.is(201).id();
    house.post(&format!("/api/v1/scenarios/{empty}/runs"), json!({})).await.refused(409, "NOT_PUBLISHED");
    house.post(&format!("/api/v1/scenarios/{empty}/turn-on"), json!({})).await.refused(409, "NOT_PUBLISHED");
    house.delete(&format!("/api/v1/scenarios/{empty}")).await.is(200);
    house.post(&format!("/api/v1/scenarios/{empty}/runs"), json!({})).await.refused(404, "NOT_FOUND");
}
