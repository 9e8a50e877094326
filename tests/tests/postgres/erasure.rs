//! What was overwritten or deleted leaves the tables' files when the store is scrubbed.

use std::path::Path;
use std::sync::Arc;

use acceptance::contracts::read_store::{THINGS, batch, put};
use adapter_postgres::{PostgresReadStore, PostgresVault};
use adapter_sqlite::{KeyRing, SystemIds};
use engine::ports::{Change, ReadStore, Vault};

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_172_a_scrub_leaves_nothing_deleted_in_the_files_of_the_tables() {
    let stage = Stage::new();
    let home = tempfile::tempdir().unwrap();
    let postgres = stage.connect_fresh().await;
    let reads = PostgresReadStore::open(&postgres).await.unwrap();
    let keys = KeyRing::create(&home.path().join("keys"), &SystemIds).unwrap();
    let vault = PostgresVault::open(&postgres, keys, Arc::new(SystemIds)).await.unwrap();
    let subjects: Vec<String> = (0..300).map(|number| format!("cn_a.users.{number}")).collect();
    vault.subject_keys(&subjects, true).await.unwrap();
    let rows =
        (0..300).map(|number| put(&format!("row-{number:03}"), Some(&format!("canary-{number:03}")), None));
    reads.apply(vec![batch(1, rows.collect())]).await.unwrap();
    let wrapped =
        stage.server.sql("SELECT encode(wrapped, 'hex') FROM s0.subjects WHERE subject = 'cn_a.users.7'");
    let wrapped: Vec<u8> = (0..wrapped.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&wrapped[at..at + 2], 16).unwrap())
        .collect();
    stage.server.sql("CHECKPOINT");
    let held = |bytes: &[u8]| holds(&stage.server.path("data/base"), bytes);
    assert!(held(b"canary-007") && held(b"canary-008") && held(&wrapped), "the test finds what is there");
    reads
        .apply(vec![batch(2, vec![put("row-007", None, None), Change::Delete { key: "row-008".into() }])])
        .await
        .unwrap();
    vault.destroy_subject("cn_a.users.7").await.unwrap();
    reads.scrub().await.unwrap();
    stage.server.sql("CHECKPOINT");
    assert!(!held(b"canary-007") && !held(b"canary-008"), "a row is still in a file");
    assert!(!held(&wrapped), "a destroyed key is still in a file");
    assert!(held(b"canary-009"));
    assert_eq!(reads.count(&THINGS, &engine::ports::Query::default()).await.unwrap(), 299);
}

/// Whether any file below holds these bytes.
fn holds(path: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(path).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, bytes);
        }
        std::fs::read(path).is_ok_and(|file| file.windows(bytes.len()).any(|window| window == bytes))
    })
}
