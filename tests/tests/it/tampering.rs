//! Every way to tamper with a log, planted, and named by the verification with its first position.

use std::path::Path;
use std::sync::Arc;

use acceptance::contracts::samples::{event, to};
use adapter_sqlite::{DataDir, LogFile, SqliteEventStore, SystemClock};
use bytes::Bytes;
use engine::chain::{self, Content, Fault, FaultKind, Hash, Verified, Verifier};
use engine::checkpoint::{Checkpoint, Signer};
use engine::ports::{EventStore, Expected, SubjectKey};
use engine::seal;
use rusqlite::Connection;
use tempfile::TempDir;

const EVENTS: u64 = 120;
/// Events in one commit.
const COMMIT: u64 = 6;

/// A log with checkpoints at 60 and at its end.
struct Log {
    home: TempDir,
    pins: Vec<Checkpoint>,
}

impl Log {
    async fn new() -> Self {
        Self::of(EVENTS).await
    }

    async fn of(events: u64) -> Self {
        let home = tempfile::tempdir().unwrap();
        let dir = DataDir::open(home.path()).unwrap();
        let store = SqliteEventStore::open(&dir, Arc::new(SystemClock)).await.unwrap();
        let mut pins = vec![];
        for first in (1..=events).step_by(usize::try_from(COMMIT).unwrap()) {
            let appends = (first..first + COMMIT).map(|number| {
                let mut new = event(u128::from(number) << 64);
                let name = format!("record-cn_a.users.{number}");
                let key = SubjectKey([7; 32]);
                new.body = Some(seal::seal(b"Ada", &name, &format!("cn_a.users.{number}"), &key, &[1; 24]));
                to(&name, Expected::NoStream, vec![new])
            });
            store.append(appends.collect()).await.unwrap();
            if first + COMMIT > EVENTS || first + COMMIT == 61 {
                let head = store.head().await.unwrap().unwrap();
                pins.push(signer().sign(
                    head.origin,
                    head.position,
                    &head.chain,
                    chrono::DateTime::default(),
                ));
            }
        }
        Self { home, pins }
    }

    fn path(&self) -> &Path {
        self.home.path()
    }

    fn tamper(&self, sql: &str) {
        let connection = Connection::open(self.path().join("log.db")).unwrap();
        connection.execute_batch(sql).unwrap();
    }

    fn verify(&self) -> Result<Verified, Fault> {
        LogFile::open(self.path()).unwrap().verify(Verifier::new(self.pins.clone()))
    }

    /// Covers what was done: digests are made to fit, and with `chain` the whole chain.
    fn cover(&self, chain: bool) {
        let mut file = LogFile::open(self.path()).unwrap();
        let connection = Connection::open(self.path().join("log.db")).unwrap();
        let (end, mut at, mut link) = (file.end().unwrap(), 0, chain::genesis());
        while at < end {
            for lying in file.step(at, end).unwrap() {
                let leaf = Content::from(&lying.event).leaf();
                at = lying.event.position;
                link = chain::step(&link, &leaf);
                let short = chain::short(&leaf);
                connection.execute("UPDATE events SET checksum = ? WHERE position = ?", (short, at)).unwrap();
                if chain && (lying.link.is_some() || at == end) {
                    connection.execute("INSERT OR REPLACE INTO chain VALUES (?, ?)", (at, link)).unwrap();
                }
            }
        }
        if chain {
            connection.execute("DELETE FROM chain WHERE position > ?", [end]).unwrap();
        }
    }
}

fn signer() -> Signer {
    Signer::from_seed(&[3; 32]).unwrap()
}

/// Makes room for one event at a position, or closes the gap of one: streams and numbers stay as they are.
fn shift(from: u64, by: i64) -> String {
    format!(
        "UPDATE events SET position = -(position + ({by})) WHERE position >= {from};
         UPDATE events SET position = -position WHERE position < 0;"
    )
}

fn copy(from: u64, to: u64, tail: u64) -> String {
    format!(
        "INSERT INTO events SELECT {to}, head, {tail}, revision, kind, meta, causation, recorded_at, id, data, body, checksum
         FROM events WHERE position = {from};"
    )
}

#[tokio::test]
async fn bad_input_176_a_sound_log_is_sound_without_keys_and_without_a_network() {
    let log = Log::new().await;
    let verified = log.verify().unwrap();
    assert_eq!((verified.events, verified.checkpoints, verified.signed_to), (EVENTS, 2, EVENTS));
    assert_eq!(verified.origin.as_deref(), Some(&*log.pins[0].origin));
    // An empty one is, too.
    let empty = Log::of(0).await;
    assert_eq!(empty.verify().unwrap().events, 0);
}

