//! A log on a full disk, with damaged pages, beside a busy neighbour.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use acceptance::contracts::samples::{begin, event, stream, to};
use adapter_memory::SeededIds;
use adapter_sqlite::{DataDir, LogOptions, SqliteEventStore, SystemClock};
use engine::Recorded;
use engine::ports::{AppendError, EventStore, Expected, Filter, Ids, StoreError};
use rusqlite::Connection;

use crate::data_dir_faults::Mounted;

const BODY_BYTES: usize = 20_000;
/// Far more appends than any disk here takes.
const APPENDS_MAX: u128 = 10_000;

async fn open(path: &Path, pages_max: Option<u32>) -> SqliteEventStore {
    let options = LogOptions { pages_max, ..LogOptions::default() };
    SqliteEventStore::open_with(&DataDir::open(path).unwrap(), Arc::new(SystemClock), options).await.unwrap()
}

async fn append(store: &SqliteEventStore, number: u128) -> Result<(), AppendError> {
    let mut append = begin(&format!("thing-{number}"), [number]);
    append.events[0].body = Some(SeededIds::new(156).random(BODY_BYTES).into());
    store.append(vec![append]).await.map(|_| ())
}

/// Appends until the disk is full and gives the number of events that were acknowledged.
async fn fill(store: &SqliteEventStore, from: u128) -> u128 {
    for number in from..APPENDS_MAX {
        match append(store, number).await {
            Ok(()) => {}
            Err(AppendError::Unavailable(_)) => return number,
            Err(other) => panic!("{other:?}"),
        }
    }
    panic!("the disk never filled");
}

async fn all(store: &SqliteEventStore) -> Result<Vec<Recorded>, StoreError> {
    Ok(store.read_all(0, &Filter::all(), APPENDS_MAX as usize).await?.events)
}

#[tokio::test]
async fn bad_input_156_a_full_log_refuses_and_goes_on_when_there_is_room() {
    let home = tempfile::tempdir().unwrap();
    let small = open(home.path(), Some(100)).await;
    let filled = fill(&small, 0).await;
    assert!(filled > 10);
    assert!(small.fatal().borrow().is_none(), "a full disk is no reason to end");
    assert_eq!(all(&small).await.unwrap().len() as u128, filled);
    assert_eq!(fill(&small, filled).await, filled);
    drop(small);
    let roomy = open(home.path(), None).await;
    append(&roomy, filled).await.unwrap();
    roomy.verify().await.unwrap();
    let events = all(&roomy).await.unwrap();
    assert!(events.iter().zip(1..).all(|(event, position)| event.position == position));
    assert_eq!(events.len() as u128, filled + 1);
}

#[tokio::test]
async fn bad_input_156_a_full_disk_is_survived() {
    let home = tempfile::tempdir().unwrap();
    let disk = home.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let Some(_mounted) = Mounted::tmpfs(&disk, "size=6m,mode=0700") else { return };
    let ballast = disk.join("ballast");
    let mut number = 0;
    for _ in 0..5 {
        fs::write(&ballast, vec![1; 2 << 20]).unwrap();
        let store = open(&disk, None).await;
        number = fill(&store, number).await;
        assert_eq!(all(&store).await.unwrap().len() as u128, number);
        assert!(store.fatal().borrow().is_none());
        fs::remove_file(&ballast).unwrap();
        append(&store, number).await.unwrap();
        number += 1;
        drop(store);
        // Room for the next round: what this log holds is checked, then it begins anew.
        let store = open(&disk, None).await;
        store.verify().await.unwrap();
        assert_eq!(all(&store).await.unwrap().len() as u128, number);
        drop(store);
        fs::remove_file(disk.join("log.db")).unwrap();
        number = 0;
    }
    assert_eq!(number, 0);
}

