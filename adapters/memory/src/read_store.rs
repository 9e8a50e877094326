//! Views as sorted maps; every query looks at every row.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use engine::Position;
use engine::ports::{
    Change, Doc, Folding, IndexValue, Order, Page, PageCursor, Query, ReadError, ReadStore, Row, ViewBatch,
    ViewDigest, ViewHasher, ViewSpec,
};

#[derive(Default)]
pub struct MemoryReadStore {
    views: Mutex<HashMap<(&'static str, u32), View>>,
    folding: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct View {
    rows: BTreeMap<String, Stored>,
    checkpoint: Position,
}

struct Stored {
    doc: Doc,
    columns: Vec<Option<IndexValue>>,
}

impl MemoryReadStore {
    pub fn new() -> Self {
        Self::default()
    }

    fn views(&self) -> MutexGuard<'_, HashMap<(&'static str, u32), View>> {
        self.views.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, view: &'static ViewSpec, ask: impl FnOnce(&View) -> T) -> T {
        ask(self.views().get(&(view.name, view.version)).unwrap_or(&View::default()))
    }
}

#[async_trait]
impl ReadStore for MemoryReadStore {
    async fn apply(&self, batches: Vec<ViewBatch>) -> Result<(), ReadError> {
        for batch in &batches {
            batch.check().map_err(|why| ReadError::Unavailable(why.into()))?;
        }
        let mut views = self.views();
        for batch in &batches {
            let found = views.get(&(batch.view.name, batch.view.version)).map_or(0, |view| view.checkpoint);
            batch.check_place(found)?;
        }
        for batch in batches {
            let view = views.entry((batch.view.name, batch.view.version)).or_default();
            for change in batch.changes {
                match change {
                    Change::Put { key, doc, columns } => {
                        view.rows.insert(key, Stored { doc, columns });
                    }
                    Change::Delete { key } => {
                        view.rows.remove(&key);
                    }
                }
            }
            view.checkpoint = batch.checkpoint;
        }
        Ok(())
    }

    async fn checkpoint(&self, view: &'static ViewSpec) -> Result<Position, ReadError> {
        Ok(self.with(view, |stored| stored.checkpoint))
    }

    async fn get(&self, view: &'static ViewSpec, keys: &[String]) -> Result<Vec<Option<Doc>>, ReadError> {
        Ok(self.with(view, |stored| {
            keys.iter().map(|key| stored.rows.get(key).map(|row| row.doc.clone())).collect()
        }))
    }

    async fn list(&self, view: &'static ViewSpec, query: &Query) -> Result<Page, ReadError> {
        query.check(view).map_err(|why| ReadError::Unavailable(why.into()))?;
        Ok(self.with(view, |stored| stored.page(view, query)))
    }

    async fn count(&self, view: &'static ViewSpec, query: &Query) -> Result<u64, ReadError> {
        query.check(view).map_err(|why| ReadError::Unavailable(why.into()))?;
        let counted = |key: &str, row: &Stored| matches(view, query, key, row);
        Ok(self.with(view, |stored| stored.rows.iter().filter(|(key, row)| counted(key, row)).count() as u64))
    }

    async fn drop_view(&self, view: &'static ViewSpec) -> Result<(), ReadError> {
        self.views().remove(&(view.name, view.version));
        Ok(())
    }

    async fn digest(&self, view: &'static ViewSpec) -> Result<ViewDigest, ReadError> {
        Ok(self.with(view, |stored| {
            let mut hasher = ViewHasher::default();
            for (key, row) in &stored.rows {
                hasher.row(key, &row.doc, &row.columns);
            }
            hasher.finish()
        }))
    }

    async fn exchange(&self, view: &'static ViewSpec, by: &'static ViewSpec) -> Result<(), ReadError> {
        let mut views = self.views();
        let new = views.remove(&(by.name, by.version)).unwrap_or_default();
        let old = views.insert((view.name, view.version), new).unwrap_or_default();
        views.insert((by.name, by.version), old);
        Ok(())
    }

    async fn scrub(&self) -> Result<(), ReadError> {
        Ok(())
    }

    async fn folding(&self) -> Result<Folding, ReadError> {
        Ok(Folding::new(self.folding.clone().lock_owned().await))
    }
}

impl View {
    fn page(&self, view: &ViewSpec, query: &Query) -> Page {
        let order_at = query.order_by.and_then(|name| view.column(name)).map(|(at, _)| at);
        let place = |row: &Stored| order_at.and_then(|at| row.columns[at].clone());
        let mut found: Vec<(Option<IndexValue>, &String, &Stored)> = self
            .rows
            .iter()
            .filter(|(key, row)| matches(view, query, key, row))
            .filter(|(_, row)| order_at.is_none() || place(row).is_some())
            .map(|(key, row)| (place(row), key, row))
            .collect();
        found.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        if query.order == Order::Descending {
            found.reverse();
        }
        if let Some(cursor) = &query.after {
            let value = order_at.and(cursor.value.clone());
            let wanted = match query.order {
                Order::Ascending => std::cmp::Ordering::Greater,
                Order::Descending => std::cmp::Ordering::Less,
            };
            found.retain(|(at, key, _)| (at, *key).cmp(&(&value, &cursor.key)) == wanted);
        }
        let more = found.len() > query.rows_max();
        found.truncate(query.rows_max());
        let next = found.last().filter(|_| more);
        Page {
            next: next.map(|(value, key, _)| PageCursor { value: value.clone(), key: (*key).clone() }),
            rows: found
                .iter()
                .map(|(_, key, row)| Row { key: (*key).clone(), doc: row.doc.clone() })
                .collect(),
        }
    }
}

fn matches(view: &ViewSpec, query: &Query, key: &str, row: &Stored) -> bool {
    let column = |name: &str| view.column(name).and_then(|(at, _)| row.columns[at].as_ref());
    key.starts_with(&query.key_prefix)
        && query.equals.iter().all(|(name, value)| column(name) == Some(value))
        && query.contains.as_ref().is_none_or(|(name, text)| match column(name) {
            Some(IndexValue::Text(held)) => held.to_ascii_lowercase().contains(&text.to_ascii_lowercase()),
            _ => false,
        })
}
