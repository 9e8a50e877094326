//! The views: a table for each version of each view, with its declared columns beside the packed document. What is
//! folded under `folding` is written on the connection that holds the lock, so nobody writes who has lost it.

mod apply;
mod conditions;
mod digest;
mod exchange;
mod folding;
mod list;
mod tables;

use std::sync::Arc;

use async_trait::async_trait;
use deadpool_postgres::Object;
use engine::Position;
use engine::ports::{Doc, Folding, Page, Query, ReadError, ReadStore, ViewBatch, ViewDigest, ViewSpec};

use crate::fault::Fault;
use crate::open_error::OpenError;
use crate::postgres::Postgres;
use crate::vacuum;
use folding::{Turns, Writer};

/// Times that a transaction is repeated when others were faster.
const CONFLICTS_MAX: u32 = 5;

pub struct PostgresReadStore {
    postgres: Postgres,
    turns: Arc<Turns>,
}

impl PostgresReadStore {
    pub async fn open(postgres: &Postgres) -> Result<Self, OpenError> {
        postgres.answers().await?;
        Ok(Self { postgres: postgres.clone(), turns: Arc::new(Turns::new(postgres.clone())) })
    }

    async fn connection(&self) -> Result<Object, Fault> {
        self.postgres.connection().await
    }

    async fn writer(&self) -> Result<Writer, Fault> {
        self.turns.writer().await
    }

    async fn ask<T, F>(&self, question: impl Fn() -> F) -> Result<T, ReadError>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        Ok(self.postgres.again(question).await?)
    }

    /// Runs a transaction, again when others were faster.
    async fn write<F>(&self, write: impl Fn() -> F) -> Result<(), ReadError>
    where
        F: Future<Output = Result<(), Fault>>,
    {
        for _ in 1..CONFLICTS_MAX {
            match write().await {
                Err(fault) if fault.is_conflict() => {}
                other => return Ok(other?),
            }
        }
        Ok(write().await?)
    }
}

#[async_trait]
impl ReadStore for PostgresReadStore {
    async fn apply(&self, batches: Vec<ViewBatch>) -> Result<(), ReadError> {
        for batch in &batches {
            batch.check().map_err(refused)?;
        }
        let (schema, batches) = (self.postgres.schema(), batches.as_slice());
        self.write(move || async move { apply::batches(&mut *self.writer().await?, schema, batches).await })
            .await
    }

    async fn checkpoint(&self, view: &'static ViewSpec) -> Result<Position, ReadError> {
        self.ask(move || async move { tables::checkpoint(&self.connection().await?, view).await }).await
    }

    async fn get(&self, view: &'static ViewSpec, keys: &[String]) -> Result<Vec<Option<Doc>>, ReadError> {
        self.ask(move || async move { list::documents(&self.connection().await?, view, keys).await }).await
    }

    async fn list(&self, view: &'static ViewSpec, query: &Query) -> Result<Page, ReadError> {
        query.check(view).map_err(refused)?;
        self.ask(move || async move { list::page(&self.connection().await?, view, query).await }).await
    }

    async fn count(&self, view: &'static ViewSpec, query: &Query) -> Result<u64, ReadError> {
        query.check(view).map_err(refused)?;
        self.ask(move || async move { list::count(&self.connection().await?, view, query).await }).await
    }

    async fn drop_view(&self, view: &'static ViewSpec) -> Result<(), ReadError> {
        let schema = self.postgres.schema();
        self.write(move || async move { exchange::drop_view(&mut *self.writer().await?, schema, view).await })
            .await
    }

    async fn digest(&self, view: &'static ViewSpec) -> Result<ViewDigest, ReadError> {
        Ok(digest::of(&mut *self.writer().await?, view).await?)
    }

    async fn exchange(&self, view: &'static ViewSpec, by: &'static ViewSpec) -> Result<(), ReadError> {
        let schema = self.postgres.schema();
        self.write(move || async move { exchange::views(&mut *self.writer().await?, schema, view, by).await })
            .await
    }

    /// Writes every table anew, the vault's too, so that no table's file holds what was overwritten or deleted before.
    /// What the server keeps in order to recover (its write-ahead log, archives, standbys, backups) is not in our reach.
    async fn scrub(&self) -> Result<(), ReadError> {
        Ok(vacuum::all_tables(&self.postgres).await?)
    }

    async fn folding(&self) -> Result<Folding, ReadError> {
        Ok(Folding::new(self.turns.take().await?))
    }
}

/// The caller's mistake. The port has no word for it, because no query of ours makes it.
fn refused(why: String) -> ReadError {
    ReadError::Unavailable(why.into())
}
