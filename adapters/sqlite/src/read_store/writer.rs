//! The one thread that writes views.

use std::collections::{BTreeMap, HashSet};
use std::thread::JoinHandle;

use engine::codec;
use engine::ports::{Change, Doc, IndexValue, ReadError, ViewBatch, ViewSpec};
use rusqlite::{Connection, Result, Statement};
use tokio::sync::{mpsc, oneshot};

use super::{VIEWS, sqlite_error, tables};
use crate::commits::{Checkpoints, scrub};
use crate::database::closed;

/// Requests that may wait; each waits for its answer, so this bounds the callers, not the rows.
const QUEUE_MAX: usize = 64;

/// The views' pages are written over and over; the log's are not.
const COPY_BYTES_MIN: usize = 32 << 20;

enum Order {
    Apply(Vec<ViewBatch>),
    Drop(&'static ViewSpec),
    Scrub,
    Exchange(&'static ViewSpec, &'static ViewSpec),
}

type Answer = std::result::Result<(), ReadError>;
type Request = (Order, oneshot::Sender<Answer>);

pub(super) struct Writer {
    queue: Option<mpsc::Sender<Request>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub fn start(mut connection: Connection) -> Result<Self> {
        let checkpoints = Checkpoints::watch(&mut connection, VIEWS.page_bytes, COPY_BYTES_MIN)?;
        let (queue, requests) = mpsc::channel(QUEUE_MAX);
        let thread = Thread { connection, checkpoints, known: HashSet::new(), requests };
        let thread = std::thread::Builder::new()
            .name("views-writer".to_owned())
            .spawn(move || thread.run())
            .map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    pub async fn apply(&self, batches: Vec<ViewBatch>) -> std::result::Result<(), ReadError> {
        self.order(Order::Apply(batches)).await
    }

    pub async fn drop_view(&self, view: &'static ViewSpec) -> std::result::Result<(), ReadError> {
        self.order(Order::Drop(view)).await
    }

    pub async fn scrub(&self) -> std::result::Result<(), ReadError> {
        self.order(Order::Scrub).await
    }

    pub async fn exchange(
        &self,
        view: &'static ViewSpec,
        by: &'static ViewSpec,
    ) -> std::result::Result<(), ReadError> {
        self.order(Order::Exchange(view, by)).await
    }

    async fn order(&self, order: Order) -> std::result::Result<(), ReadError> {
        let gone = || ReadError::Unavailable(closed());
        let (answer, answered) = oneshot::channel();
        self.queue.as_ref().ok_or_else(gone)?.send((order, answer)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

impl Drop for Writer {
    /// Waits for the last commit, so that whoever opens the directory next finds it closed.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the views' writer had ended with a panic");
        }
    }
}

struct Thread {
    connection: Connection,
    checkpoints: Checkpoints,
    /// Views whose tables exist.
    known: HashSet<(&'static str, u32)>,
    requests: mpsc::Receiver<Request>,
}

impl Thread {
    fn run(mut self) {
        while let Some((order, answer)) = self.requests.blocking_recv() {
            let outcome = self.commit(&order);
            if outcome.is_err() {
                self.known.clear();
            }
            // Whoever no longer waits reads the checkpoint when it comes back.
            let _gone = answer.send(outcome);
            if let Err(error) = self.checkpoints.after_commit(&self.connection) {
                tracing::warn!(%error, "the views' write-ahead log could not be copied; it is tried again");
            }
        }
    }

    fn commit(&mut self, order: &Order) -> Answer {
        if matches!(order, Order::Scrub) {
            return scrub(&self.connection).map_err(sqlite_error);
        }
        let transaction = self.connection.unchecked_transaction().map_err(sqlite_error)?;
        if let Order::Apply(batches) = order {
            for batch in batches {
                let found = tables::checkpoint(&transaction, batch.view).map_err(sqlite_error)?;
                batch.check_place(found)?;
            }
        }
        write(&transaction, &mut self.known, order).map_err(sqlite_error)?;
        transaction.commit().map_err(sqlite_error)
    }
}

fn write(connection: &Connection, known: &mut HashSet<(&'static str, u32)>, order: &Order) -> Result<()> {
    match order {
        Order::Apply(batches) => {
            for batch in batches {
                if known.insert((batch.view.name, batch.view.version)) {
                    tables::create(connection, batch.view)?;
                }
                apply(connection, batch)?;
            }
            Ok(())
        }
        Order::Exchange(view, by) => {
            tables::create(connection, view)?;
            tables::create(connection, by)?;
            tables::exchange(connection, view, by)
        }
        Order::Scrub => Ok(()),
        Order::Drop(view) => {
            known.remove(&(view.name, view.version));
            tables::drop_table(connection, view)
        }
    }
}

type Put<'b> = (&'b Doc, &'b [Option<IndexValue>]);

fn apply(connection: &Connection, batch: &ViewBatch) -> Result<()> {
    // The last change of each key, in the order of the table.
    let mut last: BTreeMap<&str, Option<Put<'_>>> = BTreeMap::new();
    for change in &batch.changes {
        match change {
            Change::Put { key, doc, columns } => last.insert(key, Some((doc, columns))),
            Change::Delete { key } => last.insert(key, None),
        };
    }
    let table = tables::table(batch.view);
    let mut put = connection.prepare_cached(&put_sql(batch.view))?;
    let mut delete = connection.prepare_cached(&format!("DELETE FROM {table} WHERE key = ?"))?;
    for (key, change) in last {
        match change {
            Some((doc, columns)) => put_row(&mut put, key, doc, columns)?,
            None => delete.execute([key]).map(|_| ())?,
        }
    }
    tables::set_checkpoint(connection, batch.view, batch.checkpoint)
}

fn put_row(put: &mut Statement<'_>, key: &str, doc: &Doc, columns: &[Option<IndexValue>]) -> Result<()> {
    put.raw_bind_parameter(1, key)?;
    put.raw_bind_parameter(2, codec::pack(doc))?;
    for (place, value) in (3..).zip(columns) {
        put.raw_bind_parameter(place, value.as_ref().map(tables::value))?;
    }
    put.raw_execute().map(|_| ())
}

/// An upsert rather than a replacement: columns that stay the same leave their indexes alone.
fn put_sql(view: &ViewSpec) -> String {
    let names: Vec<String> = view.columns.iter().map(|declared| tables::column(declared.name)).collect();
    let into = names.iter().fold(String::new(), |into, name| into + ", " + name);
    let marks = ", ?".repeat(names.len());
    let set = names.iter().fold(String::new(), |set, name| set + ", " + name + " = excluded." + name);
    format!(
        "INSERT INTO {} (key, doc{into}) VALUES (?, ?{marks}) ON CONFLICT (key) DO UPDATE SET doc = excluded.doc{set}",
        tables::table(view)
    )
}
