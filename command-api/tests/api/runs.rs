//! Runs, their items and records, as they are looked at afterwards.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::ids::{ConnectionId, MappingId};
use domain::portal::MappingStamp;
use domain::run::{
    Attempts, Counts, ItemNote, ItemsSettled, Outcome, PageFacts, RunCommand, Runs, SettledItem, Target,
};
use engine::{Meta, seal};
use serde_json::{Value, json};

use crate::house::House;
use crate::mappings::record;

pub struct Ran {
    pub house: House,
    pub connection: String,
    pub run: String,
    pub position: u64,
}

fn settled(record: &str, outcome: Outcome, notes: Vec<ItemNote>) -> SettledItem {
    SettledItem {
        record: record.to_owned(),
        outcome,
        portal: None,
        target: 0,
        revision: Some(0),
        notes,
        attempts: Attempts::default(),
        changed: vec![],
    }
}

/// A run with two chunks: one created and two unchanged, then one failed.
pub async fn ran() -> Ran {
    let house = House::open().await;
    let connection = house.connection().await;
    let scenario = house.scenario(&connection).await;
    record(&house, &connection, "1", &json!({"id": 1, "email": "ada@example.org", "name": "Ada"})).await;
    record(&house, &connection, "22", &json!({"id": 22, "email": "?", "name": "Bob"})).await;
    let run = house.post(&format!("/api/v1/scenarios/{scenario}/runs"), json!({})).await.is(202).json["run"]
        .clone();
    let run = run.as_str().unwrap().to_owned();
    let version = house.get(&format!("/api/v1/scenarios/{scenario}/versions/1")).await.is(200);
    let nodes = version.json["graph"]["nodes"].as_array().unwrap().clone();
    let mapping = nodes.iter().find(|node| node["kind"] == "map").unwrap()["mapping"]["id"].clone();
    let mapping = MappingStamp { id: MappingId::parse(mapping.as_str().unwrap()).unwrap(), revision: 1 };
    let raw = Some(STANDARD.encode(seal::pack(b"\"?\"")));
    let note = ItemNote {
        step: "map-users".into(),
        code: "NOT_AN_EMAIL".into(),
        message: "no address".into(),
        field: Some("email".into()),
        remedy: None,
        raw,
    };
    let chunk = |items: Vec<SettledItem>, unchanged: Vec<String>, counts: Counts| ItemsSettled {
        node: "fetch-users".into(),
        page: Some(PageFacts { cursor: None, total: Some(4), hidden: 0, pages: 1 }),
        dry: false,
        source: ConnectionId::parse(&connection).unwrap(),
        resource: "users".into(),
        targets: vec![Target {
            node: "write-users".into(),
            to: ConnectionId::parse("cn_portal").unwrap(),
            mapping: mapping.clone(),
        }],
        again: 0,
        counts,
        items,
        unchanged,
    };
    let first = Counts { read: 3, created: 1, unchanged: 2, ..Counts::default() };
    let second = Counts { read: 1, failed: 1, ..Counts::default() };
    let chunks = [
        chunk(vec![settled("1", Outcome::Created, vec![])], vec!["3".into(), "4".into()], first),
        chunk(vec![settled("22", Outcome::Failed, vec![note])], vec![], second),
    ];
    let mut position = 0;
    for chunk in chunks {
        let command = RunCommand::Settle { chunk: Box::new(chunk), after: None };
        let executor = &house.context.executor;
        position = executor.execute::<Runs>(&run, command, Meta::by("test")).await.unwrap().position;
    }
    Ran { house, connection, run, position }
}

