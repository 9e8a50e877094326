//! The views in `views.db`: a table for each version of each view. Not synced with every commit: what a power cut
//! takes is folded from the log again, because rows and checkpoint move together.

mod list;
mod tables;
mod writer;

use std::sync::Arc;

use async_trait::async_trait;
use engine::Position;
use engine::ports::{Doc, Folding, Page, Query, ReadError, ReadStore, ViewBatch, ViewDigest, ViewSpec};

use crate::data_dir::DataDir;
use crate::database::{self, Durability, Kind, is_damage};
use crate::open_error::OpenError;
use crate::readers::{ReaderError, Readers};
use writer::Writer;

const VIEWS: Kind = Kind {
    file: "views.db",
    application_id: i32::from_be_bytes(*b"PiVw"),
    durability: Durability::Normal,
    migrations: &["CREATE TABLE views (
        name TEXT NOT NULL, version INTEGER NOT NULL, checkpoint INTEGER NOT NULL, PRIMARY KEY (name, version)
    ) STRICT, WITHOUT ROWID"],
    upgrades: &[],
    page_bytes: 4096,
};
const WRITER_CACHE_KIB: u32 = 8 << 10;
const READERS_MAX: usize = 4;
const READER_CACHE_KIB: u32 = 2 << 10;

pub struct SqliteReadStore {
    /// Closed before the writer: who closes last tidies up, and a reader cannot.
    readers: Readers<()>,
    writer: Writer,
    folding: Arc<tokio::sync::Mutex<()>>,
    _dir: DataDir,
}

impl SqliteReadStore {
    /// Opens `views.db` in a data directory and creates it where it is absent.
    pub async fn open(dir: &DataDir) -> Result<Self, OpenError> {
        let dir = dir.clone();
        database::blocking(move || {
            let connection = database::open_writer(&dir, &VIEWS, WRITER_CACHE_KIB)?;
            let file = dir.path().join(VIEWS.file);
            tables::drop_twins(&connection).map_err(database::explain(&file))?;
            let writer = Writer::start(connection)
                .map_err(|source| OpenError::Sqlite { file: file.clone(), source })?;
            let readers = Readers::new(file, READERS_MAX, READER_CACHE_KIB);
            Ok(Self { readers, writer, folding: Arc::default(), _dir: dir })
        })
        .await
    }
}

#[async_trait]
impl ReadStore for SqliteReadStore {
    async fn apply(&self, batches: Vec<ViewBatch>) -> Result<(), ReadError> {
        for batch in &batches {
            batch.check().map_err(refused)?;
        }
        self.writer.apply(batches).await
    }

    async fn checkpoint(&self, view: &'static ViewSpec) -> Result<Position, ReadError> {
        self.readers
            .read(move |reader| tables::checkpoint(&reader.connection, view))
            .await
            .map_err(read_error)
    }

    async fn get(&self, view: &'static ViewSpec, keys: &[String]) -> Result<Vec<Option<Doc>>, ReadError> {
        let keys = keys.to_vec();
        self.readers
            .read(move |reader| list::documents(&reader.connection, view, &keys))
            .await
            .map_err(read_error)
    }

    async fn list(&self, view: &'static ViewSpec, query: &Query) -> Result<Page, ReadError> {
        query.check(view).map_err(refused)?;
        let query = query.clone();
        self.readers
            .read(move |reader| list::page(&reader.connection, view, &query))
            .await
            .map_err(read_error)
    }

    async fn count(&self, view: &'static ViewSpec, query: &Query) -> Result<u64, ReadError> {
        query.check(view).map_err(refused)?;
        let query = query.clone();
        self.readers
            .read(move |reader| list::count(&reader.connection, view, &query))
            .await
            .map_err(read_error)
    }

    async fn drop_view(&self, view: &'static ViewSpec) -> Result<(), ReadError> {
        self.writer.drop_view(view).await
    }

    async fn digest(&self, view: &'static ViewSpec) -> Result<ViewDigest, ReadError> {
        self.readers.read(move |reader| list::digest(&reader.connection, view)).await.map_err(read_error)
    }

    async fn exchange(&self, view: &'static ViewSpec, by: &'static ViewSpec) -> Result<(), ReadError> {
        self.writer.exchange(view, by).await
    }

    async fn scrub(&self) -> Result<(), ReadError> {
        self.writer.scrub().await
    }

    async fn folding(&self) -> Result<Folding, ReadError> {
        Ok(Folding::new(self.folding.clone().lock_owned().await))
    }
}

/// The caller's mistake. The port has no word for it, because no query of ours makes it.
fn refused(why: String) -> ReadError {
    ReadError::Unavailable(why.into())
}

fn read_error(error: ReaderError) -> ReadError {
    match error {
        ReaderError::Sqlite(error) => sqlite_error(error),
        ReaderError::Lost(cause) => ReadError::Unavailable(cause),
    }
}

fn sqlite_error(error: rusqlite::Error) -> ReadError {
    if is_damage(&error) { ReadError::Corrupt(error.into()) } else { ReadError::Unavailable(error.into()) }
}
