//! What the page of a connection shows.

use domain::record::{RecordChanged, RecordEvent, RecordKey};
use engine::ports::{Expected, StreamAppend};
use engine::{Meta, NewEvent, StreamName, seal};
use serde_json::{Value, json};

use crate::house::House;
use crate::runs::{Ran, ran};

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn its_kinds_of_records_are_counted_here_and_at_the_site() {
    let Ran { house, connection, position, .. } = ran().await;
    let path = format!("/api/v1/connections/{connection}/resources");
    let known = house.get(&format!("{path}?min_position={position}")).await.is(200);
    assert!(ids(&known.json["items"]).contains(&"posts"));
    let of = |list: &Value, id: &str| -> Value {
        list["items"].as_array().unwrap().iter().find(|item| item["id"] == id).unwrap().clone()
    };
    assert_eq!(of(&known.json, "users")["known"], 2);
    assert_eq!(of(&known.json, "posts")["known"], 0);
    assert_eq!((&of(&known.json, "users")["name"], &known.json["gone"]), (&json!("Users"), &json!([])));
    *house.site.records.lock().unwrap() = vec![json!({"id": 1}), json!({"id": 2}), json!({"id": 3})];
    let counted = house.post(&format!("{path}/count"), json!({})).await.is(200);
    assert_eq!(
        (&of(&counted.json, "users")["total"], &of(&counted.json, "users")["problem"]),
        (&json!(3), &Value::Null)
    );
    house.post(&format!("/api/v1/connections/{connection}/pause"), json!({})).await.is(200);
    house.post(&format!("{path}/count"), json!({})).await.refused(409, "CONNECTION_PAUSED");
}

#[tokio::test]
async fn what_deleting_it_would_do_is_counted_before() {
    let Ran { house, connection, position, .. } = ran().await;
    let path = format!("/api/v1/connections/{connection}/consequences?min_position={position}");
    let shown = house.get(&path).await.is(200);
    assert_eq!(shown.json["scenarios"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&shown.json["scenarios"][0]["name"], &shown.json["scenarios"][0]["live"]),
        (&json!("Users"), &json!(true))
    );
    assert_eq!((&shown.json["running"], &shown.json["records"]), (&json!(1), &json!(2)));
    assert_eq!(shown.json["type_the_name"], true);
    let unused = house.connection().await;
    let shown = house.get(&format!("/api/v1/connections/{unused}/consequences")).await.is(200);
    assert_eq!(shown.json, json!({"scenarios": [], "running": 0, "records": 0, "type_the_name": false}));
    house.get("/api/v1/connections/cn_none/consequences").await.refused(404, "NOT_FOUND");
}

#[tokio::test]
async fn its_tests_changes_and_runs_are_one_story() {
    let Ran { house, connection, run, position } = ran().await;
    let path = format!("/api/v1/connections/{connection}");
    house.clock.advance(chrono::TimeDelta::minutes(1));
    let auth = json!({"method": "app-password", "account": "ada", "secret": "wrong wrong wrong"});
    let failing = json!({"auth": auth, "even_if_failing": true});
    house.post(&format!("{path}/credentials"), failing).await.is(200);
    let health = house.get(&format!("{path}/health")).await.is(200);
    let lines = health.json["items"].as_array().unwrap();
    let words: Vec<_> = lines.iter().map(|line| line["health"].as_str().unwrap()).collect();
    assert_eq!(words, ["failing", "healthy"]);
    assert_eq!((&lines[0]["stages"][0]["id"], &lines[1]["stages"]), (&json!("root"), &json!([])));
    let story = house.get(&format!("{path}/timeline?min_position={position}")).await.is(200);
    let lines = story.json["items"].as_array().unwrap();
    assert!(lines.is_sorted_by(|a, b| a["at"].as_str() >= b["at"].as_str()));
    assert!(lines.iter().all(|line| !line["actor"].as_str().unwrap().is_empty()));
    let kinds: std::collections::BTreeSet<_> =
        lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["edit", "health", "run"]);
    let of_run = lines.iter().find(|line| line["kind"] == "run").unwrap();
    assert_eq!((&of_run["run"], &of_run["title"]), (&json!(run), &json!("Run of Users")));
    assert!(!story.text.contains("wrong wrong"));
}

async fn again(house: &House, connection: &str, id: &str, record: &Value) -> u64 {
    let connection = domain::ids::ConnectionId::parse(connection).unwrap();
    let key = RecordKey { connection, resource: "users".to_owned(), id: id.to_owned() };
    let changed =
        RecordChanged { version: None, raw: "s".into(), digest: "e".into(), fields: None, set_back: false };
    let event = NewEvent::of(&RecordEvent::Changed(changed), house.context.ids.event_id(), Meta::by("test"))
        .with_body(seal::pack(record.to_string().as_bytes()));
    let stream = StreamName::new("record", key.path());
    let append = StreamAppend { stream, expected: Expected::Exact(0), events: vec![event] };
    house.context.executor.append(vec![append]).await.unwrap().position
}

#[tokio::test]
async fn fields_are_those_of_real_records_and_their_changes_name_the_mappings() {
    let Ran { house, connection, .. } = ran().await;
    let path = format!("/api/v1/connections/{connection}/fields?resource=users");
    let first = house.get(&path).await.is(200);
    let of = |answer: &Value, list: &str, path: &str| -> Value {
        let found = answer[list].as_array().unwrap().iter().find(|field| field["path"] == path);
        found.cloned().unwrap_or(Value::Null)
    };
    assert_eq!(first.json["records"], 2);
    let email = of(&first.json, "fields", "email");
    assert_eq!((&email["types"], &email["seen"]), (&json!(["string"]), &json!(2)));
    assert_eq!(email["mappings"].as_array().unwrap().len(), 1, "the scenario's mapping reads it");
    assert!(!first.text.contains("ada@example.org"), "values stay sealed");
    let changed = json!({"id": "1", "name": null, "meta": {"vip": true}});
    let last = again(&house, &connection, "1", &changed).await;
    let position = house.post("/api/v1/scenarios", json!({"name": "later"})).await.is(201).position();
    assert!(position > last);
    house.get(&format!("/api/v1/scenarios?min_position={position}")).await.is(200);
    let second = house.get(&path).await.is(200);
    let kind = |path: &str| of(&second.json, "changes", path)["kind"].clone();
    assert_eq!(kind("meta.vip"), "new");
    assert_eq!(kind("id"), "type-changed");
    assert_eq!(kind("name"), Value::Null, "being empty is no change");
    assert_eq!(of(&second.json, "changes", "id")["now"], json!(["number", "string"]));
    assert_eq!(kind("email"), Value::Null, "others still have it");
    house.get(&format!("/api/v1/connections/{connection}/fields")).await.refused(400, "INVALID_PARAMETER");
    let odd = format!("/api/v1/connections/{connection}/fields?resource=..%2fusers");
    house.get(&odd).await.refused(422, "INVALID_NAME");
}
