//! A vault file as it lies there, read and filled without its key ring: rows go from file to file wrapped as they are,
//! and what they are bound to goes with them.

use std::path::{Path, PathBuf};

use engine::portable::{Blob, VaultRow};
use rusqlite::{Connection, Result, Row};

use super::{CACHE_KIB, VAULT};
use crate::data_dir::DataDir;
use crate::database::{self, open_reader};
use crate::open_error::OpenError;

pub struct VaultFile {
    file: PathBuf,
    connection: Connection,
}

impl VaultFile {
    /// Opens the vault of a data directory or a backup; `None` where there is none.
    pub fn open(directory: &Path) -> std::result::Result<Option<Self>, OpenError> {
        database::check_library()?;
        let file = directory.join(VAULT.file);
        if !file.exists() {
            return Ok(None);
        }
        let connection = open_reader(&file, CACHE_KIB).map_err(database::explain(&file))?;
        database::check_kind(&connection, &VAULT, &file)?;
        Ok(Some(Self { file, connection }))
    }

    /// Hands every row over, one after the other.
    pub fn rows<E: From<OpenError>>(
        &self,
        mut take: impl FnMut(VaultRow) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let explain = database::explain(&self.file);
        for (sql, read) in TABLES {
            let mut statement = self.connection.prepare(sql).map_err(&explain)?;
            let mut rows = statement.query([]).map_err(&explain)?;
            while let Some(row) = rows.next().map_err(&explain)? {
                take(read(row).map_err(&explain)?)?;
            }
        }
        Ok(())
    }
}

type Read = fn(&Row<'_>) -> Result<VaultRow>;

const TABLES: [(&str, Read); 4] = [
    ("SELECT kek, wrapped FROM canary", |row| {
        Ok(VaultRow::Canary { kek: row.get(0)?, wrapped: Blob(row.get(1)?) })
    }),
    ("SELECT owner, purpose, origin, version, kek, wrapped, sealed FROM secrets", |row| {
        Ok(VaultRow::Secret {
            owner: row.get(0)?,
            purpose: row.get(1)?,
            origin: row.get(2)?,
            version: row.get(3)?,
            kek: row.get(4)?,
            wrapped: Blob(row.get(5)?),
            sealed: Blob(row.get(6)?),
        })
    }),
    ("SELECT subject, kek, wrapped FROM subjects", |row| {
        Ok(VaultRow::Subject {
            subject: row.get(0)?,
            kek: row.get(1)?,
            wrapped: row.get::<_, Option<Vec<u8>>>(2)?.map(Blob),
        })
    }),
    ("SELECT hash FROM suppressed", |row| Ok(VaultRow::Suppressed { hash: row.get(0)? })),
];

/// Fills a new vault with rows of another one.
pub struct VaultImport {
    file: PathBuf,
    connection: Connection,
    rows: u64,
}

/// Rows of one commit.
const COMMIT_ROWS: u64 = 5_000;

impl VaultImport {
    pub fn begin(dir: &DataDir) -> std::result::Result<Self, OpenError> {
        let connection = database::open_writer(dir, &VAULT, CACHE_KIB)?;
        let file = dir.path().join(VAULT.file);
        connection.execute_batch("BEGIN IMMEDIATE").map_err(database::explain(&file))?;
        Ok(Self { file, connection, rows: 0 })
    }

    pub fn take(&mut self, row: &VaultRow) -> std::result::Result<(), OpenError> {
        self.put(row).map_err(database::explain(&self.file))
    }

    pub fn end(self) -> std::result::Result<u64, OpenError> {
        self.connection.execute_batch("COMMIT").map_err(database::explain(&self.file))?;
        Ok(self.rows)
    }

    fn put(&mut self, row: &VaultRow) -> Result<()> {
        let db = &self.connection;
        match row {
            VaultRow::Canary { kek, wrapped } => db
                .prepare_cached("INSERT INTO canary (id, kek, wrapped) VALUES (1, ?, ?)")?
                .execute((kek, &wrapped.0))?,
            VaultRow::Secret { owner, purpose, origin, version, kek, wrapped, sealed } => db
                .prepare_cached("INSERT INTO secrets VALUES (?, ?, ?, ?, ?, ?, ?)")?
                .execute((owner, purpose, origin, version, kek, &wrapped.0, &sealed.0))?,
            VaultRow::Suppressed { hash } => {
                db.prepare_cached("INSERT INTO suppressed VALUES (?)")?.execute([hash])?
            }
            VaultRow::Subject { subject, kek, wrapped } => db
                .prepare_cached("INSERT INTO subjects (subject, kek, wrapped) VALUES (?, ?, ?)")?
                .execute((subject, kek, wrapped.as_ref().map(|wrapped| &wrapped.0)))?,
        };
        self.rows += 1;
        if self.rows.is_multiple_of(COMMIT_ROWS) {
            self.connection.execute_batch("COMMIT; BEGIN IMMEDIATE")?;
        }
        Ok(())
    }
}
