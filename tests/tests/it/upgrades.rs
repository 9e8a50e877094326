//! Stores that older releases wrote open in this one. The files in `tests/golden` are never made anew.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use acceptance::contracts::samples::begin;
use adapter_sqlite::{DataDir, LogFile, SqliteEventStore, SystemClock};
use engine::chain::{self, Verifier};
use engine::ports::{EventStore, Filter, SubjectKey};
use engine::seal;

fn golden(home: &Path) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/log-schema-1.db");
    fs::copy(file, home.join("log.db")).unwrap();
}

#[tokio::test]
async fn a_log_of_schema_1_opens_gets_its_chain_and_goes_on() {
    let home = tempfile::tempdir().unwrap();
    golden(home.path());
    let before = LogFile::open(home.path()).err().unwrap().to_string();
    assert!(before.contains("older release"), "{before}");
    let dir = DataDir::open(home.path()).unwrap();
    let store = SqliteEventStore::open(&dir, Arc::new(SystemClock)).await.unwrap();
    let head = store.head().await.unwrap().unwrap();
    assert_eq!(head.position, 40);
    // The upgrade is a function of the file alone: the same everywhere, for ever.
    assert_eq!(chain::hex(&head.chain), "a3581a2b745f64e3013680896c7bd2bf27c65f14e8845f984ab0e5e9ed526535");
    assert_eq!(head.origin, "82665d4a5dee6f3a7f1a87dff4591195");
    let events = store.read_all(0, &Filter::all(), 100).await.unwrap().events;
    assert_eq!(events.len(), 40);
    let sealed = &events[1];
    let opened =
        seal::open(sealed.body.as_deref().unwrap(), sealed.stream.as_str(), Some(&SubjectKey([2; 32])));
    assert_eq!(opened.unwrap(), "secret 2");
    store.append(vec![begin("thing-new", [1])]).await.unwrap();
    drop(store);
    let verified = LogFile::open(home.path()).unwrap().verify(Verifier::new(vec![])).unwrap();
    assert_eq!(verified.events, 41);
}

#[tokio::test]
async fn a_changed_log_of_schema_1_is_found_before_and_after_its_upgrade() {
    let home = tempfile::tempdir().unwrap();
    golden(home.path());
    let change = |sql: &str| {
        rusqlite::Connection::open(home.path().join("log.db")).unwrap().execute_batch(sql).unwrap();
    };
    change("UPDATE events SET revision = revision + 5 WHERE position = 30");
    let dir = DataDir::open(home.path()).unwrap();
    let refused = SqliteEventStore::open(&dir, Arc::new(SystemClock)).await.err().unwrap().to_string();
    assert!(refused.contains("event 30"), "{refused}");
    change("UPDATE events SET revision = revision - 5 WHERE position = 30");
    drop(SqliteEventStore::open(&dir, Arc::new(SystemClock)).await.unwrap());
    change("UPDATE events SET revision = revision + 5 WHERE position = 30");
    let fault = LogFile::open(home.path()).unwrap().verify(Verifier::new(vec![])).unwrap_err();
    assert_eq!(fault.position, 30);
}
