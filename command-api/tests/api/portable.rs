//! Scenarios that are copied, written out and read in again.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::house::House;
use crate::runs::{Ran, ran};

async fn exported(house: &House) -> (String, String, Value) {
    let connection = house.connection().await;
    let scenario = house.scenario(&connection).await;
    let file = house.get(&format!("/api/v1/scenarios/{scenario}/export")).await.is(200);
    assert!(file.headers["content-disposition"].to_str().unwrap().contains(&scenario));
    (connection, scenario, file.json)
}

#[tokio::test]
async fn a_copy_has_the_draft_and_is_not_published() {
    let house = House::open().await;
    let (_, scenario, _) = exported(&house).await;
    let path = format!("/api/v1/scenarios/{scenario}/duplicate");
    let copy = house.once(&path, "k", json!({})).await.is(201);
    assert_eq!(house.once(&path, "k", json!({})).await.is(201).id(), copy.id());
    let shown =
        house.get(&format!("/api/v1/scenarios/{}?min_position={}", copy.id(), copy.position())).await.is(200);
    let original = house.get(&format!("/api/v1/scenarios/{scenario}")).await.is(200);
    assert_eq!(shown.json["draft_graph"], original.json["draft_graph"]);
    assert_eq!((&shown.json["name"], &shown.json["version"]), (&json!("Copy of Users"), &json!(0)));
    house.post(&path, json!({"name": "a\u{0}b"})).await.refused(422, "INVALID_NAME");
    house.post("/api/v1/scenarios/sc_none/duplicate", json!({})).await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_file_becomes_a_scenario_with_mappings_of_its_own() {
    let house = House::open().await;
    let (connection, _, file) = exported(&house).await;
    assert_eq!(file["connections"][&connection]["app"], "wordpress");
    let text = file.to_string();
    assert!(!text.contains("abcd EFGH") && !text.contains("fingerprint"), "no secrets");
    let other = house.connection().await;
    let body = json!({"document": file, "connections": {&connection: other}, "name": "Again"});
    let made = house.post("/api/v1/scenarios/import", body).await.is(201);
    let path = format!("/api/v1/scenarios/{}", made.id());
    let shown = house.get(&format!("{path}?min_position={}", made.position())).await.is(200);
    let nodes = shown.json["draft_graph"]["nodes"].as_array().unwrap();
    let of = |kind: &str| nodes.iter().find(|node| node["kind"] == kind).unwrap();
    assert_eq!(of("fetch")["connection"], other);
    assert_eq!(of("write")["connection"], "cn_portal", "what is here and to the same app stays");
    let mapping = of("map")["mapping"]["id"].as_str().unwrap();
    assert!(!file["mappings"].as_object().unwrap().contains_key(mapping), "a mapping of its own");
    let checked = house.post(&format!("{path}/validate"), json!({})).await.is(200);
    assert_eq!(checked.json["publishable"], true);
}

#[tokio::test]
async fn what_is_not_here_is_left_open() {
    let house = House::open().await;
    let (_, _, file) = exported(&house).await;
    let elsewhere = House::open().await;
    let made = elsewhere.post("/api/v1/scenarios/import", json!({"document": file})).await.is(201);
    let path = format!("/api/v1/scenarios/{}", made.id());
    let shown = elsewhere.get(&format!("{path}?min_position={}", made.position())).await.is(200);
    let nodes = shown.json["draft_graph"]["nodes"].as_array().unwrap();
    let fetch = nodes.iter().find(|node| node["kind"] == "fetch").unwrap();
    assert!(fetch.get("connection").is_none());
    let checked = elsewhere.post(&format!("{path}/validate"), json!({})).await.is(200);
    assert_eq!(checked.json["publishable"], false);
}

#[tokio::test]
async fn bad_input_137_files_with_more_or_other_than_a_scenario() {
    let house = House::open().await;
    let (connection, _, file) = exported(&house).await;
    let import = async |change: &dyn Fn(&mut Value)| {
        let mut body = json!({"document": file});
        change(&mut body);
        house.post("/api/v1/scenarios/import", body).await
    };
    let mapping = file["mappings"].as_object().unwrap().keys().next().unwrap().clone();
    import(&|body| body["document"]["code"] = json!("process.exit()")).await.refused(422, "INVALID_BODY");
    import(&|body| body["document"]["mappings"][&mapping]["run"] = json!("x"))
        .await
        .refused(422, "INVALID_BODY");
    import(&|body| body["document"]["format"] = json!("n8n")).await.refused(422, "OTHER_FORMAT");
    import(&|body| body["document"]["format_version"] = json!(2)).await.refused(422, "OTHER_FORMAT");
    let broken = import(&|body| body["document"]["graph"] = json!({"nodes": [{"id": 7}]})).await;
    assert_eq!((broken.status.as_u16(), &broken.json["field"]), (422, &json!("document.graph")));
    let odd =
        import(&|body| body["document"]["mappings"][&mapping]["definition"] = json!({"entity": "user"}))
            .await;
    assert!(
        odd.status == 422 && odd.json["field"].as_str().unwrap().starts_with("document.mappings."),
        "{}",
        odd.text
    );
    import(&|body| body["connections"] = json!({"cn_x": connection}))
        .await
        .refused(422, "UNKNOWN_CONNECTION");
    import(&|body| body["connections"] = json!({&connection: "cn_none"})).await.refused(404, "NOT_FOUND");
    import(&|body| body["connections"] = json!({&connection: "cn_portal"})).await.refused(422, "OTHER_APP");
    import(&|body| body["connections"] = json!({&connection: "../etc"})).await.refused(400, "INVALID_ID");
    import(&|body| body["name"] = json!("")).await.refused(422, "INVALID_NAME");
    for (kind, text, code) in [
        ("application/json", "a: &a [*a, *a]".to_owned(), 400),
        ("application/yaml", "a: &a [*a, *a]".to_owned(), 415),
        ("application/json", format!("{{\"document\":\"{}\"}}", "x".repeat(2 << 20)), 413),
    ] {
        let request = House::request(Method::POST, "/api/v1/scenarios/import", &house.administrator);
        let request = request.header("content-type", kind).body(Body::from(text)).unwrap();
        house.send(request).await.is(code);
    }
    let after = house.get("/api/v1/scenarios").await.is(200);
    assert_eq!(after.json["total"], 1, "nothing was made");
}

#[tokio::test]
async fn scenarios_say_what_they_did_lately() {
    let Ran { house, run, position, .. } = ran().await;
    let listed = house.get(&format!("/api/v1/scenarios?min_position={position}")).await.is(200);
    let line = &listed.json["items"][0];
    assert_eq!((&line["last_run"]["id"], &line["last_run"]["phase"]), (&json!(run), &json!("running")));
    let week = line["week"].as_array().unwrap();
    assert_eq!((week.len(), &week[6]["day"]), (7, &json!("2026-06-01")));
    assert_eq!(
        (&week[6]["runs"], &week[6]["imported"], &week[6]["failed"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert_eq!(week[0]["runs"], 0);
    let shown = house.get(&format!("/api/v1/scenarios/{}", line["id"].as_str().unwrap())).await.is(200);
    assert_eq!((&shown.json["last_run"], &shown.json["week"]), (&line["last_run"], &line["week"]));
    assert_eq!(shown.json["next_run_at"], Value::Null);
}
