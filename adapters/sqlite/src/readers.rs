//! Read-only connections, opened when first needed and never more than a bound.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use engine::ports::Cause;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::database::open_reader;

/// A connection with what its user wants to remember beside it.
pub(crate) struct Reader<C> {
    pub connection: Connection,
    pub cache: C,
}

pub(crate) struct Readers<C> {
    file: PathBuf,
    cache_kib: u32,
    turns: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Reader<C>>>>,
}

impl<C: Default + Send + 'static> Readers<C> {
    pub fn new(file: PathBuf, readers_max: usize, cache_kib: u32) -> Self {
        Self { file, cache_kib, turns: Arc::new(Semaphore::new(readers_max.max(1))), idle: Arc::default() }
    }

    /// Runs a read on a thread where it may block.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Reader<C>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, ReaderError> {
        let turn = self.turns.clone().acquire_owned().await.map_err(|e| ReaderError::Lost(e.into()))?;
        let (idle, file, cache_kib) = (self.idle.clone(), self.file.clone(), self.cache_kib);
        let blocking = move || {
            let _turn = turn;
            let waiting = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut reader = match waiting {
                Some(reader) => reader,
                None => Reader { connection: open_reader(&file, cache_kib)?, cache: C::default() },
            };
            let outcome = read(&mut reader);
            if outcome.is_ok() {
                idle.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
            }
            outcome
        };
        let done = tokio::task::spawn_blocking(blocking).await.map_err(|e| ReaderError::Lost(e.into()))?;
        done.map_err(ReaderError::Sqlite)
    }
}

#[derive(Debug)]
pub(crate) enum ReaderError {
    Sqlite(rusqlite::Error),
    /// The thread that read is gone.
    Lost(Cause),
}
