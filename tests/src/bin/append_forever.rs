//! Appends to a log until it is killed, and prints a line for every event that was acknowledged: the other half of
//! the crash tests. With `--ack-first` it has the bug that those tests must find.

use std::io::Write;
use std::sync::Arc;

use adapter_sqlite::{DataDir, SqliteEventStore, SystemClock, SystemIds};
use bytes::Bytes;
use engine::ports::{EventStore, Expected, Ids, StreamAppend};
use engine::{EventId, Meta, NewEvent, StreamName};

const WRITERS: usize = 4;
const EVENTS: usize = 3;
/// Large, so that the write-ahead log is copied and begun anew while the tests run.
const BODY_BYTES: usize = 16 << 10;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().expect("the first argument is the data directory");
    let ack_first = arguments.next().is_some_and(|flag| flag == "--ack-first");
    let dir = DataDir::open(directory).expect("the data directory opens");
    let store = SqliteEventStore::open(&dir, Arc::new(SystemClock)).await.expect("the log opens");
    let mut fatal = store.fatal();
    let store = Arc::new(store);
    for _ in 0..WRITERS {
        tokio::spawn(write(store.clone(), ack_first));
    }
    let why = fatal.wait_for(Option::is_some).await.expect("the store lives").clone();
    say(&format!("fatal {}", why.unwrap_or_default()));
    std::process::exit(3);
}

async fn write(store: Arc<SqliteEventStore>, ack_first: bool) {
    let stream = StreamName::new("thing", SystemIds.short());
    let mut expected = Expected::NoStream;
    loop {
        let events: Vec<NewEvent> = (0..EVENTS).map(|_| event()).collect();
        let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
        if ack_first {
            acknowledge(&ids);
        }
        if store.append(vec![StreamAppend { stream: stream.clone(), expected, events }]).await.is_err() {
            return;
        }
        if !ack_first {
            acknowledge(&ids);
        }
        expected = Expected::Exact(expected.next_revision() + EVENTS as u64 - 1);
    }
}

fn event() -> NewEvent {
    NewEvent {
        id: SystemIds.event_id(),
        event_type: "thing.noted",
        data: Bytes::from_static(b"{}"),
        body: Some(SystemIds.random(BODY_BYTES).into()),
        meta: Meta::by("system"),
    }
}

fn acknowledge(ids: &[EventId]) {
    let lines: String = ids.iter().fold(String::new(), |lines, id| lines + &format!("ack {id}\n"));
    say(lines.trim_end());
}

/// One write, so that lines stay whole. A closed pipe ends the process: nobody listens.
fn say(lines: &str) {
    if std::io::stdout().write_all(format!("{lines}\n").as_bytes()).is_err() {
        std::process::exit(0);
    }
}
