//! Copies the write-ahead log into the database beside its writer, on a thread and a connection of its own: nobody who
//! waits for a commit waits for the copying. There is one for each file, so checkpoints still have one owner.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::commits::checkpoint;
use crate::database;

pub(crate) struct Copier {
    orders: Option<SyncSender<()>>,
    failure: Arc<Mutex<Option<rusqlite::Error>>>,
    thread: Option<JoinHandle<()>>,
}

impl Copier {
    pub fn start(file: &Path, durability: database::Durability) -> rusqlite::Result<Self> {
        let connection = database::open_copier(file, durability)?;
        // One order waits while another is carried out; more would say the same.
        let (orders, waiting) = sync_channel(1);
        let failure: Arc<Mutex<Option<rusqlite::Error>>> = Arc::default();
        let seen = failure.clone();
        let thread = std::thread::Builder::new()
            .name("log-copier".to_owned())
            .spawn(move || copy(&connection, &waiting, &seen))
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        Ok(Self { orders: Some(orders), failure, thread: Some(thread) })
    }

    /// Asks for a copy, soon. Never waits.
    pub fn order(&self) {
        if let Some(orders) = &self.orders {
            let _one_is_waiting = orders.try_send(());
        }
    }

    /// What went wrong since somebody last asked: a copy that failed puts the disk in doubt as much as a commit does.
    pub fn failure(&self) -> Option<rusqlite::Error> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Copier {
    /// Ends before the writer's connection does: who closes last tidies up, and that is the writer's to decide.
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the log's copier had ended with a panic");
        }
    }
}

fn copy(connection: &Connection, orders: &Receiver<()>, failure: &Mutex<Option<rusqlite::Error>>) {
    while let Ok(()) = orders.recv() {
        if let Err(error) = checkpoint(connection, "PASSIVE") {
            *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn bad_input_159_the_log_is_copied_while_its_writer_goes_on() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("x.db");
        let writer = Connection::open(&file).unwrap();
        writer.query_row("PRAGMA journal_mode=WAL", [], |_| Ok(())).unwrap();
        writer.query_row("PRAGMA wal_autocheckpoint=0", [], |_| Ok(())).unwrap();
        writer.execute_batch("CREATE TABLE t (x BLOB)").unwrap();
        let copier = Copier::start(&file, database::Durability::Full).unwrap();
        let length = || std::fs::metadata(&file).unwrap().len();
        let before = length();
        let deadline = Instant::now() + Duration::from_secs(10);
        while length() < before + (100 << 10) {
            writer.execute("INSERT INTO t VALUES (zeroblob(4096))", []).unwrap();
            copier.order();
            assert!(Instant::now() < deadline, "nothing was copied");
        }
        assert!(copier.failure().is_none());
        drop(copier);
        writer.execute("INSERT INTO t VALUES (NULL)", []).unwrap();
    }
}
