//! Undo: what a run wrote is taken back, and what was changed since stays.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::portal::{PortalEvent, PortalWritten, Write};
use domain::run::Counts;
use domain::views::{PORTAL, PortalView, RunPhaseView};
use engine::ports::{EventStore, Expected, Filter, StreamAppend};
use engine::{Meta, NewEvent, StreamName};
use serde_json::{Value, json};

use super::api::Api;
use super::retry::{SCENARIO, users};
use super::stage::{Stage, user};

async fn started(count: u64) -> (Stage, Api, String) {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    for id in 1..=count {
        stage.put("users", id, user(id));
    }
    stage.publish(SCENARIO, &users(1)).await;
    let api = Api::of(&stage);
    let run = api.run(&stage, SCENARIO).await;
    (stage, api, run)
}

async fn undo(stage: &Stage, api: &Api, run: &str, mode: &str) -> String {
    let body = json!({ "mode": mode });
    let undo = api.post(&format!("/api/v1/runs/{run}/undo"), body, 202).await;
    let undo = undo["run"].as_str().unwrap().to_owned();
    stage.over(&undo).await;
    undo
}

/// What people see: the fields of every record that is there.
async fn there(stage: &Stage) -> BTreeMap<String, Value> {
    let seen = |view: PortalView| (view.id, json!([view.fields, view.references, view.mapping.revision]));
    stage.portal().await.into_iter().filter(|view| !view.removed).map(seen).collect()
}

