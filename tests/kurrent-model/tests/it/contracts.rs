//! The suite of the port.

use std::env;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapter_memory::{ManualClock, MemoryEventStore};
use engine::ports::EventStore;

use super::server::{DEADLINE, connect, connect_to, model};
use super::suites::event_store;

/// How long a real server may take to come up again.
const STARTS_MAX: u32 = 120;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_in_a_model_of_kurrentdb() {
    let models = Mutex::new(vec![]);
    let make = async || {
        let model = model().await;
        let store = connect(&model).await;
        models.lock().unwrap().push(model);
        store
    };
    event_store::suite_without_transactions(make).await;
}

/// The suite's other half, for logs with transactions, beside the one for logs without.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_in_memory() {
    let make =
        async || Arc::new(MemoryEventStore::new(Arc::new(ManualClock::default()))) as Arc<dyn EventStore>;
    event_store::suite(make).await;
}

/// `KURRENTDB_RESET` is a shell command that gives an empty server.
#[ignore = "needs a real server: see adapters/kurrent/README.md"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_in_kurrentdb() {
    let url = env::var("KURRENTDB_URL").expect("KURRENTDB_URL names the server");
    let reset = env::var("KURRENTDB_RESET").expect("KURRENTDB_RESET empties the server");
    event_store::suite_without_transactions(async || empty_server(&url, &reset).await).await;
}

async fn empty_server(url: &str, reset: &str) -> Arc<dyn EventStore> {
    assert!(Command::new("sh").args(["-c", reset]).status().unwrap().success(), "{reset}");
    for _ in 0..STARTS_MAX {
        if let Ok(store) = connect_to(url, DEADLINE).await {
            return Arc::new(store);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("the server did not come up again");
}
