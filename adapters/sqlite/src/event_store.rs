//! The log in `log.db`.

mod append;
mod checksum;
mod file;
mod import;
mod links;
mod names;
mod read;
mod remove;
mod rows;
mod writer;

use std::sync::Arc;

use async_trait::async_trait;
use engine::ports::append_rules::check_appends;
use engine::ports::{AppendError, Appended, Clock, EventStore, Filter, Slice, StoreError, StreamAppend};
use engine::{Position, Recorded, StreamName};
use tokio::sync::watch;

use crate::data_dir::DataDir;
use crate::database::{self, Durability, Kind, is_damage};
use crate::open_error::OpenError;
use crate::readers::{ReaderError, Readers};
use rows::Names;
use writer::Writer;

pub use file::{LogFile, Lying};
pub use import::LogImport;
pub use links::Head;

const LOG: Kind = Kind {
    file: "log.db",
    application_id: i32::from_be_bytes(*b"PiLg"),
    durability: Durability::Full,
    migrations: &[include_str!("event_store/1.sql"), include_str!("event_store/2.sql")],
    upgrades: &[(2, links::upgrade)],
    page_bytes: 8192,
};

/// What an installation may set.
#[derive(Clone, Copy, Debug)]
pub struct LogOptions {
    pub writer_cache_kib: u32,
    /// Most reads at a time; each has a cache of its own.
    pub readers_max: usize,
    pub reader_cache_kib: u32,
    /// The log takes no more than this many pages of 8 KiB; appends are then refused as on a full disk.
    pub pages_max: Option<u32>,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self { writer_cache_kib: 8 << 10, readers_max: 4, reader_cache_kib: 2 << 10, pages_max: None }
    }
}

pub struct SqliteEventStore {
    /// Closed before the writer: who closes last tidies up, and a reader cannot.
    readers: Readers<Names>,
    writer: Writer,
    dir: DataDir,
}

impl SqliteEventStore {
    /// Opens `log.db` in a data directory and creates it where it is absent.
    pub async fn open(dir: &DataDir, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        Self::open_with(dir, clock, LogOptions::default()).await
    }

    pub async fn open_with(
        dir: &DataDir,
        clock: Arc<dyn Clock>,
        options: LogOptions,
    ) -> Result<Self, OpenError> {
        let dir = dir.clone();
        database::blocking(move || {
            let connection = database::open_writer(&dir, &LOG, options.writer_cache_kib)?;
            let file = dir.path().join(LOG.file);
            let writer = Writer::start(connection, clock, options.pages_max)
                .map_err(|source| database::explain(&file)(source))?;
            let readers = Readers::new(file, options.readers_max, options.reader_cache_kib);
            Ok(Self { readers, writer, dir })
        })
        .await
    }

    /// Tells why the log stopped taking appends for good: a disk that failed to sync. The process must end then, and
    /// whatever starts it again reads what is true from the disk.
    pub fn fatal(&self) -> watch::Receiver<Option<String>> {
        self.writer.fatal()
    }

    /// Reads every page and every index. Takes as long as reading the whole file does.
    pub async fn verify(&self) -> Result<(), StoreError> {
        let complaint = self.readers.read(|reader| database::integrity(&reader.connection)).await;
        match complaint.map_err(store_error)? {
            None => Ok(()),
            Some(complaint) => Err(StoreError::Corrupt(complaint.into())),
        }
    }
}

impl SqliteEventStore {
    /// The chain after the last commit, and the log's name; `None` while it is empty.
    pub async fn head(&self) -> Result<Option<Head>, StoreError> {
        self.readers.read(links::head).await.map_err(store_error)
    }
}

#[async_trait]
impl EventStore for SqliteEventStore {
    async fn append(&self, appends: Vec<StreamAppend>) -> Result<Appended, AppendError> {
        check_appends(&appends)?;
        self.writer.append(appends).await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from_revision: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        let stream = stream.clone();
        self.readers
            .read(move |reader| read::stream(reader, &stream, from_revision, limit))
            .await
            .map_err(store_error)
    }

    async fn read_last(&self, streams: &[StreamName]) -> Result<Vec<Option<Recorded>>, StoreError> {
        let streams = streams.to_vec();
        self.readers.read(move |reader| read::last(reader, &streams)).await.map_err(store_error)
    }

    async fn read_all(&self, after: Position, filter: &Filter, limit: usize) -> Result<Slice, StoreError> {
        let filter = filter.clone();
        self.readers
            .read(move |reader| read::all(reader, after, &filter, limit.max(1)))
            .await
            .map_err(store_error)
    }

    async fn remove_bodies(&self, positions: &[Position]) -> Result<u64, StoreError> {
        let (dir, positions) = (self.dir.clone(), positions.to_vec());
        let done = tokio::task::spawn_blocking(move || remove::bodies(&dir, &positions)).await;
        let done = done.map_err(|lost| StoreError::Unavailable(lost.into()))?;
        done.map_err(|error| StoreError::Unavailable(error.into()))
    }

    fn end(&self) -> watch::Receiver<Position> {
        self.writer.end()
    }
}

fn store_error(error: ReaderError) -> StoreError {
    match error {
        ReaderError::Sqlite(error) if is_damage(&error) => StoreError::Corrupt(error.into()),
        ReaderError::Sqlite(error) => StoreError::Unavailable(error.into()),
        ReaderError::Lost(cause) => StoreError::Unavailable(cause),
    }
}