fn renamed(id: u64) -> Value {
    let mut changed = user(id);
    changed["name"] = format!("Renamed {id}").into();
    changed
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undone_import_leaves_what_was_there_before() {
    let (stage, api, _) = started(20).await;
    let original = there(&stage).await;
    for id in 1..=5 {
        stage.put("users", id, renamed(id));
    }
    for id in 21..=24 {
        stage.put("users", id, user(id));
    }
    let second = api.run(&stage, SCENARIO).await;
    let changed = there(&stage).await;
    assert_ne!(changed, original);

    let end = *stage.store.end().borrow();
    let preview = undo(&stage, &api, &second, "preview").await;
    let shown = stage.run(&preview).await.unwrap();
    assert_eq!(shown.counts, Counts { read: 9, updated: 5, removed: 4, ..Counts::default() });
    let changes = api.get(&format!("/api/v1/runs/{preview}/changes")).await;
    assert_eq!(changes["fields"], json!([{"field": "name", "count": 5}]));
    let written = stage.store.read_all(end, &Filter::categories(["portal"]), 10).await.unwrap();
    assert!(written.events.is_empty(), "a preview writes nothing");

    let undone = undo(&stage, &api, &second, "apply").await;
    let done = stage.run(&undone).await.unwrap();
    assert_eq!((done.phase, &done.counts), (RunPhaseView::Succeeded, &shown.counts));
    assert_eq!(there(&stage).await, original, "as if the second import had never been");
    let show = api.get(&format!("/api/v1/runs/{undone}")).await;
    assert_eq!((&show["kind"], &show["undo_of"]), (&json!("undo"), &json!(second)));
    assert_eq!(api.get("/api/v1/portal/users?limit=100").await["items"].as_array().unwrap().len(), 20);

    // Doing it twice does nothing; undoing the undo brings everything back.
    let again = undo(&stage, &api, &second, "apply").await;
    assert_eq!(stage.run(&again).await.unwrap().counts.changes(), 0);
    undo(&stage, &api, &undone, "apply").await;
    assert_eq!(there(&stage).await, changed);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_after_an_undo_writes_what_the_source_has() {
    let (stage, api, first) = started(10).await;
    let before = there(&stage).await;
    undo(&stage, &api, &first, "apply").await;
    assert!(there(&stage).await.is_empty());
    let again = api.run(&stage, SCENARIO).await;
    assert_eq!(stage.run(&again).await.unwrap().counts.created, 10);
    assert_eq!(there(&stage).await, before);
}

/// Somebody else writes a field of a record.
async fn edit(stage: &Stage, portal: &PortalView, field: &str, value: &str) {
    let stream = StreamName::new("portal", &portal.id);
    let mut fields = portal.fields.clone().unwrap();
    fields.insert(field.to_owned(), value.into());
    let subject = portal.external.clone();
    let key = stage
        .parts
        .vault
        .subject_keys(std::slice::from_ref(&subject), true)
        .await
        .unwrap()
        .pop()
        .flatten()
        .unwrap();
    let body = engine::seal::seal(
        &serde_json::to_vec(&fields).unwrap(),
        stream.as_str(),
        &subject,
        &key,
        &stage.parts.ids.random(24).try_into().unwrap(),
    );
    let event = PortalEvent::Written(PortalWritten {
        write: Write::Updated,
        entity: portal.entity.clone(),
        external: portal.external.clone(),
        digest: format!("edited {field}"),
        source_version: None,
        source_revision: None,
        restores: None,
        mapping: portal.mapping.clone(),
        references: BTreeMap::new(),
        pending: BTreeMap::new(),
    });
    let event =
        NewEvent::of(&event, stage.parts.ids.event_id(), Meta::by("test").of("rn_other")).with_body(body);
    let append = StreamAppend { stream, expected: Expected::Exact(portal.revision), events: vec![event] };
    let position = stage.executor.append(vec![append]).await.unwrap().position;
    stage.settle(&PORTAL, position).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_since_stays_and_is_named() {
    let (stage, api, first) = started(3).await;
    stage.put("users", 1, renamed(1));
    let mut twice = renamed(2);
    twice["nickname"] = "two".into();
    twice["first_name"] = "Two".into();
    stage.put("users", 2, twice);
    let second = api.run(&stage, SCENARIO).await;
    let find = |all: &[PortalView], id: &str| all.iter().find(|v| v.external.ends_with(id)).unwrap().clone();
    let all = stage.portal().await;
    edit(&stage, &find(&all, ".users.1"), "name", "By hand").await;
    edit(&stage, &find(&all, ".users.2"), "name", "By hand too").await;

    let undone = undo(&stage, &api, &second, "apply").await;
    let run = stage.run(&undone).await.unwrap();
    assert_eq!(run.counts, Counts { read: 2, updated: 1, skipped: 1, ..Counts::default() });
    let after = stage.portal().await;
    let one = find(&after, ".users.1").fields.unwrap();
    let two = find(&after, ".users.2").fields.unwrap();
    assert_eq!((&one["name"], &two["name"]), (&json!("By hand"), &json!("By hand too")));
    assert_eq!(two["first_name"], "U", "the other field is back: {two:?}");
    let items = api.get(&format!("/api/v1/runs/{undone}/items?outcome=skipped")).await;
    let note = &items["items"][0]["notes"][0];
    assert_eq!((&note["code"], &note["field"]), (&json!("CHANGED_SINCE"), &json!("name")));
    assert!(note["message"].as_str().unwrap().contains("rn_other"), "{note}");

    // Created records that somebody edited are not removed either.
    let undone = undo(&stage, &api, &first, "apply").await;
    let counts = stage.run(&undone).await.unwrap().counts;
    assert_eq!((counts.removed, counts.skipped), (1, 2), "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_153_an_undo_goes_on_after_a_crash_without_doubles() {
    let (mut stage, api, run) = started(600).await;
    let body = json!({"mode": "apply"});
    let undo = api.post(&format!("/api/v1/runs/{run}/undo"), body, 202).await["run"].clone();
    let undo = undo.as_str().unwrap();
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        stage.kill();
        stage.start();
        let waits = stage.run(undo).await.is_some_and(|run| run.phase == RunPhaseView::AwaitingApproval);
        if waits {
            api.post(&format!("/api/v1/runs/{undo}/approve"), json!({}), 200).await;
        }
    }
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    while stage.run(undo).await.is_none_or(|run| run.phase == RunPhaseView::Running)
        && tokio::time::Instant::now() < deadline
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    if stage.run(undo).await.unwrap().phase == RunPhaseView::AwaitingApproval {
        api.post(&format!("/api/v1/runs/{undo}/approve"), json!({}), 200).await;
    }
    let done = stage.over(undo).await;
    assert_eq!(done.counts, Counts { read: 600, removed: 600, ..Counts::default() });
    assert!(stage.portal().await.iter().all(|record| record.removed && record.revision == 1), "once each");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_undone_is_refused_in_words() {
    let (stage, api, run) = started(3).await;
    let preview = undo(&stage, &api, &run, "preview").await;
    let path = |run: &str| format!("/api/v1/runs/{run}/undo");
    api.refused(&path(&preview), json!({"mode": "apply"}), "DRY_RUN").await;
    api.refused(&path("rn_none"), json!({"mode": "apply"}), "NOT_FOUND").await;
    api.refused(&path(&run), json!({}), "INVALID_BODY").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_was_put_back_comes_from_where_it_first_came_from() {
    let (stage, api, first) = started(1).await;
    stage.put("users", 1, renamed(1));
    let second = api.run(&stage, SCENARIO).await;
    undo(&stage, &api, &second, "apply").await;
    let id = stage.portal().await.pop().unwrap().id;
    let lineage = api.get(&format!("/api/v1/portal/users/{id}/lineage")).await;
    let name = lineage["fields"].as_array().unwrap().iter().find(|field| field["target"] == "name").unwrap();
    assert_eq!((&name["value"], &name["run"]), (&json!("User 1"), &json!(first)));
    assert_eq!((&name["source_revision"], &name["steps"][0]["value"]), (&json!(0), &json!("User 1")));
    let history = api.get(&format!("/api/v1/portal/users/{id}/history")).await;
    assert_eq!(history["items"][0]["changed"], json!(["name"]));
}
