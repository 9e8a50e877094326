//! The suite of the port.

use std::env;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

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

/// `KURRENTDB_RESET` is a shell command that gives an empty server.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_in_kurrentdb() {
    let (Ok(url), Ok(reset)) = (env::var("KURRENTDB_URL"), env::var("KURRENTDB_RESET")) else {
        eprintln!("SKIPPED: KURRENTDB_URL and KURRENTDB_RESET name no server");
        return;
    };
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
