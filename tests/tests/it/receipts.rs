//! Every delivery that a sender saw accepted is found by its receipt, whenever the process was killed.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use adapter_memory::SeededIds;
use adapter_sqlite::{DataDir, SqliteEventStore, SystemClock};
use domain::delivery::path_of;
use domain::ids::ReceiptId;
use engine::StreamName;
use engine::ports::{EventStore, Ids};

const KILLS: usize = 12;
/// Receipts after which a process is killed, at most.
const RECEIPTS_MAX: usize = 256;

#[tokio::test]
async fn bad_input_153_016_every_receipt_is_found_after_kill_9() {
    let home = tempfile::tempdir().unwrap();
    let mut receipts = vec![];
    for count in numbers() {
        receipts.extend(kill_after(home.path(), &[], count));
        assert_eq!(missing(home.path(), &receipts).await, 0);
    }
    assert!(receipts.len() > KILLS);
}

/// The negative control: a door that answers before the log has written must be caught.
#[tokio::test]
async fn bad_input_153_an_answer_before_the_sync_is_found() {
    let home = tempfile::tempdir().unwrap();
    let mut receipts = vec![];
    for count in numbers() {
        receipts.extend(kill_after(home.path(), &["--answer-first"], count));
        if missing(home.path(), &receipts).await > 0 {
            return;
        }
    }
    panic!("{KILLS} kills did not find the planted bug");
}

fn kill_after(home: &Path, flags: &[&str], count: usize) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_receive_forever"));
    let mut child = command.arg(home).args(flags).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut read = String::new();
    for _ in 0..count {
        assert_ne!(output.read_line(&mut read).unwrap(), 0, "the process ended by itself");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    output.read_to_string(&mut read).unwrap();
    let whole = read.rfind('\n').map_or("", |end| &read[..end]);
    whole.lines().map(str::to_owned).collect()
}

/// How many receipts lead to no delivery.
async fn missing(home: &Path, receipts: &[String]) -> usize {
    let dir = DataDir::open(home.join("data")).unwrap();
    let store = SqliteEventStore::open(&dir, Arc::new(SystemClock)).await.unwrap();
    store.verify().await.unwrap();
    let stream = |text: &String| {
        let path = path_of(&ReceiptId::parse(text).unwrap()).unwrap();
        StreamName::new("delivery", path)
    };
    let streams: Vec<StreamName> = receipts.iter().map(stream).collect();
    let found = store.read_last(&streams).await.unwrap();
    found.iter().filter(|event| event.as_ref().is_none_or(|event| event.body.is_none())).count()
}

/// Random numbers of receipts, the same in every run.
fn numbers() -> Vec<usize> {
    let chance = SeededIds::new(16);
    (0..KILLS).map(|_| 1 + usize::from(chance.random(1)[0]) % RECEIPTS_MAX).collect()
}