fn records(answer: &Value) -> Vec<&str> {
    answer["items"].as_array().unwrap().iter().map(|item| item["record"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_run_is_listed_with_its_items_whatever_became_of_them() {
    let Ran { house, run, position, .. } = ran().await;
    let listed = house.get(&format!("/api/v1/runs?phase=running&min_position={position}")).await.is(200);
    assert_eq!(listed.json["items"][0]["counts"]["failed"], 1);
    let nodes = &listed.json["items"][0]["nodes"];
    assert_eq!(nodes["fetch-users"]["read"], 4);
    assert_eq!(
        (&nodes["write-users"]["created"], &nodes["write-users"]["unchanged"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(nodes["map-users"]["failed"], 1);
    let path = format!("/api/v1/runs/{run}/items");
    let all = house.get(&path).await.is(200);
    assert_eq!(records(&all.json), ["1", "3", "4", "22"]);
    assert_eq!(all.json["total"], 4);
    let failed = house.get(&format!("{path}?outcome=failed")).await.is(200);
    assert_eq!(records(&failed.json), ["22"]);
    assert!(failed.json["items"][0]["notes"][0]["raw"].is_null());
    let unchanged = house.get(&format!("{path}?outcome=unchanged")).await.is(200);
    assert_eq!(records(&unchanged.json), ["3", "4"]);
    let mut seen = vec![];
    let mut cursor = String::new();
    loop {
        let page = house.get(&format!("{path}?limit=1{cursor}")).await.is(200);
        seen.extend(records(&page.json).into_iter().map(str::to_owned));
        match page.json["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["1", "3", "4", "22"]);
    house.get("/api/v1/runs/rn_none/items").await.refused(404, "NOT_FOUND");
    house.get("/api/v1/runs?phase=queued").await.refused(400, "INVALID_PARAMETER");
}

#[tokio::test]
async fn an_item_shows_what_went_in_and_what_the_pinned_mapping_made_of_it() {
    let Ran { house, run, position, .. } = ran().await;
    let path = format!("/api/v1/runs/{run}/items");
    let all = house.get(&format!("{path}?min_position={position}")).await.is(200);
    let id = |n: usize| all.json["items"][n]["id"].as_str().unwrap().to_owned();
    let created = house.get(&format!("{path}/{}", id(0))).await.is(200);
    assert_eq!(created.json["input"]["name"], "Ada");
    assert_eq!(created.json["mapped"]["fields"]["email"], "ada@example.org");
    assert_eq!(created.json["mapped"]["mapping"]["revision"], 1);
    let failed = house.get(&format!("{path}/{}", id(3))).await.is(200);
    assert_eq!(failed.json["notes"][0]["raw"], "\"?\"");
    assert_eq!(failed.json["mapped"]["rejects"][0]["code"], "NOT_AN_EMAIL");
    let unknown = house.get(&format!("{path}/{}", id(1))).await.is(200);
    assert!(unknown.json["input"].is_null());
    for place in ["0.0", "99.0", "1.99", "1", "a.b", "1.-1", "1.1.1", "99999999999999999999.1"] {
        house.get(&format!("{path}/{place}")).await.refused(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn an_erased_person_is_no_longer_shown() {
    let Ran { house, connection, run, position } = ran().await;
    let path = format!("/api/v1/records/{connection}/users/1");
    assert_eq!(house.get(&path).await.is(200).json["record"]["name"], "Ada");
    house.context.vault.destroy_subject(&format!("{connection}.users.1")).await.unwrap();
    let gone = house.get(&path).await.is(200);
    assert!(gone.json["record"].is_null() && !gone.text.contains("Ada"));
    let all = house.get(&format!("/api/v1/runs/{run}/items?min_position={position}")).await.is(200);
    let item = all.json["items"][0]["id"].as_str().unwrap().to_owned();
    let item = house.get(&format!("/api/v1/runs/{run}/items/{item}")).await.is(200);
    assert!(item.json["input"].is_null() && item.json["mapped"].is_null());
    let listed = house.get(&format!("/api/v1/records?connection={connection}&resource=users")).await.is(200);
    assert_eq!(listed.json["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_run_is_paused_resumed_and_cancelled() {
    let Ran { house, run, .. } = ran().await;
    let path = format!("/api/v1/runs/{run}");
    house.post(&format!("{path}/pause"), json!({})).await.is(200);
    house.post(&format!("{path}/resume"), json!({})).await.is(200);
    let done = house.post(&format!("{path}/cancel"), json!({"reason": "enough"})).await.is(200);
    let shown = house.get(&format!("{path}?min_position={}", done.position())).await.is(200);
    assert_eq!(shown.json["phase"], "cancelling");
    house.get(&format!("{path}/log")).await.is(200);
    house.post(&format!("{path}/cancel"), json!({"reason": "a\nb"})).await.refused(422, "INVALID_REASON");
    house.post("/api/v1/runs/rn_none/cancel", json!({})).await.refused(404, "NOT_FOUND");
}
