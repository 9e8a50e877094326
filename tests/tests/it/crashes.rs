//! Nothing acknowledged is lost when the process is killed, and the log stays whole.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};
use std::sync::Arc;

use adapter_memory::SeededIds;
use adapter_sqlite::{DataDir, SqliteEventStore, SystemClock};
use engine::ports::{EventStore, Filter, Ids};

const KILLS: usize = 20;
/// Acknowledged events after which a process is killed, at most.
const ACKS_MAX: usize = 256;

#[tokio::test]
async fn bad_input_153_what_was_acknowledged_survives_kill_9() {
    let home = tempfile::tempdir().unwrap();
    let mut acked = HashSet::new();
    for acks in numbers(KILLS) {
        acked.extend(kill_after(&mut append_forever(home.path()), acks));
        assert_eq!(missing(home.path(), &acked).await, 0);
    }
    assert!(acked.len() > KILLS);
}

/// The negative control: a store that acknowledges before it commits must be caught.
#[tokio::test]
async fn bad_input_153_a_premature_acknowledgement_is_found() {
    let home = tempfile::tempdir().unwrap();
    let mut acked = HashSet::new();
    for acks in numbers(KILLS) {
        acked.extend(kill_after(append_forever(home.path()).arg("--ack-first"), acks));
        if missing(home.path(), &acked).await > 0 {
            return;
        }
    }
    panic!("{KILLS} kills did not find the planted bug");
}

/// A failed sync ends the process: SQLite itself would go on as if nothing had been.
#[tokio::test]
async fn bad_input_155_no_acknowledgement_follows_a_failed_sync() {
    if Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_err() {
        eprintln!("skipped: strace is not installed");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let mut acked = HashSet::new();
    for (when, times) in [("12", "once"), ("25+", "for good")] {
        let inject = format!("inject=fsync,fdatasync:error=EIO:when={when}");
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", &inject]);
        command.arg(env!("CARGO_BIN_EXE_append_forever")).arg(home.path());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = lines(child.stdout.take().unwrap());
        assert_eq!(child.wait().unwrap().code(), Some(3), "{times}: {:?}", lines.last());
        let end = lines.iter().find_map(|line| line.strip_prefix("fatal ")).unwrap().parse::<u64>().unwrap();
        let promised = lines.iter().filter_map(|line| position_of(line)).max().unwrap();
        assert!(promised <= end, "{times}: {promised} was acknowledged, {end} was synced");
        let late: Vec<_> = lines.iter().filter(|line| line.starts_with("late ")).collect();
        assert_eq!(late, ["late refused"], "{times}: the log went on after the failure");
        acked.extend(lines.iter().filter_map(|line| id_of(line)));
        assert_eq!(missing(home.path(), &acked).await, 0, "{times}");
    }
}

fn append_forever(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_append_forever"));
    command.arg(home);
    command
}

/// Runs until so many events were acknowledged, kills, and gives the ids of all that were.
fn kill_after(command: &mut Command, acks: usize) -> Vec<String> {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut read = String::new();
    for _ in 0..acks {
        assert_ne!(output.read_line(&mut read).unwrap(), 0, "the process ended by itself: {read}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    output.read_to_string(&mut read).unwrap();
    // The last line may be cut.
    let whole = read.rfind('\n').map_or("", |end| &read[..end]);
    whole.lines().filter_map(id_of).collect()
}

/// How many acknowledged events are not in the log; panics when the log is not whole.
async fn missing(home: &Path, acked: &HashSet<String>) -> usize {
    let dir = DataDir::open(home).unwrap();
    let store = SqliteEventStore::open(&dir, Arc::new(SystemClock)).await.unwrap();
    store.verify().await.unwrap();
    let (mut after, mut found) = (0, HashSet::new());
    loop {
        let slice = store.read_all(after, &Filter::all(), 500).await.unwrap();
        if slice.events.is_empty() {
            break;
        }
        for event in slice.events {
            after += 1;
            assert_eq!(event.position, after, "a gap in the log");
            found.insert(event.id.to_string());
        }
    }
    assert_eq!(*store.end().borrow(), after);
    acked.difference(&found).count()
}

fn lines(mut output: ChildStdout) -> Vec<String> {
    let mut read = String::new();
    output.read_to_string(&mut read).unwrap();
    read.lines().map(str::to_owned).collect()
}

fn id_of(line: &str) -> Option<String> {
    let (id, _) = line.strip_prefix("ack ")?.split_once(' ')?;
    Some(id.to_owned())
}

fn position_of(line: &str) -> Option<u64> {
    line.strip_prefix("ack ")?.split_once(' ')?.1.parse().ok()
}

/// Random numbers of acknowledgements, the same in every run.
fn numbers(how_many: usize) -> Vec<usize> {
    let chance = SeededIds::new(153);
    (0..how_many).map(|_| 1 + usize::from(chance.random(1)[0]) % ACKS_MAX).collect()
}
