//! Records that fail at a step and go on along its failure branch: caught, and still told as failed.

use acceptance::receiver::Receiver;
use domain::views::{FAILURES, RunPhaseView};
use engine::ports::EventStore;
use serde_json::{Value, json};

use super::api::Api;
use super::stage::{Stage, graph, user};

const SCENARIO: &str = "sc_users";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Users go to a Portal far away; `from` is the step whose failures go to the one in this server.
fn caught(from: &str) -> Value {
    let text = graph(&[("users", "mp_users", "user")]).to_string().replace("cn_portal", "cn_remote");
    let mut graph: Value = serde_json::from_str(&text).unwrap();
    let mapping = json!({"id": "mp_users", "revision": 1});
    let nodes = graph["nodes"].as_array_mut().unwrap();
    nodes.push(json!({"id": "c2", "name": "Known", "kind": "filter", "condition": "record.id < 100"}));
    nodes.push(json!({"id": "m2", "name": "Map", "kind": "map", "mapping": mapping}));
    nodes.push(
        json!({"id": "w2", "name": "Here", "kind": "write", "connection": "cn_portal", "entity": "user"}),
    );
    let edges = graph["edges"].as_array_mut().unwrap();
    edges.push(json!({"from": from, "to": "c2", "branch": "failure"}));
    edges.push(json!({"from": "c2", "to": "m2", "branch": "matches"}));
    edges.push(json!({"from": "m2", "to": "w2"}));
    graph
}

/// Three users, the second of which the Portal far away refuses.
async fn stage(from: &str) -> (Stage, Receiver, Api) {
    let stage = Stage::new().await;
    let receiver = Receiver::start(SECRET, stage.parts.clock.now()).await;
    stage.connect_portal("cn_remote", &receiver.url, SECRET).await;
    stage.mapping("mp_users", "users").await;
    for id in 1..=3 {
        stage.put("users", id, user(id));
    }
    let mut refused = user(2);
    refused["name"] = "Refused by Portal".into();
    stage.put("users", 2, refused);
    stage.publish(SCENARIO, &caught(from)).await;
    let api = Api::of(&stage);
    (stage, receiver, api)
}

/// Codes of an item's notes, in order.
fn codes(item: &Value) -> Vec<&str> {
    item["notes"].as_array().unwrap().iter().map(|note| note["code"].as_str().unwrap()).collect()
}

/// The items of one record: its way to the Portal far away, and the other one.
async fn ways(api: &Api, run: &str, record: &str) -> Vec<Value> {
    let items = api.get(&format!("/api/v1/runs/{run}/items")).await["items"].clone();
    let Value::Array(mut items) = items else { panic!("{items}") };
    items.retain(|item| item["record"].as_str().unwrap().ends_with(record));
    items
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_destination_refuses_goes_on_and_still_counts_as_failed() {
    let (stage, portal, api) = stage("w-users").await;
    let run = api.run(&stage, SCENARIO).await;
    let over = stage.over(&run).await;
    assert_eq!((over.counts.read, over.counts.created, over.counts.failed), (3, 3, 1), "{over:?}");
    assert_ne!(over.phase, RunPhaseView::Succeeded);
    assert_eq!((portal.creations().len(), stage.portal().await.len()), (2, 1));

    let ways = ways(&api, &run, "2").await;
    let of = |outcome: &str| ways.iter().find(|item| item["outcome"] == outcome).unwrap();
    assert_eq!(ways.len(), 2, "{ways:?}");
    assert!(!codes(of("failed")).contains(&"CAUGHT"));
    assert_eq!(codes(of("created")), ["CAUGHT"]);
    assert_eq!(of("created")["notes"][0]["step"], "w-users", "the step at which it failed");

    stage.settle(&FAILURES, *stage.store.end().borrow()).await;
    let failures = api.get("/api/v1/failures").await;
    assert_eq!((&failures["total"], &failures["items"][0]["count"]), (&json!(1), &json!(1)), "{failures}");

    // The next run tries the right way again, and does not write again what the other one has.
    let run = api.run(&stage, SCENARIO).await;
    let again = stage.over(&run).await.counts;
    assert_eq!((again.created, again.updated, again.unchanged, again.failed), (0, 0, 3, 1), "{again:?}");

    stage.put("users", 2, user(2));
    let run = api.run(&stage, SCENARIO).await;
    assert_eq!(stage.over(&run).await.phase, RunPhaseView::Succeeded);
    assert_eq!(portal.creations().len(), 3);
    stage.settle(&FAILURES, *stage.store.end().borrow()).await;
    assert_eq!(api.get("/api/v1/failures?state=open").await["total"], 0);

    // Who never failed is not missed where only failures go.
    let run = api.run(&stage, SCENARIO).await;
    let well = stage.over(&run).await;
    assert_eq!((well.phase, well.counts.unchanged), (RunPhaseView::Succeeded, 3), "{well:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_of_what_failed_takes_the_right_way_first() {
    let (stage, portal, api) = stage("w-users").await;
    let run = api.run(&stage, SCENARIO).await;
    assert_eq!(stage.over(&run).await.counts.failed, 1);
    let retry = api.post(&format!("/api/v1/runs/{run}/retry"), json!({}), 202).await;
    let retried = stage.over(retry["run"].as_str().unwrap()).await;
    assert_eq!(
        (retried.counts.read, retried.counts.failed, retried.counts.unchanged),
        (1, 1, 1),
        "{retried:?}"
    );
    assert_eq!((portal.creations().len(), stage.portal().await.len()), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_mapping_rejects_goes_on_as_the_source_sent_it() {
    let (stage, portal, api) = stage("m-users").await;
    for id in [3, 200] {
        let mut broken = user(id);
        broken["email"] = "no address".into();
        stage.put("users", id, broken);
    }
    let run = api.run(&stage, SCENARIO).await;
    let over = stage.over(&run).await;
    // 1 arrives, 2 is refused where no branch leaves, 3 fails at both mappings, 200 at the first and is filtered.
    assert_eq!((over.counts.created, over.counts.failed, over.counts.skipped), (1, 4, 1), "{over:?}");
    assert_eq!((portal.creations().len(), stage.portal().await.len()), (1, 0));
    let both = ways(&api, &run, "3").await;
    assert!(both.iter().all(|item| item["outcome"] == "failed"), "{both:?}");
    let behind = both.iter().find(|item| codes(item).contains(&"CAUGHT")).unwrap();
    assert_eq!(behind["notes"].as_array().unwrap().last().unwrap()["step"], "m-users");
    let filtered = ways(&api, &run, "200").await;
    let filtered = filtered.iter().find(|item| item["outcome"] == "skipped").unwrap();
    assert_eq!(codes(filtered), ["FILTERED", "CAUGHT"]);

    // What fails is told with its reasons; that it was caught is none.
    stage.settle(&FAILURES, *stage.store.end().borrow()).await;
    let failures = api.get("/api/v1/failures").await.to_string();
    assert!(!failures.contains("CAUGHT"), "{failures}");
    let nodes = api.get(&format!("/api/v1/runs/{run}")).await["nodes"].clone();
    assert_eq!((&nodes["m-users"]["failed"], &nodes["m2"]["failed"]), (&json!(2), &json!(1)), "{nodes}");
    assert_eq!(nodes["c2"]["skipped"], 1, "{nodes}");
}