#[tokio::test]
async fn bad_input_171_each_way_to_tamper_is_named_with_its_first_position() {
    use FaultKind::{Changed, Duplicated, Inserted, Missing, Reordered, Rewritten, RolledBack};
    let swap = "UPDATE events SET position = -50 WHERE position = 50;
                UPDATE events SET position = 50 WHERE position = 51;
                UPDATE events SET position = 51 WHERE position = -50;";
    let inserted = format!(
        "{}{}UPDATE events SET data = '{{}}', id = x'00112233445566778899aabbccddeeff' WHERE position = 50;",
        shift(50, 1),
        copy(40, 50, 999)
    );
    let cut = "DELETE FROM events WHERE position > 100;";
    let cut_covered =
        format!("{cut} DELETE FROM chain WHERE position > 96; DELETE FROM events WHERE position > 96;");
    let cases: Vec<(&str, String, FaultKind, u64)> = vec![
        ("data changed", "UPDATE events SET data = '{}' WHERE position = 50".into(), Changed, 50),
        (
            "a body's byte changed",
            "UPDATE events SET body = CAST(x'01' || substr(body, 2, 20) AS BLOB) WHERE position = 51".into(),
            Changed,
            51,
        ),
        (
            "time changed",
            "UPDATE events SET recorded_at = recorded_at - 1 WHERE position = 52".into(),
            Changed,
            52,
        ),
        ("actor changed for all", "UPDATE metas SET actor = 'nobody'".into(), Changed, 1),
        ("moved to another stream", "UPDATE events SET tail = 1000 WHERE position = 53".into(), Changed, 53),
        ("dropped from the middle", "DELETE FROM events WHERE position = 50".into(), Missing, 50),
        (
            "dropped, the rest moved up",
            format!("DELETE FROM events WHERE position = 50; {}", shift(51, -1)),
            Missing,
            50,
        ),
        ("the last dropped", cut.into(), Missing, 101),
        ("the last dropped, with their chain", cut_covered, RolledBack, 97),
        ("inserted, the rest moved down", inserted, Inserted, 50),
        ("added at the end", copy(40, 121, 999), Inserted, 121),
        ("two exchanged", swap.into(), Reordered, 50),
        ("one doubled", format!("{}{}", shift(51, 1), copy(50, 51, 999)), Duplicated, 51),
        (
            "a link of the chain changed",
            "UPDATE chain SET hash = zeroblob(32) WHERE position = 54".into(),
            Rewritten,
            49,
        ),
    ];
    for (name, sql, kind, position) in cases {
        let log = Log::new().await;
        log.tamper(&sql);
        let fault = log.verify().unwrap_err();
        assert_eq!((fault.kind, fault.position), (kind, position), "{name}: {fault:?}");
    }
}

#[tokio::test]
async fn bad_input_171_covered_changes_are_found_by_the_chain_and_by_checkpoints() {
    let change = "UPDATE events SET data = '{\"number\":0}' WHERE position = 50";
    let log = Log::new().await;
    log.tamper(change);
    log.cover(false);
    let fault = log.verify().unwrap_err();
    assert_eq!((fault.kind, fault.position, fault.until), (FaultKind::Rewritten, 49, Some(54)), "{fault:?}");
    // With the whole chain computed anew, only the signature tells: the first checkpoint behind the change.
    log.cover(true);
    let fault = log.verify().unwrap_err();
    assert_eq!((fault.kind, fault.position, fault.until), (FaultKind::Rewritten, 1, Some(60)), "{fault:?}");
    let later = Log::new().await;
    later.tamper("UPDATE events SET data = '{\"number\":0}' WHERE position = 70");
    later.cover(true);
    let fault = later.verify().unwrap_err();
    assert_eq!((fault.kind, fault.position, fault.until), (FaultKind::Rewritten, 61, Some(120)));
    // Without any checkpoint nobody could know: the limit that `docs/guarantees.md` names.
    let alone = LogFile::open(later.path()).unwrap().verify(Verifier::new(vec![]));
    assert!(alone.is_ok());
}

#[tokio::test]
async fn bad_input_171_an_older_state_a_fork_and_a_foreign_log_are_told_from_each_other() {
    let older = Log::of(60).await;
    let log = Log::new().await;
    // The same log as it was at 60: by itself sound, but not since the checkpoint at 120.
    log.tamper("DELETE FROM events WHERE position > 60; DELETE FROM chain WHERE position > 60;");
    let fault = log.verify().unwrap_err();
    assert_eq!((fault.kind, fault.position), (FaultKind::RolledBack, 61));
    let by_itself = LogFile::open(log.path()).unwrap().verify(Verifier::new(vec![log.pins[0].clone()]));
    assert_eq!(by_itself.unwrap().events, 60);
    // A fork: goes on otherwise from 60.
    let fork = Log::new().await;
    fork.tamper("UPDATE events SET id = randomblob(16) WHERE position > 60");
    fork.cover(true);
    let fault = fork.verify().unwrap_err();
    assert_eq!((fault.kind, fault.position), (FaultKind::Rewritten, 61));
    // Another log altogether.
    older.tamper("UPDATE events SET id = randomblob(16)");
    older.cover(true);
    let foreign = Verifier::new(log.pins.clone());
    let fault = LogFile::open(older.path()).unwrap().verify(foreign).unwrap_err();
    assert_eq!((fault.kind, fault.position), (FaultKind::ForeignLog, 1));
}

#[tokio::test]
async fn a_log_whose_chain_was_cut_is_not_appended_to() {
    for sql in [
        "DELETE FROM events WHERE position > 100",
        "DELETE FROM chain WHERE position > 100",
        "DELETE FROM chain",
    ] {
        let log = Log::new().await;
        log.tamper(sql);
        let dir = DataDir::open(log.path()).unwrap();
        let refused = SqliteEventStore::open(&dir, Arc::new(SystemClock)).await.err().unwrap().to_string();
        assert!(refused.contains("damaged") && refused.contains("verify"), "{refused}");
    }
}

#[tokio::test]
async fn a_body_taken_away_leaves_the_log_sound() {
    let log = Log::new().await;
    let connection = Connection::open(log.path().join("log.db")).unwrap();
    let body: Vec<u8> =
        connection.query_row("SELECT body FROM events WHERE position = 50", [], |row| row.get(0)).unwrap();
    let left: Bytes = seal::removed(&body);
    connection.execute("UPDATE events SET body = ? WHERE position = 50", [&left[..]]).unwrap();
    assert_eq!(log.verify().unwrap().removed, [50]);
    // It cannot be used to put another body in.
    let other: Hash = [9; 32];
    let forged = [&[2][..], &other].concat();
    connection.execute("UPDATE events SET body = ? WHERE position = 50", [forged]).unwrap();
    assert_eq!(log.verify().unwrap_err().kind, FaultKind::Changed);
}
