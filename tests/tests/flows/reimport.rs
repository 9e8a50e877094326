//! Re-import from what was recorded: the source is not asked, and need not exist any more.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::connection::{ConnectionCommand, Connections};
use domain::mappings::{MappingCommand, Mappings};
use domain::run::Counts;
use domain::views::{CONNECTIONS, RunPhaseView};
use engine::ports::{EventStore, Filter};
use serde_json::{Value, json};
use wordpress_model::{SAMPLE_LOGIN, SAMPLE_PASSWORD, Site};

use super::api::Api;
use super::retry::{SCENARIO, users};
use super::stage::{SITE, Stage, graph, user};

/// Saves a revision of the users' mapping that makes names upper-case and adds a bio.
async fn shout(stage: &Stage) {
    let ready = domain::mapping::READY_MADE.iter().find(|ready| ready.resource == "users").unwrap();
    let mut definition: Value = serde_json::from_str(ready.json).unwrap();
    for field in definition["fields"].as_array_mut().unwrap() {
        if field["to"] == "name" {
            field["convert"] = json!([{"kind": "upper-case"}]);
        }
    }
    let revise = MappingCommand::Revise { expected: None, definition };
    stage.command::<Mappings>("mp_users", revise).await;
}

async fn imported(count: u64) -> (Stage, Api) {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    for id in 1..=count {
        stage.put("users", id, user(id));
    }
    stage.publish(SCENARIO, &users(1)).await;
    let api = Api::of(&stage);
    api.run(&stage, SCENARIO).await;
    shout(&stage).await;
    (stage, api)
}

const PATH: &str = "/api/v1/scenarios/sc_users/reimports";

async fn start(api: &Api, body: Value) -> String {
    api.post(PATH, body, 202).await["run"].as_str().unwrap().to_owned()
}

