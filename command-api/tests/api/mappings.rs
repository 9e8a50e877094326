//! Mappings: saved, tried, checked.

use domain::record::{RecordChanged, RecordEvent, RecordKey};
use engine::ports::{Expected, StreamAppend};
use engine::{Meta, NewEvent, StreamName, seal};
use serde_json::{Value, json};

use crate::house::House;

fn definition() -> Value {
    json!({"entity": "user", "fields": [
        {"to": "email", "from": {"path": "email"}, "convert": [{"kind": "trim"}], "rules": [{"kind": "email"}]},
        {"to": "name", "from": {"path": "name"}}]})
}

/// Records a user as a run would.
pub async fn record(house: &House, connection: &str, id: &str, record: &Value) -> u64 {
    let connection = domain::ids::ConnectionId::parse(connection).unwrap();
    let key = RecordKey { connection, resource: "users".to_owned(), id: id.to_owned() };
    let stream = StreamName::new("record", key.path());
    let subject = format!("{}.users.{id}", key.connection);
    let keys = house.context.vault.subject_keys(std::slice::from_ref(&subject), true).await.unwrap();
    let body = seal::seal(
        record.to_string().as_bytes(),
        stream.as_str(),
        &subject,
        keys[0].as_ref().unwrap(),
        &[u8::try_from(id.len()).unwrap(); 24],
    );
    let changed =
        RecordChanged { version: None, raw: "r".into(), digest: "d".into(), fields: None, set_back: false };
    let event = NewEvent::of(&RecordEvent::Changed(changed), house.context.ids.event_id(), Meta::by("test"));
    let append = StreamAppend { stream, expected: Expected::NoStream, events: vec![event.with_body(body)] };
    house.context.executor.append(vec![append]).await.unwrap().position
}

#[tokio::test]
async fn a_mapping_is_saved_in_revisions_and_stays_while_it_is_used() {
    let house = House::open().await;
    let body = json!({"name": "Users", "app": "wordpress", "resource": "users", "entity": "user"});
    let id = house.post("/api/v1/mappings", body).await.is(201).id();
    let path = format!("/api/v1/mappings/{id}");
    let save = |expected: u64, definition: Value| {
        let body = json!({"expected": expected, "definition": definition});
        let path = format!("{path}/revisions");
        let house = &house;
        async move { house.post(&path, body).await }
    };
    save(0, definition()).await.is(200);
    let mut other = definition();
    other["fields"][1]["from"] = json!({"path": "slug"});
    save(0, other.clone()).await.refused(409, "STALE_REVISION");
    let position = save(1, other).await.is(200).position();
    let posts: Value =
        serde_json::from_str(include_str!("../../../schemas/mappings/wordpress-posts.json")).unwrap();
    save(2, posts).await.refused(422, "OTHER_ENTITY");
    let broken = json!({"entity": "user", "fields": [
        {"to": "email", "from": {"path": "a"}, "convert": [{"kind": "eval"}]}, {"to": "nothing", "from": {"path": ".."}}]});
    let refused = save(2, broken).await.is(422);
    assert_eq!(refused.json["code"], "UNKNOWN_CONVERSION");
    let shown = house.get(&format!("{path}?min_position={position}")).await.is(200);
    assert_eq!((&shown.json["revision"], shown.json["revisions"].as_array().unwrap().len()), (&json!(2), 2));
    let first = house.get(&format!("{path}?revision=1")).await.is(200);
    assert_eq!(first.json["definition"], definition());
    let graph = json!({"nodes": [{"id": "m", "name": "m", "kind": "map", "mapping": {"id": id}}]});
    let scenario = house.post("/api/v1/scenarios", json!({"name": "A", "graph": graph})).await.is(201).id();
    house.delete(&path).await.refused(409, "IN_USE");
    house.delete(&format!("/api/v1/scenarios/{scenario}")).await.is(200);
    house.delete(&path).await.is(200);
}

#[tokio::test]
async fn a_preview_looks_at_the_log_first_then_at_the_site_and_records_nothing() {
    let house = House::open().await;
    let id = house.connection().await;
    *house.site.records.lock().unwrap() = vec![
        json!({"id": 1, "email": "ada@example.org", "name": "Ada"}),
        json!({"id": 2, "email": "?", "name": "Bob"}),
    ];
    let body = json!({"definition": definition(), "connection": id, "resource": "users"});
    let end = || *house.context.executor.store.end().borrow();
    let before = end();
    let seen = house.post("/api/v1/mappings/preview", body.clone()).await.is(200);
    assert_eq!(seen.json["from"], "site");
    assert_eq!(seen.json["summary"], json!({"records": 2, "accepted": 1, "rejected": 1, "warned": 0}));
    assert_eq!(seen.json["records"][0]["fields"]["email"], "ada@example.org");
    assert_eq!(seen.json["records"][0]["provenance"][0]["source_path"], "email");
    assert_eq!(seen.json["records"][1]["rejects"][0]["code"], "NOT_AN_EMAIL");
    assert_eq!(before, end());
    record(&house, &id, "7", &json!({"id": 7, "email": "eve@example.org", "name": "Eve"})).await;
    record(&house, &id, "88", &json!({"id": 88, "email": "eve at home", "name": "Eve"})).await;
    let known = house.post("/api/v1/mappings/preview", body).await.is(200);
    assert_eq!((&known.json["from"], &known.json["records"][0]["id"]), (&json!("log"), &json!("7")));
    let checked = json!({"definition": definition(), "connection": id, "resource": "users", "last": 100});
    let checked = house.post("/api/v1/mappings/check", checked).await.is(200);
    assert_eq!((&checked.json["accepted"], &checked.json["rejected"]), (&json!(1), &json!(1)));
    assert_eq!(checked.json["problems"][0]["examples"], json!(["88"]));
    let given = json!({"definition": definition(), "records": [{"id": "x", "email": "a@b.example"}]});
    let given = house.post("/api/v1/mappings/preview", given).await.is(200);
    assert_eq!(given.json["from"], "given");
    let many = json!({"definition": definition(), "connection": id, "resource": "users", "sample": 21});
    house.post("/api/v1/mappings/preview", many).await.refused(422, "INVALID_SAMPLE");
}
