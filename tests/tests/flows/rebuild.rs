//! Views folded anew beside the live ones, at rest and in the middle of an import.

use domain::run::RunMode;
use domain::views::{ALL, PORTAL, RECORDS, RUNS};
use engine::ports::{Change, ReadStore, ViewBatch};
use engine::rebuild::{Rebuild, Rebuilt};

use super::stage::{Stage, graph, user};

impl Stage {
    pub fn rebuild(&self) -> Rebuild {
        Rebuild { log: self.store.clone(), reads: self.reads.clone(), vault: self.parts.vault.clone() }
    }

    async fn rebuilt(&self, switch: bool) -> Vec<Rebuilt> {
        self.rebuild().run(projector::projections::all(), switch, &|_| ()).await.unwrap()
    }
}

async fn imported(users: u64) -> Stage {
    let stage = Stage::new().await;
    for id in 1..=users {
        stage.put("users", id, user(id));
    }
    stage.mapping("mp_users", "users").await;
    stage.start_run("rn_1", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
    stage
}

#[tokio::test]
async fn a_rebuilt_view_is_the_same_and_a_wrong_one_is_put_right() {
    let stage = imported(25).await;
    stage.over("rn_1").await;
    let first = stage.rebuilt(true).await;
    assert_eq!(first.len(), ALL.len());
    assert!(first.iter().all(|view| view.same && view.switched), "{first:#?}");
    let again = stage.rebuilt(true).await;
    assert_eq!(again, first, "two rebuilds agree to the byte");
    // Somebody broke a live view: a row too few and a row that never was.
    let end = *stage.parts.executor.store.end().borrow();
    let changes = vec![
        Change::Delete { key: "cn_site.users.7".into() },
        Change::Put { key: "cn_site.users.99".into(), doc: "{}".into(), columns: vec![] },
    ];
    stage
        .reads
        .apply(vec![ViewBatch { view: &RECORDS, changes, after: None, checkpoint: end }])
        .await
        .unwrap();
    let compared = stage.rebuilt(false).await;
    let differ: Vec<_> = compared.iter().filter(|view| !view.same).map(|view| view.view).collect();
    assert_eq!(differ, ["records"]);
    assert_eq!(stage.rebuilt(false).await, compared, "comparing changes nothing");
    assert!(!stage.rebuilt(true).await.iter().all(|view| view.same));
    assert_eq!(stage.rebuilt(false).await, stage.rebuilt(false).await);
    assert!(stage.rebuilt(false).await.iter().all(|view| view.same));
    // What follows is folded into the new one.
    stage.put("users", 26, user(26));
    stage.start_run("rn_2", graph(&[("users", "mp_users", "user")]), RunMode::Apply).await;
    assert_eq!(stage.over("rn_2").await.counts.created, 1);
    assert_eq!(stage.portal().await.len(), 26);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_in_the_middle_of_an_import_loses_nothing() {
    let stage = imported(600).await;
    let mut rebuilds = 0;
    while stage.run("rn_1").await.is_none_or(|run| !run.phase.is_over()) {
        stage.rebuilt(true).await;
        rebuilds += 1;
    }
    let run = stage.over("rn_1").await;
    assert_eq!((run.counts.created, run.counts.failed), (600, 0), "{rebuilds} rebuilds meanwhile");
    let end = *stage.parts.executor.store.end().borrow();
    for view in ALL {
        stage.settle(view, end).await;
    }
    let compared = stage.rebuilt(false).await;
    assert!(rebuilds > 0 && compared.iter().all(|view| view.same), "{compared:#?}");
    let rows = |name: &str| compared.iter().find(|view| view.view == name).unwrap().rows;
    assert_eq!((rows(PORTAL.name), rows(RECORDS.name), rows(RUNS.name)), (600, 600, 1));
}
