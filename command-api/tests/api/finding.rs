//! Filters of runs, searching Portal's records, and what the installation says of itself.

use chrono::TimeDelta;
use domain::ids::{ConnectionId, MappingId};
use domain::portal::{MappingStamp, PortalEvent, PortalWritten, Write};
use domain::run::{Counts, ItemsSettled, Outcome, RunCommand, Runs, SettledItem, Target};
use engine::ports::{Expected, StreamAppend};
use engine::{Meta, NewEvent, StreamName, seal};
use serde_json::{Value, json};

use crate::house::House;
use crate::runs::{Ran, ran};

#[tokio::test]
async fn runs_are_filtered_by_state_scenario_and_time() {
    let house = House::open().await;
    let connection = house.connection().await;
    let scenario = house.scenario(&connection).await;
    let mut last = 0;
    for _ in 0..4 {
        let started = house.post(&format!("/api/v1/scenarios/{scenario}/runs"), json!({})).await.is(202);
        last = started.position();
        house.clock.advance(TimeDelta::hours(1));
    }
    let times = async |filters: &str| -> Vec<String> {
        let listed = house.get(&format!("/api/v1/runs?min_position={last}&{filters}")).await.is(200);
        let of = |run: &Value| run["started_at"].as_str().unwrap()[11..13].to_owned();
        listed.json["items"].as_array().unwrap().iter().map(of).collect()
    };
    assert_eq!(times("status=running").await, ["15", "14", "13", "12"]);
    assert_eq!(times("status=failed").await, [""; 0]);
    assert_eq!(times("from=2026-06-01T13:00:00Z").await, ["15", "14", "13"]);
    assert_eq!(times("to=2026-06-01T14:00:00Z").await, ["13", "12"], "`to` itself is not in it");
    let both = format!("scenario={scenario}&from=2026-06-01T13:00:00Z&to=2026-06-01T15:00:00%2B00:00");
    assert_eq!(times(&both).await, ["14", "13"]);
    assert_eq!(times("from=2030-01-01T00:00:00Z").await, [""; 0]);
    let path = "/api/v1/runs?limit=1&from=2026-06-01T13:00:00Z&to=2026-06-01T15:00:00Z";
    let first = house.get(path).await.is(200);
    let cursor = first.json["next_cursor"].as_str().unwrap();
    let second = house.get(&format!("{path}&cursor={cursor}")).await.is(200);
    assert_eq!(second.json["items"][0]["started_at"], "2026-06-01T13:00:00Z");
    house.get(&format!("/api/v1/runs?limit=1&cursor={cursor}")).await.refused(400, "INVALID_CURSOR");
    for bad in ["from=yesterday", "to=2026-13-01T00:00:00Z", "status=queued", "status=failed&phase=x"] {
        house.get(&format!("/api/v1/runs?{bad}")).await.refused(400, "INVALID_PARAMETER");
    }
}

/// A Portal record that came from a source record.
async fn portal(ran: &Ran, portal: &str, record: &str, fields: Value) -> u64 {
    let Ran { house, connection, run, .. } = ran;
    let stamp = MappingStamp { id: MappingId::new("m"), revision: 1 };
    let source = ConnectionId::parse(connection).unwrap();
    let written = PortalWritten {
        restores: None,
        entity: "user".to_owned(),
        external: format!("{connection}.users.{record}"),
        write: Write::Created,
        digest: "d".to_owned(),
        references: std::collections::BTreeMap::new(),
        pending: std::collections::BTreeMap::new(),
        mapping: stamp.clone(),
        source_revision: None,
        source_version: None,
    };
    let event = NewEvent::of(&PortalEvent::Written(written), house.context.ids.event_id(), Meta::by("test"))
        .with_body(seal::pack(fields.to_string().as_bytes()));
    let stream = StreamName::new("portal", portal);
    let append = StreamAppend { stream, expected: Expected::NoStream, events: vec![event] };
    house.context.executor.append(vec![append]).await.unwrap();
    let item = SettledItem {
        changed: vec![],
        record: record.to_owned(),
        outcome: Outcome::Created,
        portal: Some(portal.to_owned()),
        target: 0,
        revision: Some(0),
        notes: vec![],
        attempts: domain::run::Attempts::default(),
    };
    let to = ConnectionId::parse("cn_portal").unwrap();
    let chunk = ItemsSettled {
        node: "fetch-users".to_owned(),
        page: None,
        dry: false,
        source,
        resource: "users".to_owned(),
        targets: vec![Target { node: "write-users".to_owned(), to, mapping: stamp }],
        again: 0,
        counts: Counts { created: 1, ..Counts::default() },
        items: vec![item],
        unchanged: vec![],
    };
    let command = RunCommand::Settle { chunk: Box::new(chunk), after: None };
    house.context.executor.execute::<Runs>(run, command, Meta::by("test")).await.unwrap().position
}

#[tokio::test]
async fn portal_records_are_found_by_what_people_know_them_by_and_by_their_source() {
    let ran = ran().await;
    portal(&ran, "po_a", "7", json!({"name": "Ada Lovelace", "email": "ada@example.org"})).await;
    let last = portal(&ran, "po_b", "8", json!({"name": "Bob 7", "email": "b@example.org"})).await;
    let Ran { house, connection, .. } = ran;
    let found = async |filters: &str| -> Vec<String> {
        let listed = house.get(&format!("/api/v1/portal?min_position={last}&{filters}")).await.is(200);
        let id = |record: &Value| record["id"].as_str().unwrap().to_owned();
        listed.json["items"].as_array().unwrap().iter().map(id).collect()
    };
    assert_eq!(found("").await, ["po_a", "po_b"]);
    assert_eq!(found("q=lovelace").await, ["po_a"]);
    assert_eq!(found("q=ADA%40example").await, ["po_a"]);
    assert_eq!(found("q=8").await, ["po_b"], "by its whole id in the source");
    assert_eq!(found("q=7").await, ["po_a", "po_b"], "the id first, then the name");
    assert_eq!(found("q=%25").await, [""; 0]);
    assert_eq!(found("kind=posts&q=ada").await, [""; 0]);
    assert_eq!(found("kind=users&source=cn_other").await, [""; 0]);
    assert_eq!(found(&format!("source={connection}")).await, ["po_a", "po_b"]);
    house.get("/api/v1/portal?kind=secrets").await.refused(404, "NOT_FOUND");
    house.get("/api/v1/portal?source=..%2f").await.refused(400, "INVALID_ID");
}

#[tokio::test]
async fn the_installation_says_what_it_is() {
    let house = House::open().await;
    let about = house.get("/api/v1/about").await.is(200);
    assert_eq!(about.json["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(about.headers["x-app-version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(about.json["store_position"], *house.context.executor.store.end().borrow());
    assert!(about.json["projection_lag"].is_u64());
    assert_eq!(about.json["licences"][0], json!({"name": "Portal Integrations", "licence": "Apache-2.0"}));
}
