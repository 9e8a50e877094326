//! Portal over HTTP, well and badly behaved: nothing is written twice, nothing is forgotten.

use acceptance::receiver::{Misbehaviour, Receiver};
use domain::mappings::{MappingCommand, Mappings};
use domain::run::{RunCommand, RunMode, Runs};
use domain::views::RunPhaseView;
use serde_json::json;

use super::api::Api;
use super::stage::{SITE, Stage, graph, user};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

async fn stage(users: u64) -> (Stage, Receiver, serde_json::Value) {
    let stage = Stage::new().await;
    let receiver = Receiver::start(SECRET, stage.parts.clock.now()).await;
    stage.connect_portal("cn_remote", &receiver.url, SECRET).await;
    stage.mapping("mp_users", "users").await;
    for id in 1..=users {
        stage.put("users", id, user(id));
    }
    let text = graph(&[("users", "mp_users", "user")]).to_string().replace("cn_portal", "cn_remote");
    (stage, receiver, serde_json::from_str(&text).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_over_http_is_signed_and_a_second_one_sends_nothing() {
    let (stage, portal, users) = stage(25).await;
    stage.start_run("rn_1", users.clone(), RunMode::Apply).await;
    let run = stage.over("rn_1").await;
    assert_eq!((run.phase, run.counts.created), (RunPhaseView::Succeeded, 25), "{run:?}");
    let before = portal.requests().0;
    stage.start_run("rn_2", users, RunMode::Apply).await;
    assert_eq!(stage.over("rn_2").await.counts.unchanged, 25);
    assert_eq!(portal.requests().0, before, "what is in step is not sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_140_a_portal_that_misbehaves_gets_everything_exactly_once() {
    let (stage, portal, users) = stage(40).await;
    portal.misbehave([
        Misbehaviour::FailAfterCommit,
        Misbehaviour::HalfAnAnswer,
        Misbehaviour::Html,
        Misbehaviour::FailAfterCommit,
        Misbehaviour::TooLargeAbove(7),
    ]);
    stage.start_run("rn_1", users, RunMode::Apply).await;
    let run = stage.over("rn_1").await;
    assert_eq!(run.phase, RunPhaseView::Succeeded, "{run:?}");
    assert_eq!(run.counts.settled(), 40);
    let creations = portal.creations();
    assert_eq!(creations.len(), 40);
    assert!(creations.values().all(|times| *times == 1), "{creations:?}");
}

/// The scenario whose write is told to try again so often, a second apart.
fn tried_again(users: &serde_json::Value, times: u64) -> serde_json::Value {
    told(users, times, 1)
}

fn told(users: &serde_json::Value, times: u64, wait: u64) -> serde_json::Value {
    let mut graph = users.clone();
    let nodes = graph["nodes"].as_array_mut().unwrap();
    let write = nodes.iter_mut().find(|node| node["kind"] == "write").unwrap();
    write["on_failure"] = json!({"do": "retry", "times": times, "wait": wait});
    graph
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_is_tried_as_often_as_its_step_says_and_then_the_run_stops() {
    let (stage, portal, users) = stage(3).await;
    portal.misbehave([Misbehaviour::Unavailable, Misbehaviour::FailAfterCommit]);
    stage.publish("sc_users", &tried_again(&users, 2)).await;
    let api = Api::of(&stage);
    let run = api.run(&stage, "sc_users").await;
    assert_eq!(stage.over(&run).await.phase, RunPhaseView::Succeeded);
    let items = api.get(&format!("/api/v1/runs/{run}/items")).await;
    assert!(items["items"].as_array().unwrap().iter().all(|item| item["attempts"] == 3), "{items}");
    assert!(portal.creations().values().all(|times| *times == 1));

    // One try fewer than it would take, and fewer than are usual.
    stage.put("users", 9, user(9));
    portal.misbehave([Misbehaviour::Unavailable, Misbehaviour::Unavailable]);
    let before = portal.requests().0;
    stage.start_run("rn_2", tried_again(&users, 1), RunMode::Apply).await;
    let run = stage.over("rn_2").await;
    assert_eq!((run.phase, run.counts.created), (RunPhaseView::Failed, 0), "{run:?}");
    assert_eq!(portal.requests().0 - before, 2, "the first try and one more");

    stage.start_run("rn_3", tried_again(&users, 1), RunMode::Apply).await;
    assert_eq!(stage.over("rn_3").await.phase, RunPhaseView::Succeeded);
    assert_eq!(portal.creations().len(), 4);
    assert!(portal.creations().values().all(|times| *times == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_killed_while_it_waits_goes_on_and_writes_once() {
    let (mut stage, portal, users) = stage(3).await;
    portal.misbehave([Misbehaviour::FailAfterCommit]);
    let before = portal.requests().0;
    // Longer than anybody waits for a run here: only a new process ends it.
    stage.start_run("rn_1", told(&users, 2, 300), RunMode::Apply).await;
    while portal.requests().0 == before {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(stage.run("rn_1").await.unwrap().phase, RunPhaseView::Running);
    stage.kill();
    stage.start();
    let run = stage.over("rn_1").await;
    assert_eq!((run.phase, run.counts.settled()), (RunPhaseView::Succeeded, 3), "{run:?}");
    assert_eq!(portal.creations().len(), 3);
    assert!(portal.creations().values().all(|times| *times == 1));
}

/// Runs that wait for another try, longer than anybody waits for a run here.
async fn waiting(stage: &Stage, portal: &Receiver, users: &serde_json::Value, runs: &[&str]) {
    portal.misbehave(runs.iter().map(|_| Misbehaviour::Unavailable));
    let before = portal.requests().0;
    for run in runs {
        stage.start_run(run, told(users, 2, 300), RunMode::Apply).await;
    }
    while ((portal.requests().0 - before) as usize) < runs.len() {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_waits_is_paused_resumed_and_cancelled_at_once() {
    let (stage, portal, users) = stage(3).await;
    let begun = std::time::Instant::now();
    waiting(&stage, &portal, &users, &["rn_1"]).await;
    // A pause that was heard ends the wait, and what is resumed tries again.
    while !stage.run("rn_1").await.unwrap().phase.is_over() {
        stage.command::<Runs>("rn_1", RunCommand::Pause).await;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        stage.command::<Runs>("rn_1", RunCommand::Resume).await;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        assert!(begun.elapsed() < std::time::Duration::from_secs(15), "the pause is not heard");
    }
    let run = stage.over("rn_1").await;
    assert_eq!((run.phase, run.counts.created), (RunPhaseView::Succeeded, 3), "{run:?}");

    stage.put("users", 9, user(9));
    waiting(&stage, &portal, &users, &["rn_2"]).await;
    stage.command::<Runs>("rn_2", RunCommand::Cancel { reason: "enough".into() }).await;
    let run = stage.over("rn_2").await;
    assert_eq!((run.phase, run.counts.created), (RunPhaseView::Cancelled, 0), "{run:?}");
    assert!(begun.elapsed() < std::time::Duration::from_secs(15), "{:?}", begun.elapsed());
    assert_eq!(portal.creations().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_that_wait_keep_no_other_run_from_being_executed() {
    let (stage, portal, users) = stage(3).await;
    waiting(&stage, &portal, &users, &["rn_1", "rn_2", "rn_3", "rn_4", "rn_5"]).await;
    stage.start_run("rn_6", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
    let run = stage.over("rn_6").await;
    assert_eq!((run.phase, run.counts.created), (RunPhaseView::Succeeded, 3), "{run:?}");
    for waits in ["rn_1", "rn_2", "rn_3", "rn_4", "rn_5"] {
        assert_eq!(stage.run(waits).await.unwrap().phase, RunPhaseView::Running);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_140_a_refused_record_or_batch_is_told_item_by_item() {
    let (stage, portal, users) = stage(12).await;
    let mut refused = user(5);
    refused["name"] = "Refused by Portal".into();
    stage.put("users", 5, refused);
    stage.start_run("rn_1", users.clone(), RunMode::Apply).await;
    let run = stage.over("rn_1").await;
    assert_eq!((run.phase, run.counts.failed, run.counts.created), (RunPhaseView::PartlyFailed, 1, 11));
    assert_eq!(portal.creations().len(), 11);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_again_as_it_was_is_written_again() {
    let (stage, portal, users) = stage(3).await;
    let kept = format!("{SITE}.users.2");
    let edits =
        [("Anna", "2025-01-01"), ("Berta", "2025-02-01"), ("Anna", "2025-03-01"), ("Restored", "2025-01-15")];
    for (run, (name, day)) in edits.into_iter().enumerate() {
        let mut changed = user(2);
        changed["name"] = name.into();
        changed["modified_gmt"] = format!("{day}T00:00:00").into();
        stage.put("users", 2, changed);
        let run = format!("rn_{run}");
        stage.start_run(&run, users.clone(), RunMode::Apply).await;
        assert_eq!(stage.over(&run).await.phase, RunPhaseView::Succeeded);
        assert_eq!(portal.fields(&kept).unwrap()["name"], name, "{run}");
    }
}

/// The scenario with the mapping's revision that makes names upper case, or the first.
fn mapped_by(users: &serde_json::Value, revision: u64) -> serde_json::Value {
    let mut graph = users.clone();
    let nodes = graph["nodes"].as_array_mut().unwrap();
    let map = nodes.iter_mut().find(|node| node["kind"] == "map").unwrap();
    map["mapping"]["revision"] = revision.into();
    graph
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_that_becomes_again_what_it_was_is_written_again() {
    let (stage, portal, users) = stage(3).await;
    let ready = domain::mapping::READY_MADE.iter().find(|ready| ready.resource == "users").unwrap();
    let mut definition: serde_json::Value = serde_json::from_str(ready.json).unwrap();
    let fields = definition["fields"].as_array_mut().unwrap();
    fields.retain(|field| field["to"] != "name");
    fields.push(json!({"to": "name", "from": {"template": "Member {id}"}}));
    stage.command::<Mappings>("mp_users", MappingCommand::Revise { expected: None, definition }).await;
    let kept = format!("{SITE}.users.2");
    let first = user(2)["name"].as_str().unwrap().to_owned();
    for (number, (revision, name)) in
        [(1, &*first), (2, "Member 2"), (1, &first), (2, "Member 2")].into_iter().enumerate()
    {
        let run = format!("rn_{number}");
        stage.start_run(&run, mapped_by(&users, revision), RunMode::Apply).await;
        let view = stage.over(&run).await;
        let (created, updated) = if number == 0 { (3, 0) } else { (0, 3) };
        assert_eq!((view.counts.created, view.counts.updated), (created, updated), "{run}: {view:?}");
        assert_eq!(portal.fields(&kept).unwrap()["name"], name, "{run}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_over_http_only_asks() {
    let (stage, portal, users) = stage(5).await;
    stage.start_run("rn_1", users, RunMode::DryRun).await;
    assert_eq!(stage.over("rn_1").await.counts.created, 5);
    assert!(portal.creations().is_empty());
    assert_eq!(portal.requests(), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_over_http_says_why_it_cannot_be_and_sends_nothing() {
    let (stage, portal, users) = stage(4).await;
    stage.publish("sc_users", &users).await;
    let api = Api::of(&stage);
    let run = api.run(&stage, "sc_users").await;
    let sent = portal.requests();
    for mode in ["preview", "apply"] {
        let undo = api.post(&format!("/api/v1/runs/{run}/undo"), json!({ "mode": mode }), 202).await;
        let undo = undo["run"].as_str().unwrap();
        let view = stage.over(undo).await;
        assert_eq!((view.phase, view.counts.failed), (RunPhaseView::Failed, 4), "{mode}");
        let items = api.get(&format!("/api/v1/runs/{undo}/items")).await;
        let note = &items["items"][0]["notes"][0];
        assert_eq!(note["code"], "NOT_UNDOABLE", "{note}");
        assert!(note["message"].as_str().unwrap().contains(&portal.url), "{note}");
    }
    assert_eq!(portal.requests(), sent);
}
