//! Edits while something runs.

use domain::connection::{ConnectionCommand, Connections};
use domain::mappings::{MappingCommand, Mappings};
use domain::run::RunMode;
use domain::views::RunPhaseView;

use super::stage::{SITE, Stage, graph, user};

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_136_a_mapping_edited_during_a_run_changes_only_later_ones() {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    for id in 1..=400 {
        stage.put("users", id, user(id));
    }
    let users = graph(&[("users", "mp_users", "user")]);
    stage.start_run("rn_1", users.clone(), RunMode::Apply).await;
    let edited =
        serde_json::json!({"entity": "user", "fields": [{"to": "name", "from": {"constant": "Edited"}}]});
    let revise = MappingCommand::Revise { expected: Some(1), definition: edited };
    stage.command::<Mappings>("mp_users", revise).await;
    // Two at once: each record is written once, whoever comes first.
    stage.start_run("rn_2", users, RunMode::Apply).await;
    let (first, second) = (stage.over("rn_1").await, stage.over("rn_2").await);
    assert_eq!(first.counts.created + second.counts.created, 400, "{first:?} {second:?}");
    assert_eq!(first.counts.failed + second.counts.failed, 0);
    let portal = stage.portal().await;
    assert_eq!(portal.len(), 400);
    assert!(portal.iter().all(|record| record.fields.as_ref().unwrap()["name"] != "Edited"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_136_a_connection_paused_during_a_run_ends_it_in_words() {
    let stage = Stage::new().await;
    stage.mapping("mp_users", "users").await;
    for id in 1..=2_000 {
        stage.put("users", id, user(id));
    }
    stage.start_run("rn_1", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
    stage.command::<Connections>(SITE, ConnectionCommand::Pause { reason: "maintenance".into() }).await;
    let run = stage.over("rn_1").await;
    assert!(matches!(run.phase, RunPhaseView::PartlyFailed | RunPhaseView::Failed), "{run:?}");
    let told = run.fetches.values().filter_map(|fetch| fetch.problem.as_ref());
    assert!(told.map(|problem| problem.code.as_str()).any(|code| code == "CONNECTION_PAUSED"), "{run:?}");
}