#[tokio::test]
async fn bad_input_157_a_flipped_bit_is_an_error_or_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("log.db");
    let store = open(home.path(), None).await;
    let mut appends: Vec<_> =
        (0..300).map(|number| begin(&format!("thing-cn_a.things.{number}"), [number])).collect();
    for append in &mut appends {
        append.events[0].body = Some(SeededIds::new(157).random(200).into());
    }
    store.append(appends).await.unwrap();
    let truth = all(&store).await.unwrap();
    drop(store);
    let whole = fs::read(&file).unwrap();
    let chance = SeededIds::new(157);
    let mut found = 0;
    for _ in 0..150 {
        let at = u32::from_le_bytes(chance.random(4).try_into().unwrap()) as usize % whole.len();
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        fs::write(&file, flipped).unwrap();
        let Ok(dir) = DataDir::open(home.path()) else { panic!("the directory is sound") };
        let Ok(store) = SqliteEventStore::open(&dir, Arc::new(SystemClock)).await else {
            found += 1;
            continue;
        };
        match all(&store).await {
            Ok(events) => {
                let end = usize::try_from(*store.end().borrow()).unwrap();
                assert_eq!(events[..], truth[..end], "byte {at} lied");
                found += usize::from(store.verify().await.is_err());
            }
            Err(StoreError::Corrupt(_) | StoreError::Unavailable(_)) => found += 1,
        }
    }
    assert!(found > 60, "only {found} of 150 flipped bits were noticed");
}

#[tokio::test]
async fn bad_input_157_a_truncated_log_is_an_error() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("log.db");
    let store = open(home.path(), None).await;
    for number in 0..20 {
        append(&store, number).await.unwrap();
    }
    drop(store);
    let whole = fs::read(&file).unwrap();
    for length in [whole.len() / 2, whole.len() - 100, 8192, 600] {
        fs::write(&file, &whole[..length]).unwrap();
        let opened =
            SqliteEventStore::open(&DataDir::open(home.path()).unwrap(), Arc::new(SystemClock)).await;
        if let Ok(store) = opened {
            assert!(matches!(store.verify().await, Err(StoreError::Corrupt(_))), "{length}");
        }
    }
}

#[tokio::test]
async fn bad_input_157_the_wal_of_another_log_is_not_taken_in() {
    let (home, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let theirs = open(other.path(), None).await;
    append(&theirs, 999).await.unwrap();
    fs::copy(other.path().join("log.db-wal"), home.path().join("kept")).unwrap();
    drop(theirs);
    let store = open(home.path(), None).await;
    append(&store, 1).await.unwrap();
    let truth = all(&store).await.unwrap();
    drop(store);
    fs::rename(home.path().join("kept"), home.path().join("log.db-wal")).unwrap();
    let opened = SqliteEventStore::open(&DataDir::open(home.path()).unwrap(), Arc::new(SystemClock)).await;
    // SQLite cannot tell whose frames these are. What must not happen is a log that seems whole and is not ours.
    if let Ok(store) = opened
        && let Ok(events) = all(&store).await
    {
        assert!(
            events == truth || events.iter().all(|event| event.id.as_u128() == 999),
            "a mixture was read"
        );
    }
}

#[tokio::test]
async fn bad_input_160_a_neighbour_that_holds_the_lock_is_waited_for() {
    let home = tempfile::tempdir().unwrap();
    let store = Arc::new(open(home.path(), None).await);
    let neighbour = Connection::open(home.path().join("log.db")).unwrap();
    neighbour.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.append(vec![begin("thing-1", [1])]).await }
    });
    tokio::task::yield_now().await;
    neighbour.execute_batch("ROLLBACK").unwrap();
    waiting.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_reopened_log_goes_on_where_it_was() {
    let home = tempfile::tempdir().unwrap();
    let first = open(home.path(), None).await;
    first.append(vec![begin("thing-1", [1])]).await.unwrap();
    drop(first);
    let second = open(home.path(), None).await;
    assert_eq!(*second.end().borrow(), 1);
    let repeat = second.append(vec![begin("thing-1", [1])]).await.unwrap();
    assert_eq!(repeat.position, 1);
    second.append(vec![to("thing-1", Expected::Exact(0), vec![event(2)])]).await.unwrap();
    assert_eq!(second.read_stream(&stream("thing-1"), 0, 9).await.unwrap().len(), 2);
}
