//! Records as they were, and where each value came from.

use domain::connection::{ConnectionCommand, Connections};
use domain::mappings::{MappingCommand, Mappings};
use domain::scenario::{ScenarioCommand, Scenarios};
use engine::ports::EventStore;
use serde_json::{Value, json};

use super::api::Api;
use super::retry::{SCENARIO, users};
use super::stage::{SITE, Stage, graph, post, user};

/// One user, imported under two names; and where the log stood after each.
async fn renamed() -> (Stage, Api, [u64; 2], [String; 2]) {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    stage.put("users", 1, user(1));
    stage.publish(SCENARIO, &users(1)).await;
    let api = Api::of(&stage);
    let first = api.run(&stage, SCENARIO).await;
    let then = *stage.store.end().borrow();
    let mut changed = user(1);
    changed["name"] = "Ada Lovelace".into();
    stage.put("users", 1, changed);
    let second = api.run(&stage, SCENARIO).await;
    let now = *stage.store.end().borrow();
    (stage, api, [then, now], [first, second])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_and_its_portal_record_are_shown_as_they_were() {
    let (stage, api, [then, now], [first, second]) = renamed().await;
    let record = format!("/api/v1/records/{SITE}/users/1");
    assert_eq!(api.get(&record).await["record"]["name"], "Ada Lovelace");
    let old = api.get(&format!("{record}?at={then}")).await;
    assert_eq!(
        (&old["record"]["name"], &old["as_of"], &old["revision"]),
        (&json!("User 1"), &json!(then), &json!(0))
    );
    assert_eq!(old["revisions"].as_array().unwrap().len(), 1);
    assert_eq!(api.missing(&format!("{record}?at=1")).await["code"], "NOT_FOUND");
    assert_eq!(api.missing(&format!("{record}?at=yesterday")).await["code"], "INVALID_MOMENT");
    assert_eq!(api.get(&format!("{record}?at=2999-01-01T00:00:00Z")).await["record"]["name"], "Ada Lovelace");
    assert_eq!(api.missing(&format!("{record}?at=1999-01-01T00:00:00Z")).await["code"], "NOT_FOUND");

    let history = api.get(&format!("{record}/history")).await;
    let lines = history["items"].as_array().unwrap();
    assert_eq!((&lines[0]["changed"], &lines[0]["run"]), (&json!(["name"]), &json!(second)));
    assert_eq!((&lines[1]["run"], &history["total"]), (&json!(first), &json!(2)));
    let page = api.get(&format!("{record}/history?limit=1")).await;
    let next = format!("{record}/history?limit=1&cursor={}", page["next_cursor"].as_str().unwrap());
    let rest = api.get(&next).await;
    assert_eq!((&rest["items"][0]["revision"], &rest["next_cursor"]), (&json!(0), &Value::Null));

    let id = stage.portal().await.pop().unwrap().id;
    let portal = format!("/api/v1/portal/users/{id}");
    assert_eq!(api.get(&format!("{portal}?at={then}")).await["fields"]["name"], "User 1");
    assert_eq!(api.get(&format!("{portal}?at={now}")).await, api.get(&portal).await);
    assert_eq!(api.missing(&format!("{portal}?at=1")).await["code"], "NOT_FOUND");
    let history = api.get(&format!("{portal}/history")).await;
    assert_eq!(
        (&history["items"][0]["changed"], &history["items"][0]["run"]),
        (&json!(["name"]), &json!(second))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_value_tells_which_run_set_it_and_from_what() {
    let (stage, api, _, [first, second]) = renamed().await;
    let lineage = api.get(&format!("/api/v1/records/{SITE}/users/1/lineage")).await;
    let id = stage.portal().await.pop().unwrap().id;
    assert_eq!(lineage["items"].as_array().unwrap().len(), 1);
    let item = &lineage["items"][0];
    assert_eq!(item["portal"], json!({"connection": "cn_portal", "kind": "users", "id": id}));
    let field = |name: &str| item["fields"].as_array().unwrap().iter().find(|f| f["target"] == name).unwrap();
    let name = field("name");
    assert_eq!((&name["value"], &name["run"]), (&json!("Ada Lovelace"), &json!(second)));
    assert_eq!(
        (&name["steps"][0]["path"], &name["steps"][0]["value"]),
        (&json!("name"), &json!("Ada Lovelace"))
    );
    assert_eq!(
        (&name["mapping"], &name["mapping_revision"], &name["source_revision"]),
        (&json!("mp_users"), &json!(1), &json!(1))
    );
    // What the second run wrote anew without changing it came from the first.
    let email = field("email");
    assert_eq!((&email["run"], &email["source_revision"]), (&json!(first), &json!(0)));
    // The last step of each way is the value itself.
    for field in item["fields"].as_array().unwrap() {
        let steps = field["steps"].as_array().unwrap();
        if field["defaulted"] == false && !field["value"].is_null() {
            assert_eq!(steps.last().unwrap()["value"], field["value"], "{field}");
        }
    }
    let back = api.get(&format!("/api/v1/records/{SITE}/users/1/lineage?path=email")).await;
    let fed: Vec<&Value> =
        back["items"][0]["fields"].as_array().unwrap().iter().map(|f| &f["target"]).collect();
    assert_eq!(fed, ["email"]);
    let own = api.get(&format!("/api/v1/portal/users/{id}/lineage")).await;
    assert_eq!(&own, item);
    assert_eq!(api.missing(&format!("/api/v1/records/{SITE}/users/9/lineage")).await["code"], "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_of_the_source_tells_what_it_feeds() {
    let stage = Stage::new().await;
    stage.mapping("mp_posts", "posts").await;
    let api = Api::of(&stage);
    let shown = *stage.store.end().borrow();
    let feeds = |query: &'static str| {
        let path = format!("/api/v1/mappings/mp_posts/feeds?min_position={shown}{query}");
        let api = &api;
        async move { api.get(&path).await["items"].clone() }
    };
    let title = feeds("&path=title").await;
    assert!(title.as_array().unwrap().iter().any(|feed| feed["target"] == "title"), "{title}");
    assert!(title.as_array().unwrap().iter().all(|feed| feed["path"].as_str().unwrap().starts_with("title")));
    assert!(feeds("").await.as_array().unwrap().len() > title.as_array().unwrap().len());
    assert_eq!(feeds("&path=no.such").await, json!([]));
    assert_eq!(api.missing("/api/v1/mappings/mp_posts/feeds?revision=9").await["code"], "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lineage_of_a_reference_and_of_a_mapping_that_changed() {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    stage.mapping("mp_posts", "posts").await;
    stage.put("users", 1, user(1));
    stage.put("posts", 10, post(10, 1));
    let chains = [("users", "mp_users", "user"), ("posts", "mp_posts", "post")];
    stage.publish(SCENARIO, &graph(&chains)).await;
    let api = Api::of(&stage);
    api.run(&stage, SCENARIO).await;
    let path = format!("/api/v1/records/{SITE}/posts/10/lineage");
    let field = |item: &Value, name: &str| {
        item["items"][0]["fields"].as_array().unwrap().iter().find(|f| f["target"] == name).unwrap().clone()
    };
    let before = api.get(&path).await;
    let author = field(&before, "author");
    assert_eq!((&author["steps"][0]["path"], &author["steps"][0]["value"]), (&json!("author"), &json!(1)));
    assert!(author["value"].as_str().unwrap().starts_with("po_"), "{author}");

    let ready = domain::mapping::READY_MADE.iter().find(|ready| ready.resource == "posts").unwrap();
    let mut definition: Value = serde_json::from_str(ready.json).unwrap();
    let fields = definition["fields"].as_array_mut().unwrap();
    fields.retain(|field| field["to"] != "title");
    fields.push(json!({"to": "title", "from": {"path": "slug"}, "convert": [{"kind": "upper-case"}]}));
    let revise = MappingCommand::Revise { expected: None, definition };
    stage.command::<Mappings>("mp_posts", revise).await;
    let mut second = graph(&chains);
    for node in second["nodes"].as_array_mut().unwrap() {
        if node["mapping"]["id"] == "mp_posts" {
            node["mapping"]["revision"] = 2.into();
        }
    }
    stage.publish(SCENARIO, &second).await;
    api.run(&stage, SCENARIO).await;
    let after = api.get(&path).await;
    let title = field(&after, "title");
    assert_eq!((&title["value"], &title["mapping_revision"]), (&json!("POST-10"), &json!(2)));
    assert_eq!(title["steps"][0]["path"], "slug");
    assert_eq!(title["steps"][1], json!({"conversion": "upper-case", "value": "POST-10"}));
    assert_eq!(field(&after, "slug")["mapping_revision"], 1, "the new mapping left it as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_at_any_position_is_what_reading_it_through_would_give() {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    stage.publish(SCENARIO, &users(1)).await;
    let api = Api::of(&stage);
    for round in 0..9 {
        let mut changed = user(1);
        changed["name"] = format!("Name {round}").into();
        stage.put("users", 1, changed);
        stage.put("users", 2 + round, user(2 + round));
        api.run(&stage, SCENARIO).await;
    }
    let end = *stage.store.end().borrow();
    let portal = stage.portal().await.into_iter().find(|p| p.external.ends_with(".users.1")).unwrap();
    for name in [format!("record-{SITE}.users.1"), format!("portal-{}", portal.id), "record-none".to_owned()]
    {
        let stream = engine::StreamName::from_stored(name);
        let all = stage.store.read_stream(&stream, 0, 100).await.unwrap();
        for position in 0..=end + 1 {
            let found = engine::as_of::event(&*stage.store, &stream, position).await.unwrap();
            assert_eq!(
                found.as_ref(),
                all.iter().rfind(|event| event.position <= position),
                "{stream} at {position}"
            );
        }
    }
    let log = stage.store.read_all(0, &engine::ports::Filter::all(), 10_000).await.unwrap().events;
    for event in &log {
        let found = engine::as_of::position_at(&*stage.store, event.recorded_at).await.unwrap();
        assert_eq!(log[usize::try_from(found).unwrap() - 1].recorded_at, event.recorded_at);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_and_a_scenario_are_shown_as_they_were() {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    stage.publish(SCENARIO, &users(1)).await;
    let api = Api::of(&stage);
    let then = *stage.store.end().borrow();
    let rename = ConnectionCommand::Rename { name: "The shop".into() };
    stage.command::<Connections>(SITE, rename).await;
    stage.publish(SCENARIO, &graph(&[("posts", "mp_users", "post")])).await;
    let now = stage.command::<Connections>(SITE, ConnectionCommand::Pause { reason: "moving".into() }).await;

    let (connection, scenario) =
        (format!("/api/v1/connections/{SITE}"), format!("/api/v1/scenarios/{SCENARIO}"));
    let newest = api.get(&format!("{connection}?min_position={now}")).await;
    assert_eq!((&newest["name"], &newest["phase"]), (&json!("The shop"), &json!("paused")));
    let mut at_now = api.get(&format!("{connection}?at={now}")).await;
    assert_eq!(at_now.as_object_mut().unwrap().remove("as_of"), Some(json!(now)));
    assert_eq!(at_now, newest, "the fold is the view's own");
    let old = api.get(&format!("{connection}?at={then}")).await;
    assert_eq!((&old["name"], &old["phase"], &old["as_of"]), (&json!(SITE), &json!("live"), &json!(then)));
    assert_eq!(old["history"].as_array().unwrap().len() + 2, newest["history"].as_array().unwrap().len());

    let old = api.get(&format!("{scenario}?at={then}")).await;
    assert_eq!((&old["version"], &old["version_graph"]), (&json!(1), &users(1)));
    let newest = api.get(&format!("{scenario}?min_position={now}")).await;
    assert_eq!((&newest["version"], &newest["as_of"]), (&json!(2), &Value::Null));

    // Before it was there, and after it was deleted.
    for path in [&connection, &scenario] {
        assert_eq!(api.missing(&format!("{path}?at=0")).await["code"], "NOT_FOUND");
        assert_eq!(api.missing(&format!("{path}?at=soon")).await["code"], "INVALID_MOMENT");
    }
    let gone = stage.command::<Scenarios>(SCENARIO, ScenarioCommand::Delete).await;
    assert_eq!(api.missing(&format!("{scenario}?min_position={gone}")).await["code"], "NOT_FOUND");
    assert_eq!(api.get(&format!("{scenario}?at={now}")).await["version"], 2);
    assert_eq!(api.missing(&format!("{scenario}?at={gone}")).await["code"], "NOT_FOUND");
}
