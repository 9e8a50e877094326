//! Destinations of three kinds: one that keeps effect keys, one that can be asked, one that neither keeps nor tells.
//! Answers are lost and processes killed: nothing is written twice, and what nobody can tell waits for a person.

use std::sync::atomic::Ordering;
use std::time::Duration;

use acceptance::receiver::{Kind, Misbehaviour, Receiver};
use domain::views::RunPhaseView;
use serde_json::{Value, json};

use super::api::Api;
use super::stage::{SITE, Stage, graph, user};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SCENARIO: &str = "sc_users";

/// Users to write, and a receiver of a kind; `declared` is what the connection says it is.
async fn stage(users: u64, kind: Kind, declared: Kind) -> (Stage, Receiver, Api) {
    let stage = Stage::new().await;
    let receiver = Receiver::start(SECRET, stage.parts.clock.now()).await;
    receiver.be(kind);
    stage.connect_portal_as(declared.method(), "cn_remote", &receiver.url, SECRET).await;
    stage.mapping("mp_users", "users").await;
    // On one page: which pages are sent together is a matter of chance.
    stage.source.page.store(users, Ordering::Relaxed);
    for id in 1..=users {
        stage.put("users", id, user(id));
    }
    stage.publish(SCENARIO, &scenario()).await;
    let api = Api::of(&stage);
    (stage, receiver, api)
}

fn scenario() -> Value {
    let text = graph(&[("users", "mp_users", "user")]).to_string().replace("cn_portal", "cn_remote");
    serde_json::from_str(&text).unwrap()
}

async fn honest(users: u64, kind: Kind) -> (Stage, Receiver, Api) {
    stage(users, kind, kind).await
}

async fn items(api: &Api, run: &str, outcome: &str) -> Vec<Value> {
    let list = api.get(&format!("/api/v1/runs/{run}/items?outcome={outcome}&limit=500")).await;
    list["items"].as_array().unwrap().clone()
}

fn of_code(items: &[Value], code: &str) -> Vec<Value> {
    items.iter().filter(|item| item["notes"][0]["code"] == code).cloned().collect()
}

/// What was applied more than once.
fn doubles(portal: &Receiver) -> usize {
    portal.applied().values().filter(|times| **times > 1).count()
}

fn is_there(portal: &Receiver, item: &Value) -> bool {
    portal.fields(&format!("{SITE}.users.{}", item["record"].as_str().unwrap())).is_some()
}

