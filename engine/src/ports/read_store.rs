//! Views: documents by key, with declared index columns. A view's rows and its checkpoint move in one commit.

use async_trait::async_trait;
use bytes::Bytes;
pub use domain::views::{Column, Kind, ViewSpec};

use super::{Cause, ViewDigest};
use crate::envelope::Position;

/// Most rows a query may return.
pub const QUERY_ROWS_MAX: usize = 1_000;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IndexValue {
    Text(String),
    Integer(i64),
}

impl From<&str> for IndexValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for IndexValue {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

/// A document: JSON bytes.
pub type Doc = Bytes;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// `columns` are in the order of the spec; `None` leaves the row out of that index.
    Put {
        key: String,
        doc: Doc,
        columns: Vec<Option<IndexValue>>,
    },
    Delete {
        key: String,
    },
}

/// What one view gains from a slice of the log.
#[derive(Debug)]
pub struct ViewBatch {
    pub view: &'static ViewSpec,
    /// Later changes of a key win.
    pub changes: Vec<Change>,
    /// Where the view was when the fold began. When it is elsewhere, somebody else has folded it meanwhile, and nothing
    /// of the call happens. `None` for changes that no fold made.
    pub after: Option<Position>,
    /// The view now shows the log up to here.
    pub checkpoint: Position,
}

impl ViewBatch {
    /// Says why the batch does not fit its view: a row with too few, too many or other columns than declared.
    pub fn check(&self) -> Result<(), String> {
        let fits = |(column, value): (&Column, &Option<IndexValue>)| match value {
            None => true,
            Some(IndexValue::Text(_)) => column.kind == Kind::Text,
            Some(IndexValue::Integer(_)) => column.kind == Kind::Integer,
        };
        let declared = self.view.columns;
        for change in &self.changes {
            let Change::Put { key, columns, .. } = change else { continue };
            if columns.len() != declared.len() || !declared.iter().zip(columns).all(fits) {
                return Err(format!("row {key} does not have the columns of view {}", self.view.name));
            }
        }
        if self.after.is_some_and(|after| after > self.checkpoint) {
            return Err(format!("view {} would go back to {}", self.view.name, self.checkpoint));
        }
        Ok(())
    }

