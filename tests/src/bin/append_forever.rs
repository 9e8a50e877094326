//! Appends to a log until it is killed, and prints a line for every event that was acknowledged: the other half of
//! the crash tests. With `--ack-first` it has the bug that those tests must find.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use adapter_sqlite::{DataDir, SqliteEventStore, SystemClock, SystemIds};
use bytes::Bytes;
use engine::ports::{AppendError, EventStore, Expected, Ids, StreamAppend};
use engine::{EventId, Meta, NewEvent, Position, StreamName};
use tokio::task::JoinSet;

const WRITERS: usize = 4;
const EVENTS: usize = 3;
/// How long the writers may go on after a failure.
const LAST_WORDS_MAX: Duration = Duration::from_secs(3);
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
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        writers.spawn(write(store.clone(), ack_first));
    }
    fatal.wait_for(Option::is_some).await.expect("the store lives");
    // The end moves only with a commit that succeeded, so no answer may name a position behind it. The writers may
    // still print answers that they had before; what was promised is told by the position, not by the order of lines.
    say(&format!("fatal {}", *store.end().borrow()));
    let late = StreamAppend { stream: stream(), expected: Expected::NoStream, events: vec![event()] };
    let answer = store.append(vec![late]).await;
    say(if matches!(answer, Err(AppendError::Unavailable(_))) { "late refused" } else { "late not refused" });
    // Lets the writers say what they were told, so that a wrong promise is seen; with a bound, in case they go on.
    let told = async { while writers.join_next().await.is_some() {} };
    if tokio::time::timeout(LAST_WORDS_MAX, told).await.is_err() {
        say("late not refused");
    }
    std::process::exit(3);
}

async fn write(store: Arc<SqliteEventStore>, ack_first: bool) {
    let stream = stream();
    let mut expected = Expected::NoStream;
    loop {
        let events: Vec<NewEvent> = (0..EVENTS).map(|_| event()).collect();
        let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
        if ack_first {
            acknowledge(&ids, 0);
        }
        let append = StreamAppend { stream: stream.clone(), expected, events };
        let Ok(appended) = store.append(vec![append]).await else { return };
        if !ack_first {
            acknowledge(&ids, appended.position);
        }
        expected = Expected::Exact(expected.next_revision() + EVENTS as u64 - 1);
    }
}

fn stream() -> StreamName {
    StreamName::new("thing", SystemIds.short())
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

/// The id of each event and the position that the append was answered with.
fn acknowledge(ids: &[EventId], position: Position) {
    let lines = ids.iter().fold(String::new(), |lines, id| lines + &format!("ack {id} {position}\n"));
    say(lines.trim_end());
}

/// One write, so that lines stay whole. A closed pipe ends the process: nobody listens.
fn say(lines: &str) {
    if std::io::stdout().write_all(format!("{lines}\n").as_bytes()).is_err() {
        std::process::exit(0);
    }
}