async fn decide(stage: &Stage, api: &Api, run: &str, body: Value) -> String {
    let answer = api.post(&format!("/api/v1/runs/{run}/decide"), body, 202).await;
    let run = answer["run"].as_str().unwrap().to_owned();
    stage.over(&run).await;
    run
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_140_who_can_be_asked_is_asked_before_anything_is_sent_again() {
    let (stage, portal, api) = honest(30, Kind::Asked).await;
    portal.misbehave([Misbehaviour::FailHalfWay, Misbehaviour::Unavailable, Misbehaviour::FailAfterCommit]);
    let run = api.run(&stage, SCENARIO).await;
    let view = stage.run(&run).await.unwrap();
    assert_eq!((view.phase, view.counts.created), (RunPhaseView::Succeeded, 30), "{view:?}");
    assert!(portal.questions() > 0);
    assert_eq!((portal.applied().len(), doubles(&portal)), (30, 0));
    let again = api.run(&stage, SCENARIO).await;
    assert_eq!(stage.run(&again).await.unwrap().counts.unchanged, 30);
}

/// What waits for a person is counted apart from what a retry would send: of the run, of all runs, by failure, in all.
async fn told_apart(api: &Api, run: &str, unsent: usize) {
    let retry = format!("/api/v1/runs/{run}/retry");
    for path in [retry.as_str(), "/api/v1/retries"] {
        let counted = api.post(path, json!({"dry_run": true}), 200).await;
        assert_eq!(
            (&counted["count"], &counted["undecided"]),
            (&json!(unsent), &json!(20)),
            "{path}: {counted}"
        );
        let doubted = json!({"filter": {"code": "OUTCOME_UNKNOWN"}});
        api.refused(path, doubted, "NOTHING_TO_RETRY").await;
    }
    let failures = api.get("/api/v1/failures").await;
    for failure in failures["items"].as_array().unwrap() {
        let waiting = if failure["code"] == "OUTCOME_UNKNOWN" { 20 } else { 0 };
        assert_eq!(failure["undecided"], waiting, "{failure}");
    }
    let overview = api.get("/api/v1/overview").await;
    assert_eq!(overview["undecided"], 20);
    let lines = overview["attention"].as_array().unwrap();
    let line = lines.iter().find(|line| line["kind"] == "decision-awaited").unwrap();
    assert_eq!(line["action"]["href"], format!("/runs/{run}"));
    assert!(line["title"].as_str().unwrap().starts_with("20 records of "), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_140_what_nobody_can_tell_waits_for_a_person_and_each_decision_is_carried_out() {
    let (stage, portal, api) = honest(30, Kind::Plain).await;
    portal.misbehave([Misbehaviour::FailHalfWay]);
    let run = api.run(&stage, SCENARIO).await;
    let failed = items(&api, &run, "failed").await;
    let (doubted, unsent) = (of_code(&failed, "OUTCOME_UNKNOWN"), of_code(&failed, "NOT_SENT"));
    assert_eq!((doubted.len(), doubted.len() + unsent.len()), (20, 30));
    let note = &doubted[0]["notes"][0];
    let named = format!("{SITE}.users.{}", doubted[0]["record"].as_str().unwrap());
    assert!(note["message"].as_str().unwrap().contains(&named), "{note}");
    assert!(note["remedy"].as_str().unwrap().contains("decide"), "{note}");
    let failures = api.get("/api/v1/failures").await;
    let codes: Vec<&Value> = failures["items"].as_array().unwrap().iter().map(|f| &f["code"]).collect();
    assert!(codes.contains(&&json!("OUTCOME_UNKNOWN")), "{failures}");

    told_apart(&api, &run, unsent.len()).await;

    // A retry sends what was never sent, and nothing that is in doubt; neither does another run.
    let retried = api.post(&format!("/api/v1/runs/{run}/retry"), json!({}), 202).await;
    assert_eq!((&retried["count"], &retried["undecided"]), (&json!(10), &json!(20)), "{retried}");
    stage.over(retried["run"].as_str().unwrap()).await;
    let whole = api.run(&stage, SCENARIO).await;
    assert_eq!(of_code(&items(&api, &whole, "failed").await, "OUTCOME_UNKNOWN").len(), 20);
    assert_eq!(
        (portal.applied().len(), doubles(&portal)),
        (20, 0),
        "ten that had arrived, ten that were not sent"
    );

    let doubted = of_code(&items(&api, &whole, "failed").await, "OUTCOME_UNKNOWN");
    let (there, missing): (Vec<Value>, Vec<Value>) =
        doubted.into_iter().partition(|item| is_there(&portal, item));
    assert_eq!((there.len(), missing.len()), (10, 10));
    let ids = |items: &[Value]| json!(items.iter().map(|item| item["id"].clone()).collect::<Vec<_>>());
    let path = format!("/api/v1/runs/{whole}/decide");
    let count = api.post(&path, json!({"decision": "arrived", "dry_run": true}), 200).await;
    assert_eq!(count["count"], 20);
    api.refused(&path, json!({"decision": "arrived", "portal_id": "remote-1"}), "NOT_ONE_ITEM").await;
    let waiting = async || api.get(&format!("/api/v1/runs/{whole}/undecided")).await;
    let listed = waiting().await;
    assert_eq!((&listed["total"], &listed["items"][0]["sent_by"]), (&json!(20), &json!(run)), "{listed}");
    assert_eq!(listed["items"][0]["to"], "cn_remote");
    let arrived = json!({"decision": "arrived", "items": ids(&there), "reason": "seen in the list"});
    let noted = decide(&stage, &api, &whole, arrived.clone()).await;
    assert_eq!(stage.run(&noted).await.unwrap().counts.unchanged, 10);
    api.refused(&path, arrived, "NOTHING_TO_DECIDE").await;
    let mut left: Vec<Value> =
        waiting().await["items"].as_array().unwrap().iter().map(|i| i["item"].clone()).collect();
    let mut expected = ids(&missing).as_array().unwrap().clone();
    left.sort_by_key(Value::to_string);
    expected.sort_by_key(Value::to_string);
    assert_eq!(left, expected, "exactly those that nobody has decided about");
    let gone = json!({"decision": "give-up", "items": ids(&missing[..1])});
    let left = decide(&stage, &api, &whole, gone).await;
    assert_eq!(stage.run(&left).await.unwrap().counts.skipped, 1);
    let sent = decide(&stage, &api, &whole, json!({"decision": "send-again"})).await;
    assert_eq!(stage.run(&sent).await.unwrap().counts.created, 9);
    assert_eq!((portal.applied().len(), doubles(&portal)), (29, 0));
    let failures = api.get("/api/v1/failures?state=open").await;
    assert_eq!(failures["items"], json!([]), "nothing waits any more");
    assert_eq!(waiting().await["total"], 0);

    // What was given up is left alone until its record changes.
    let record: u64 = missing[0]["record"].as_str().unwrap().parse().unwrap();
    let calm = api.run(&stage, SCENARIO).await;
    assert_eq!(stage.run(&calm).await.unwrap().counts.skipped, 1);
    let mut changed = user(record);
    changed["name"] = "Changed".into();
    stage.put("users", record, changed);
    let last = api.run(&stage, SCENARIO).await;
    assert_eq!(stage.run(&last).await.unwrap().counts.created, 1);
    assert_eq!((portal.applied().len(), doubles(&portal)), (30, 0));
    let audit = api.get("/api/v1/audit?limit=500").await.to_string();
    assert!(audit.contains("effect.decided") && !audit.contains("effect.intended"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_153_killed_while_it_waits_for_another_try_a_run_goes_on_whatever_the_destination_keeps() {
    for kind in [Kind::Keeps, Kind::Asked, Kind::Plain] {
        let (mut stage, portal, api) = honest(25, kind).await;
        let mut graph = scenario();
        // Longer than anybody waits for a run here: only a new process ends it.
        graph["nodes"][3]["on_failure"] = json!({"do": "retry", "times": 1, "wait": 300});
        stage.publish(SCENARIO, &graph).await;
        portal.misbehave([Misbehaviour::Unavailable]);
        let started = api.post(&format!("/api/v1/scenarios/{SCENARIO}/runs"), json!({}), 202).await;
        let run = started["run"].as_str().unwrap();
        while portal.requests().0 == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        assert_eq!(stage.run(run).await.unwrap().phase, RunPhaseView::Running);
        stage.kill();
        stage.start();
        let view = stage.over(run).await;
        assert_eq!((view.phase, view.counts.created), (RunPhaseView::Succeeded, 25), "{kind:?}: {view:?}");
        assert_eq!((portal.applied().len(), doubles(&portal)), (25, 0), "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_doubt_goes_along_no_failure_branch() {
    let (stage, portal, api) = honest(3, Kind::Plain).await;
    let mut graph = scenario();
    let (mut map, mut write) = (graph["nodes"][2].clone(), graph["nodes"][3].clone());
    let from = write["id"].clone();
    (map["id"], write["id"], write["connection"]) = (json!("m2"), json!("w2"), json!("cn_portal"));
    graph["nodes"].as_array_mut().unwrap().extend([map, write]);
    let edges = graph["edges"].as_array_mut().unwrap();
    edges.push(json!({"from": from, "to": "m2", "branch": "failure"}));
    edges.push(json!({"from": "m2", "to": "w2"}));
    stage.publish(SCENARIO, &graph).await;
    portal.misbehave([Misbehaviour::FailAfterCommit]);
    let run = api.run(&stage, SCENARIO).await;
    assert_eq!(of_code(&items(&api, &run, "failed").await, "OUTCOME_UNKNOWN").len(), 3);
    let counts = stage.run(&run).await.unwrap().counts;
    assert_eq!((counts.settled(), stage.portal().await.len()), (3, 0), "they may have arrived");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_waits_behind_the_write_that_is_in_doubt() {
    let (stage, portal, api) = honest(1, Kind::Plain).await;
    portal.misbehave([Misbehaviour::FailAfterCommit]);
    let first = api.run(&stage, SCENARIO).await;
    let mut changed = user(1);
    changed["name"] = "Changed".into();
    stage.put("users", 1, changed);
    let second = api.run(&stage, SCENARIO).await;
    let waiting = of_code(&items(&api, &second, "failed").await, "OUTCOME_UNKNOWN");
    assert!(waiting[0]["notes"][0]["message"].as_str().unwrap().contains(&first), "{waiting:?}");
    assert_eq!(portal.fields(&format!("{SITE}.users.1")).unwrap()["name"], "User 1");
    let third = decide(&stage, &api, &second, json!({"decision": "arrived", "portal_id": "remote-1"})).await;
    assert_eq!(stage.run(&third).await.unwrap().counts.updated, 1);
    assert_eq!(portal.fields(&format!("{SITE}.users.1")).unwrap()["name"], "Changed");
    assert_eq!(doubles(&portal), 0);
}

/// A run whose process dies while the destination has written and not answered, and one that goes on.
async fn killed(kind: Kind, declared: Kind) -> (Stage, Receiver, Api, String) {
    let (mut stage, portal, api) = stage(30, kind, declared).await;
    portal.misbehave([Misbehaviour::SilentAfterCommit(Duration::from_mins(10))]);
    let started = api.post(&format!("/api/v1/scenarios/{SCENARIO}/runs"), json!({}), 202).await;
    let run = started["run"].as_str().unwrap().to_owned();
    while portal.applied().is_empty() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    stage.kill();
    stage.start();
    stage.over(&run).await;
    (stage, portal, api, run)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_dies_before_the_answer_writes_nothing_twice() {
    for kind in [Kind::Keeps, Kind::Asked] {
        let (stage, portal, _, run) = killed(kind, kind).await;
        assert_eq!(stage.run(&run).await.unwrap().phase, RunPhaseView::Succeeded, "{kind:?}");
        assert_eq!((portal.applied().len(), doubles(&portal)), (30, 0), "{kind:?}");
    }
    let (stage, portal, api, run) = killed(Kind::Plain, Kind::Plain).await;
    let doubted = of_code(&items(&api, &run, "failed").await, "OUTCOME_UNKNOWN");
    let settled = stage.run(&run).await.unwrap().counts;
    assert!(!doubted.is_empty() && doubted.iter().all(|item| is_there(&portal, item)), "{doubted:?}");
    assert_eq!(settled.created + doubted.len() as u64, 30, "the others were sent");
    decide(&stage, &api, &run, json!({"decision": "arrived"})).await;
    assert_eq!((portal.applied().len(), doubles(&portal)), (30, 0));
}

/// The planted bug: a receiver that is said to keep keys, and keeps none. These tests would see a blind repeat.
#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_only_claims_to_keep_keys_gets_doubles() {
    let (_, portal, ..) = killed(Kind::Plain, Kind::Keeps).await;
    assert!(doubles(&portal) > 0);
}