    /// Refuses a batch whose fold did not begin where the view is.
    pub fn check_place(&self, found: Position) -> Result<(), ReadError> {
        match self.after {
            Some(after) if after != found => Err(ReadError::Moved { view: self.view.name, after, found }),
            _ => Ok(()),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub key: String,
    pub doc: Doc,
}

/// Which rows, in which order. All conditions must hold.
#[derive(Clone, Debug)]
pub struct Query {
    /// Rows whose key begins with this.
    pub key_prefix: String,
    /// Columns that must equal a value.
    pub equals: Vec<(&'static str, IndexValue)>,
    /// A text column that must hold this text, whatever the case of ASCII letters. Plain text: no wildcards.
    pub contains: Option<(&'static str, String)>,
    /// A column to order by; the key breaks ties, in the same direction. `None` orders by key. Rows without the column
    /// are left out.
    pub order_by: Option<&'static str>,
    pub order: Order,
    /// Go on after this row.
    pub after: Option<PageCursor>,
    pub limit: usize,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            key_prefix: String::new(),
            equals: vec![],
            contains: None,
            order_by: None,
            order: Order::Ascending,
            after: None,
            limit: 50,
        }
    }
}

impl Query {
    /// Says why a view cannot answer this query: a column it does not declare, a value of another kind. Adapters ask
    /// first, so that no name in a query reaches a database unless the view's spec holds it.
    pub fn check(&self, view: &ViewSpec) -> Result<(), String> {
        let kind = |name: &str| match view.column(name) {
            Some((_, column)) => Ok(column.kind),
            None => Err(format!("view {} has no column {name}", view.name)),
        };
        let fits = |name: &str, value: &IndexValue| match (kind(name)?, value) {
            (Kind::Text, IndexValue::Text(_)) | (Kind::Integer, IndexValue::Integer(_)) => Ok(()),
            _ => Err(format!("column {name} of view {} holds values of another kind", view.name)),
        };
        for (name, value) in &self.equals {
            fits(name, value)?;
        }
        if let Some((name, text)) = &self.contains {
            fits(name, &IndexValue::Text(text.clone()))?;
        }
        let Some(name) = self.order_by else { return Ok(()) };
        kind(name)?;
        match &self.after {
            None => Ok(()),
            Some(PageCursor { value: Some(value), .. }) => fits(name, value),
            Some(PageCursor { value: None, .. }) => {
                Err(format!("a cursor in the order of {name} has its value"))
            }
        }
    }

    /// Rows that one page may have.
    pub fn rows_max(&self) -> usize {
        self.limit.clamp(1, QUERY_ROWS_MAX)
    }
}

/// The first text behind all that begin with a prefix; `None` when there is none. With it a prefix is a range of keys.
pub fn prefix_end(prefix: &str) -> Option<String> {
    let mut end = prefix.to_owned();
    while let Some(last) = end.pop() {
        // The range of characters steps over the surrogates, as the order of UTF-8 bytes does.
        if let Some(next) = (last..=char::MAX).nth(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

/// The place of a row in the order of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageCursor {
    pub value: Option<IndexValue>,
    pub key: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub rows: Vec<Row>,
    /// Present when there are more rows.
    pub next: Option<PageCursor>,
}

#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("the read store cannot be reached")]
    Unavailable(#[source] Cause),
    /// Whoever gets this reads the view's checkpoint again and goes on from there.
    #[error("view {view} is at {found} and not at {after}: another process folded it meanwhile")]
    Moved { view: &'static str, after: Position, found: Position },
    #[error("the read store is damaged; it can be rebuilt from the log")]
    Corrupt(#[source] Cause),
}

#[async_trait]
pub trait ReadStore: Send + Sync {
    /// Applies all batches with their checkpoints, or none of them. Creates what a view needs on first use.
    async fn apply(&self, batches: Vec<ViewBatch>) -> Result<(), ReadError>;

    /// How far a view is; 0 for one that does not exist.
    async fn checkpoint(&self, view: &'static ViewSpec) -> Result<Position, ReadError>;

    /// Documents by key, in the order asked.
    async fn get(&self, view: &'static ViewSpec, keys: &[String]) -> Result<Vec<Option<Doc>>, ReadError>;

    async fn list(&self, view: &'static ViewSpec, query: &Query) -> Result<Page, ReadError>;

    /// How many rows the query's conditions hold for; order, cursor and limit do not matter.
    async fn count(&self, view: &'static ViewSpec, query: &Query) -> Result<u64, ReadError>;

    /// Removes a view's rows and its checkpoint, so that it is folded anew.
    async fn drop_view(&self, view: &'static ViewSpec) -> Result<(), ReadError>;

    /// A digest of all rows, as they are at one moment.
    async fn digest(&self, view: &'static ViewSpec) -> Result<ViewDigest, ReadError>;

    /// Puts the rows and the checkpoint of `by` in the place of the view's own, and those in the place of `by`: in one
    /// commit, and however large they are, in no time.
    async fn exchange(&self, view: &'static ViewSpec, by: &'static ViewSpec) -> Result<(), ReadError>;

    /// When it returns, no file of the store holds what was overwritten or deleted before.
    async fn scrub(&self) -> Result<(), ReadError>;

    /// Held by whoever folds events into the views, or exchanges one: a fold that began with one view's documents must
    /// not end in another's. Waits until nobody else holds it, in whichever process; when the store is lost, what is
    /// applied under it is refused.
    async fn folding(&self) -> Result<Folding, ReadError>;
}

/// Lets go when it is dropped.
pub struct Folding {
    _held: Box<dyn Send + Sync>,
}

impl Folding {
    pub fn new(held: impl Send + Sync + 'static) -> Self {
        Self { _held: Box::new(held) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_prefix_is_behind_all_that_begin_with_it() {
        assert_eq!(prefix_end("ab").as_deref(), Some("ac"));
        assert_eq!(prefix_end("a\u{d7ff}").as_deref(), Some("a\u{e000}"));
        assert_eq!(prefix_end("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(prefix_end("\u{10ffff}"), None);
    }
}