/// Every item of a run with its outcome.
async fn outcomes(api: &Api, run: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let page = api.get(&format!("/api/v1/runs/{run}/items?limit=500{cursor}")).await;
        for item in page["items"].as_array().unwrap() {
            let key = format!("{}.{}", item["resource"].as_str().unwrap(), item["record"].as_str().unwrap());
            let before = found.insert(key, item["outcome"].as_str().unwrap().to_owned());
            assert!(before.is_none(), "twice: {item}");
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

async fn waiting(stage: &Stage, run: &str) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    while stage.run(run).await.is_none_or(|view| view.phase != RunPhaseView::AwaitingApproval) {
        assert!(tokio::time::Instant::now() < deadline, "{:?}", stage.run(run).await);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_mapping_reaches_what_was_imported_although_the_site_is_gone() {
    let site = Site::sample().serve("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let stage = Stage::at(&site.url, SAMPLE_LOGIN, SAMPLE_PASSWORD).await;
    stage.mapping("mp_users", "users").await;
    stage.mapping("mp_posts", "posts").await;
    let chains = [("users", "mp_users", "user"), ("posts", "mp_posts", "post")];
    stage.publish(SCENARIO, &graph(&chains)).await;
    let api = Api::of(&stage);
    api.run(&stage, SCENARIO).await;
    let before = stage.portal().await;
    drop(site);
    let position = stage.command::<Connections>(SITE, ConnectionCommand::Delete).await;
    stage.settle(&CONNECTIONS, position).await;
    shout(&stage).await;

    let end = *stage.store.end().borrow();
    let preview = start(&api, json!({"mode": "preview", "mapping": {"id": "mp_users"}})).await;
    let shown = stage.over(&preview).await;
    assert_eq!((shown.phase, shown.counts.updated), (RunPhaseView::Succeeded, 24), "{shown:?}");
    let changes = api.get(&format!("/api/v1/runs/{preview}/changes")).await;
    assert_eq!(changes["fields"], json!([{"field": "name", "count": 24}]), "{changes}");
    assert_eq!((&changes["cost"]["source_calls"], &changes["preview"]), (&json!(0), &json!(true)));
    let written = stage.store.read_all(end, &Filter::categories(["record", "portal"]), 10).await.unwrap();
    assert!(written.events.is_empty(), "a preview writes nothing: {:?}", written.events);

    let apply = start(&api, json!({"mode": "apply", "preview": preview})).await;
    let done = stage.over(&apply).await;
    assert_eq!(done.counts, shown.counts, "a preview is what then happens");
    assert_eq!(outcomes(&api, &apply).await, outcomes(&api, &preview).await, "to the item");
    assert_eq!(api.get(&format!("/api/v1/runs/{apply}")).await["preview"], json!(preview));
    let after = stage.portal().await;
    for (old, new) in before.iter().zip(&after) {
        let (old_fields, new_fields) = (old.fields.as_ref().unwrap(), new.fields.as_ref().unwrap());
        for (field, value) in old_fields {
            if old.entity == "user" && field == "name" {
                assert_eq!(new_fields[field], value.as_str().unwrap().to_uppercase());
            } else {
                assert_eq!(&new_fields[field], value, "{field} of {}", old.id);
            }
        }
        assert_eq!(
            old.revision + u64::from(old.entity == "user"),
            new.revision,
            "only differences are written"
        );
    }
    let again = start(&api, json!({"mode": "apply", "mapping": {"id": "mp_users"}})).await;
    let again = stage.over(&again).await;
    assert_eq!((again.counts.changes(), again.counts.unchanged), (0, shown.counts.read));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_change_set_waits_for_approval_and_can_be_cancelled() {
    let (stage, api) = imported(700).await;
    let read = *stage.source.pages_read.lock().unwrap();
    let body = || json!({"mode": "apply", "mapping": {"id": "mp_users", "revision": 2}});
    let run = start(&api, body()).await;
    waiting(&stage, &run).await;
    let changes = api.get(&format!("/api/v1/runs/{run}/changes")).await;
    assert_eq!((&changes["intended"]["updated"], &changes["counts"]["updated"]), (&json!(700), &json!(0)));
    let limit = &changes["unapproved"];
    assert_eq!((&limit["changes"], &limit["share"]), (&json!(50), &json!(0.02)));
    let overview = api.get("/api/v1/overview").await;
    let attention = &overview["attention"][0];
    assert_eq!((&attention["kind"], &attention["object"]["id"]), (&json!("approval-awaited"), &json!(run)));
    assert_eq!(attention["detail"], "Of 700 records it would update 700.");
    let listed = api.get("/api/v1/runs?phase=awaiting-approval").await;
    assert_eq!((&listed["total"], &listed["items"][0]["id"]), (&json!(1), &json!(run)));
    let cancelled = start(&api, body()).await;
    waiting(&stage, &cancelled).await;
    api.post(&format!("/api/v1/runs/{cancelled}/cancel"), json!({}), 200).await;
    assert_eq!(stage.over(&cancelled).await.phase, RunPhaseView::Cancelled);
    assert!(stage.portal().await.iter().all(|record| record.revision == 0), "nothing was written yet");

    api.post(&format!("/api/v1/runs/{run}/approve"), json!({}), 200).await;
    let done = stage.over(&run).await;
    assert_eq!(done.counts, Counts { read: 700, updated: 700, ..Counts::default() });
    assert_eq!(*stage.source.pages_read.lock().unwrap(), read, "the source was asked");
    api.refused(&format!("/api/v1/runs/{run}/approve"), json!({}), "ALREADY_FINISHED").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_waiting_run_would_do_can_be_looked_at_item_by_item() {
    let (stage, api) = imported(120).await;
    let run = start(&api, json!({"mode": "apply", "mapping": {"id": "mp_users"}})).await;
    waiting(&stage, &run).await;
    let path = format!("/api/v1/runs/{run}/preview");
    let preview = api.post(&path, json!({}), 202).await["run"].as_str().unwrap().to_owned();
    let shown = stage.over(&preview).await;
    assert_eq!(Some(shown.counts), stage.run(&run).await.unwrap().intended, "what it asked approval for");
    assert!(stage.portal().await.iter().all(|record| record.revision == 0), "nothing was written");
    api.refused(&format!("/api/v1/runs/{preview}/preview"), json!({}), "NOT_WAITING").await;
    api.post(&format!("/api/v1/runs/{run}/approve"), json!({}), 200).await;
    stage.over(&run).await;
    assert_eq!(outcomes(&api, &run).await, outcomes(&api, &preview).await, "to the item");
    api.refused(&path, json!({}), "NOT_WAITING").await;
    api.refused("/api/v1/runs/rn_none/preview", json!({}), "NOT_FOUND").await;
    api.refused(&path, json!({"mode": "apply"}), "INVALID_BODY").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_153_a_reimport_goes_on_after_a_crash_without_doubles() {
    let (mut stage, api) = imported(1_600).await;
    let run = start(&api, json!({"mode": "apply", "mapping": {"id": "mp_users"}})).await;
    for kills in 0..8 {
        tokio::time::sleep(Duration::from_millis(15)).await;
        stage.kill();
        stage.start();
        if kills == 3 {
            waiting(&stage, &run).await;
            api.post(&format!("/api/v1/runs/{run}/approve"), json!({}), 200).await;
        }
    }
    let done = stage.over(&run).await;
    assert_eq!(done.counts, Counts { read: 1_600, updated: 1_600, ..Counts::default() }, "{done:?}");
    assert!(stage.portal().await.iter().all(|record| record.revision == 1), "once each");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_after_the_preview_is_left_alone() {
    let (stage, api) = imported(20).await;
    let preview = start(&api, json!({"mode": "preview", "mapping": {"id": "mp_users"}})).await;
    stage.over(&preview).await;
    let mut changed = user(7);
    changed["name"] = "Grace".into();
    stage.put("users", 7, changed);
    stage.put("users", 21, user(21));
    api.run(&stage, SCENARIO).await;
    let apply = start(&api, json!({"mode": "apply", "preview": preview})).await;
    let done = stage.over(&apply).await;
    assert_eq!(done.counts, Counts { read: 20, updated: 19, skipped: 1, ..Counts::default() });
    let reasons = api.get(&format!("/api/v1/runs/{apply}/changes")).await["reasons"].clone();
    assert_eq!((&reasons[0]["code"], &reasons[0]["count"]), (&json!("CHANGED_SINCE"), &json!(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_come_with_their_reasons_and_a_filter_narrows() {
    let (stage, api) = imported(30).await;
    let ready = domain::mapping::READY_MADE.iter().find(|ready| ready.resource == "users").unwrap();
    let mut definition: Value = serde_json::from_str(ready.json).unwrap();
    for field in definition["fields"].as_array_mut().unwrap() {
        if field["to"] == "email" {
            field["from"] = json!({"path": "slug"});
        }
    }
    let revise = MappingCommand::Revise { expected: None, definition };
    stage.command::<Mappings>("mp_users", revise).await;
    let preview = start(&api, json!({"mode": "preview", "mapping": {"id": "mp_users"}})).await;
    assert_eq!(stage.over(&preview).await.counts.failed, 30);
    let changes = api.get(&format!("/api/v1/runs/{preview}/changes")).await;
    assert_eq!(
        (&changes["reasons"][0]["count"], &changes["reasons"][0]["field"]),
        (&json!(30), &json!("email"))
    );
    let ids = json!({"mode": "preview", "mapping": {"id": "mp_users", "revision": 2}, "filter": {"ids": ["3", "5", "99"]}});
    let few = start(&api, ids).await;
    assert_eq!(stage.over(&few).await.counts, Counts { read: 2, updated: 2, ..Counts::default() });

    api.refused(PATH, json!({}), "INVALID_BODY").await;
    api.refused(PATH, json!({"mode": "preview", "version": 9}), "NOT_FOUND").await;
    api.refused(PATH, json!({"mode": "preview", "mapping": {"id": "mp_none"}}), "NOT_FOUND").await;
    api.refused(PATH, json!({"mode": "apply", "draft": true}), "DRAFT_IS_DRY").await;
    api.refused(PATH, json!({"mode": "apply", "preview": few, "version": 1}), "NOT_A_PREVIEW").await;
    api.refused(PATH, json!({"mode": "preview", "filter": {"resource": "posts"}}), "UNKNOWN_RESOURCE").await;
    api.refused(&format!("/api/v1/runs/{few}/retry"), json!({}), "DRY_RUN").await;
}
